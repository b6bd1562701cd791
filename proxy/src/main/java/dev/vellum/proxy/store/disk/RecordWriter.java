package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.store.disk.RecordFormat.Header;
import dev.vellum.proxy.store.disk.RecordFormat.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes records to the end of a segment. Used by one thread. */
final class RecordWriter {

    /** A greatest head, and a chunk or more. */
    private static final int STAGING = 4 * RecordFormat.CHUNK;

    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING);

    /**
     * Writes a response.
     *
     * @param fetched microseconds since 1970
     * @return false if the body broke off, which leaves no trace
     */
    boolean write(Segment segment, DiskKey key, long fetched, ByteBuffer head, BodySource body)
            throws IOException {
        long place = segment.end();
        int headCrc = RecordFormat.checksum(segment.nonce(), place, head);
        RecordFormat.putHeader(
                staging.clear(),
                segment.nonce(),
                place,
                new Header(Kind.RESPONSE, key, head.remaining(), body.length(), fetched, headCrc));
        staging.put(head.duplicate());
        boolean whole = writeBody(segment, body);
        if (!whole) {
            segment.truncate(place);
        }
        return whole;
    }

    /** Writes that all responses of a resource written so far are void. */
    void writeRemoval(Segment segment, DiskKey key) throws IOException {
        RecordFormat.putHeader(
                staging.clear(),
                segment.nonce(),
                segment.end(),
                new Header(Kind.REMOVAL, key, 0, 0, 0, 0));
        segment.write(staging.flip());
    }

    private boolean writeBody(Segment segment, BodySource body) throws IOException {
        long left = body.length();
        int chunk = staging.position();
        while (left > 0) {
            ByteBuffer bytes = body.next();
            if (bytes == null) {
                return false;
            }
            while (left > 0 && bytes.hasRemaining()) {
                int missing =
                        (int) Math.min(left, RecordFormat.CHUNK - (staging.position() - chunk));
                int count = Math.min(missing, bytes.remaining());
                staging.put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                left -= count;
                if (count == missing) {
                    endChunk(segment, chunk);
                    chunk = staging.position();
                }
            }
        }
        segment.write(staging.flip());
        return true;
    }

    private void endChunk(Segment segment, int chunk) throws IOException {
        ByteBuffer written = staging.duplicate().flip().position(chunk);
        staging.putInt(RecordFormat.checksum(segment.nonce(), segment.end() + chunk, written));
        if (staging.remaining() < RecordFormat.CHUNK + RecordFormat.CRC) {
            segment.write(staging.flip());
            staging.clear();
        }
    }
}
