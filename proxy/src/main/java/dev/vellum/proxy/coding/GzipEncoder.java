package dev.vellum.proxy.coding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Deflate between gzip's header and trailer (RFC 1952 section 2.3). */
final class GzipEncoder implements BodyEncoder {

    private static final int LEVEL = 6;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255};

    private final Deflater deflater = new Deflater(LEVEL, true);
    private final CRC32 crc = new CRC32();
    private final ByteBuffer made = ByteBuffer.allocateDirect(32 * 1024).put(HEADER);
    private final Consumer<ByteBuffer> out;

    GzipEncoder(Consumer<ByteBuffer> out) {
        this.out = out;
    }

    @Override
    public void write(ByteBuffer piece) {
        crc.update(piece.duplicate());
        deflater.setInput(piece);
        while (!deflater.needsInput()) {
            deflate();
        }
    }

    @Override
    public void flush() {
        int count;
        do {
            count = deflater.deflate(made, Deflater.SYNC_FLUSH);
            handOn();
        } while (count > 0);
    }

    @Override
    public void finish() {
        deflater.finish();
        while (!deflater.finished()) {
            deflate();
        }
        // the length counts modulo 2 to the 32nd
        ByteBuffer trailer =
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .putInt((int) deflater.getBytesRead())
                        .flip();
        out.accept(trailer);
    }

    private void deflate() {
        deflater.deflate(made);
        handOn();
    }

    private void handOn() {
        if (made.flip().hasRemaining()) {
            out.accept(made);
        }
        made.clear();
    }

    @Override
    public void close() {
        deflater.end();
    }
}
