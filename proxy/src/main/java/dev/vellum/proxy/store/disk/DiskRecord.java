package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.store.disk.DiskIndex.Place;
import dev.vellum.proxy.store.disk.RecordFormat.Header;
import dev.vellum.proxy.store.disk.RecordFormat.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A response's record, read from its head to its last chunk, every byte checked. */
final class DiskRecord {

    private final Segment segment;
    private final Header header;
    private final ByteBuffer head;
    private long place;
    private long left;

    private DiskRecord(Segment segment, Header header, ByteBuffer head, long body) {
        this.segment = segment;
        this.header = header;
        this.head = head;
        this.place = body;
        this.left = header.bodyLength();
    }

    /** Reads a record's head; null if it is not what was written. The segment is the caller's. */
    static @Nullable DiskRecord open(Segment segment, Place at, long resource) throws IOException {
        Header header = segment.header(at.offset());
        if (header == null
                || header.kind() != Kind.RESPONSE
                || header.key().resource() != resource
                || header.recordLength() != at.length()) {
            return null;
        }
        ByteBuffer head = ByteBuffer.allocate(header.headLength());
        long start = (long) at.offset() + RecordFormat.RECORD_HEADER;
        boolean holds =
                segment.read(head, start)
                        && RecordFormat.checksum(segment.nonce(), at.offset(), head.flip())
                                == header.headCrc();
        return holds ? new DiskRecord(segment, header, head, start + header.headLength()) : null;
    }

    Header header() {
        return header;
    }

    ByteBuffer head() {
        return head.duplicate();
    }

    /** Whether all chunks are read. */
    boolean ended() {
        return left == 0;
    }

    /**
     * Reads the next chunk.
     *
     * @param buffer of at least {@link RecordFormat#CHUNK} and {@link RecordFormat#CRC} bytes,
     *     whose content becomes the chunk
     * @return false if it is not what was written
     */
    boolean read(ByteBuffer buffer) throws IOException {
        int length = (int) Math.min(left, RecordFormat.CHUNK);
        buffer.clear().limit(length + RecordFormat.CRC);
        if (!segment.read(buffer, place)) {
            return false;
        }
        int crc = buffer.flip().getInt(length);
        buffer.limit(length);
        if (RecordFormat.checksum(segment.nonce(), place, buffer) != crc) {
            return false;
        }
        place += length + RecordFormat.CRC;
        left -= length;
        return true;
    }
}
