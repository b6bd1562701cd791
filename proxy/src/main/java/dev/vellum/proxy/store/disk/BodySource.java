package dev.vellum.proxy.store.disk;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a body on their way to disk; closed once they are written or dropped. */
public interface BodySource extends AutoCloseable {

    /** Number of bytes in all. */
    long length();

    /**
     * The next bytes, valid until the next call; null after the last one, or when the rest is gone.
     */
    @Nullable ByteBuffer next();

    @Override
    void close();
}
