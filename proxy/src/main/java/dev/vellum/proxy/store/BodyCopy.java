package dev.vellum.proxy.store;

import dev.vellum.proxy.store.disk.BodySource;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a complete body for the disk; an owner of the body until it is closed. */
final class BodyCopy implements BodySource {

    private final BodyReader reader;
    private final long length;
    private @Nullable ByteBuf slice;

    private BodyCopy(BodyReader reader, long length) {
        this.reader = reader;
        this.length = length;
    }

    /** Null if the body is gone. */
    static @Nullable BodyCopy of(Body body) {
        // a complete body never wakes anyone, so no loop is needed
        BodyReader reader = body.reader(ImmediateEventExecutor.INSTANCE, () -> {});
        return reader == null ? null : new BodyCopy(reader, body.length());
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public @Nullable ByteBuffer next() {
        drop();
        slice = reader.next(Chunks.SIZE);
        return slice == null ? null : slice.nioBuffer();
    }

    @Override
    public void close() {
        drop();
        reader.close();
    }

    private void drop() {
        if (slice != null) {
            slice.release();
            slice = null;
        }
    }
}
