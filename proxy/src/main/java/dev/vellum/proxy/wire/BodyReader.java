package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Fields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads one body, however its length is told, from bytes as they arrive. */
final class BodyReader {

    /** Bytes to come; meaningless where {@link #chunked} is there. */
    private long remaining;

    private final @Nullable ChunkedReader chunked;
    private final boolean untilClose;

    BodyReader(BodyLength length, int sectionLimit, int fieldLimit) {
        this.remaining = length instanceof BodyLength.Known(long bytes) ? bytes : Long.MAX_VALUE;
        this.chunked =
                length instanceof BodyLength.Chunked
                        ? new ChunkedReader(sectionLimit, fieldLimit)
                        : null;
        this.untilClose = length instanceof BodyLength.UntilClose;
    }

    /**
     * Reads on.
     *
     * @return the next content, whose owner is the caller; null if {@code in} must grow first or
     *     the body is at its end
     */
    @Nullable ByteBuf read(ByteBuf in) throws MalformedMessage {
        if (chunked != null) {
            return chunked.read(in);
        }
        if (remaining == 0 || !in.isReadable()) {
            return null;
        }
        int length = (int) Math.min(remaining, in.readableBytes());
        if (!untilClose) {
            remaining -= length;
        }
        return in.readRetainedSlice(length);
    }

    /** The trailer section, mostly empty, once the body is at its end; null before. */
    @Nullable Fields trailers() {
        if (chunked != null) {
            return chunked.trailers();
        }
        return remaining == 0 ? Fields.of() : null;
    }

    /** Whether the connection's end is the body's, and not an accident. */
    boolean endsWithConnection() {
        return untilClose;
    }
}
