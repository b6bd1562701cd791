package dev.vellum.proxy.coding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.aayushatharva.brotli4j.encoder.EncoderJNI;
import com.aayushatharva.brotli4j.encoder.EncoderJNI.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Brotli at a level for content that is made while a client waits. */
final class BrotliEncoder implements BodyEncoder {

    private static final int QUALITY = 5;
    private static final int WINDOW_LOG = 20;
    private static final int INPUT = 16 * 1024;

    private final EncoderJNI.Wrapper encoder;
    private final Consumer<ByteBuffer> out;

    BrotliEncoder(Consumer<ByteBuffer> out) {
        Brotli4jLoader.ensureAvailability();
        this.out = out;
        try {
            encoder = new EncoderJNI.Wrapper(INPUT, QUALITY, WINDOW_LOG, Encoder.Mode.TEXT);
        } catch (IOException noMemory) {
            throw new UncheckedIOException(noMemory);
        }
    }

    @Override
    public void write(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            ByteBuffer input = encoder.getInputBuffer().clear();
            int count = Math.min(input.remaining(), piece.remaining());
            input.put(piece.slice(piece.position(), count));
            piece.position(piece.position() + count);
            push(Operation.PROCESS, count);
            while (encoder.hasRemainingInput()) {
                push(Operation.PROCESS, 0);
            }
        }
    }

    @Override
    public void flush() {
        push(Operation.FLUSH, 0);
        while (encoder.hasRemainingInput()) {
            push(Operation.FLUSH, 0);
        }
    }

    @Override
    public void finish() {
        while (!encoder.isFinished()) {
            push(Operation.FINISH, 0);
        }
    }

    private void push(Operation operation, int count) {
        encoder.push(operation, count);
        if (!encoder.isSuccess()) {
            throw new IllegalStateException(
                    "brotli: failed (expected: to take " + count + " bytes)");
        }
        while (encoder.hasMoreOutput()) {
            out.accept(encoder.pull());
        }
    }

    @Override
    public void close() {
        encoder.destroy();
    }
}
