package dev.vellum.proxy.coding;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Zstandard at a level that is quick, and smaller than gzip at its best. */
final class ZstdEncoder implements BodyEncoder {

    /** Its window is 2 MiB; clients have to keep no more than 8 (RFC 9659 section 3). */
    private static final int LEVEL = 6;

    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private final ByteBuffer made = ByteBuffer.allocateDirect(32 * 1024);
    private final Consumer<ByteBuffer> out;

    ZstdEncoder(long length, Consumer<ByteBuffer> out) {
        this.out = out;
        context.setLevel(LEVEL);
        if (length >= 0) {
            context.setPledgedSrcSize(length);
        }
    }

    @Override
    public void write(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            context.compressDirectByteBufferStream(made, piece, EndDirective.CONTINUE);
            handOn();
        }
    }

    @Override
    public void flush() {
        drain(EndDirective.FLUSH);
    }

    @Override
    public void finish() {
        drain(EndDirective.END);
    }

    private void drain(EndDirective directive) {
        ByteBuffer nothing = ByteBuffer.allocateDirect(0);
        boolean done = false;
        while (!done) {
            done = context.compressDirectByteBufferStream(made, nothing, directive);
            handOn();
        }
    }

    private void handOn() {
        if (made.flip().hasRemaining()) {
            out.accept(made);
        }
        made.clear();
    }

    @Override
    public void close() {
        context.close();
    }
}
