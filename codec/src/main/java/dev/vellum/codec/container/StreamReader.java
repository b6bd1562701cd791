package dev.vellum.codec.container;

import dev.vellum.codec.CodecException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Takes a stream apart. What is cut off at the end is left out: a stream may be any prefix of what
 * {@link StreamWriter} wrote, from the header on. A complete segment whose checksum does not hold
 * is an error.
 */
public final class StreamReader {

    /**
     * More segments than any picture has: 16 bands, 128 types; a stream of empty ones is no bomb.
     */
    private static final int MAX_SEGMENTS = 4096;

    private final StreamHeader header;
    private final List<Segment> segments;

    private StreamReader(StreamHeader header, List<Segment> segments) {
        this.header = header;
        this.segments = segments;
    }

    /**
     * Reads only the header; nothing vouches for it yet.
     *
     * @throws CodecException.Malformed if it is cut off, or is no header of this version
     */
    public static StreamHeader header(byte[] stream) throws CodecException.Malformed {
        return StreamHeader.read(ByteBuffer.wrap(stream));
    }

    /**
     * Reads the header and finds all complete segments.
     *
     * @throws CodecException.Malformed if the header is cut off or wrong, or a complete segment is
     */
    public static StreamReader read(byte[] stream) throws CodecException.Malformed {
        ByteBuffer in = ByteBuffer.wrap(stream);
        StreamHeader header = StreamHeader.read(in);
        CRC32C checksum = new CRC32C();
        int summed = 0;
        List<Segment> segments = new ArrayList<>();
        while (hasVarInt(stream, in.position() + 1)) {
            int at = in.position();
            int type = in.get() & 0xff;
            int length = VarInt.read(in);
            if (in.remaining() < length + 4L) {
                break;
            }
            if (segments.size() == MAX_SEGMENTS) {
                throw new CodecException.Malformed(
                        at, "segment " + MAX_SEGMENTS + " (expected: fewer)");
            }
            segments.add(new Segment(type, in.position(), length));
            int end = in.position() + length;
            checksum.update(stream, summed, end - summed);
            int stored = Integer.reverseBytes(in.getInt(end));
            if (stored != (int) checksum.getValue()) {
                throw new CodecException.Malformed(
                        end,
                        "checksum %08x of the segment at %d (expected: %08x)"
                                .formatted(stored, at, checksum.getValue()));
            }
            in.position(end + 4);
            summed = end;
        }
        return new StreamReader(header, List.copyOf(segments));
    }

    /** What the picture is. */
    public StreamHeader header() {
        return header;
    }

    /** The complete segments, in order. */
    public List<Segment> segments() {
        return segments;
    }

    private static boolean hasVarInt(byte[] stream, int from) {
        for (int at = from; at < stream.length; at++) {
            if (stream[at] >= 0 || at - from + 1 >= VarInt.MAX_BYTES) {
                return true;
            }
        }
        return false;
    }
}
