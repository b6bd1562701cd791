package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.RecordFormat.Header;
import dev.vellum.proxy.store.disk.RecordFormat.Kind;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response as one run of bytes, in the layout that a record has on disk ({@link RecordFormat}),
 * for stores that are not files. Its place is 0; what else its checksums start with is the caller's
 * to choose, so that bytes found where they do not belong do not pass.
 */
public final class RecordBytes {

    private RecordBytes() {}

    /**
     * What bytes say.
     *
     * @param body the response's bytes, in order
     */
    public record Read(StoredResponse response, Fields trailers, List<ByteBuffer> body) {}

    /**
     * The bytes of a response.
     *
     * @param before bytes to leave free for the caller in front
     * @return null if it cannot be held, or its body broke off
     */
    public static byte @Nullable [] write(
            int before,
            long nonce,
            CacheKey key,
            StoredResponse response,
            Fields trailers,
            BodySource body) {
        ByteBuffer head =
                ResponseFormat.canHold(response)
                        ? ResponseFormat.write(key, response, trailers)
                        : null;
        if (head == null) {
            return null;
        }
        long length = before + RecordFormat.recordLength(head.remaining(), body.length());
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length)).position(before);
        RecordFormat.putHeader(
                out,
                nonce,
                0,
                new Header(
                        Kind.RESPONSE,
                        DiskKey.of(key, response),
                        head.remaining(),
                        body.length(),
                        ChronoUnit.MICROS.between(Instant.EPOCH, response.requestTime()),
                        RecordFormat.checksum(nonce, 0, head)));
        out.put(head);
        ByteBuffer source = ByteBuffer.allocate(0);
        for (long left = body.length(); left > 0; ) {
            int start = out.position();
            int size = (int) Math.min(left, RecordFormat.CHUNK);
            for (int missing = size; missing > 0; ) {
                source = source.hasRemaining() ? source : body.next();
                if (source == null) {
                    return null;
                }
                int count = Math.min(missing, source.remaining());
                out.put(source.slice(source.position(), count));
                source.position(source.position() + count);
                missing -= count;
            }
            ByteBuffer chunk = out.duplicate().limit(start + size).position(start);
            out.putInt(RecordFormat.checksum(nonce, start - before, chunk));
            left -= size;
        }
        return out.array();
    }

    /**
     * What a run of bytes says.
     *
     * @return null if they are not what was written with this nonce for this resource
     */
    public static @Nullable Read read(
            long nonce, CacheKey key, ByteBuffer bytes, CachePolicy policy) {
        ByteBuffer in = bytes.slice();
        Header header = RecordFormat.header(in, nonce, 0);
        if (header == null
                || header.kind() != Kind.RESPONSE
                || header.recordLength() != in.remaining()) {
            return null;
        }
        int place = RecordFormat.RECORD_HEADER + header.headLength();
        ByteBuffer head = in.slice(RecordFormat.RECORD_HEADER, header.headLength());
        if (RecordFormat.checksum(nonce, 0, head) != header.headCrc()) {
            return null;
        }
        ResponseFormat.Head read = ResponseFormat.read(head, policy);
        if (read == null || !read.key().equals(key)) {
            return null;
        }
        List<ByteBuffer> body = new ArrayList<>();
        for (long left = header.bodyLength(); left > 0; ) {
            int size = (int) Math.min(left, RecordFormat.CHUNK);
            ByteBuffer chunk = in.slice(place, size);
            if (RecordFormat.checksum(nonce, place, chunk) != in.getInt(place + size)) {
                return null;
            }
            body.add(chunk);
            place += size + RecordFormat.CRC;
            left -= size;
        }
        return new Read(read.response(), read.trailers(), body);
    }
}
