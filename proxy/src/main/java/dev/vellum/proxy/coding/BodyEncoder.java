package dev.vellum.proxy.coding;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Codes one body piece by piece. What comes out is handed on at once, valid during the call, so
 * that whoever feeds it decides how fast it goes. Not thread-safe.
 */
public sealed interface BodyEncoder extends AutoCloseable
        permits ZstdEncoder, BrotliEncoder, GzipEncoder {

    /**
     * An encoder of one body.
     *
     * @param length bytes of the body; -1 if they are not known
     * @param out takes what is made
     */
    static BodyEncoder of(Coding coding, long length, Consumer<ByteBuffer> out) {
        return switch (coding) {
            case ZSTD -> new ZstdEncoder(length, out);
            case BR -> new BrotliEncoder(out);
            case GZIP -> new GzipEncoder(out);
        };
    }

    /** Codes all of {@code piece}, a direct buffer. */
    void write(ByteBuffer piece);

    /** Hands on all that was written so far. */
    void flush();

    /** Ends the body. */
    void finish();

    /** Lets native memory go; nothing works afterwards. */
    @Override
    void close();
}
