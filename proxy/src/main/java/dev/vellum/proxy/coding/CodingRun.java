package dev.vellum.proxy.coding;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Codes one body as it grows, a piece at a time, on one thread. */
final class CodingRun implements Runnable {

    private static final int PIECE = 16 * 1024;
    private static final int PIECES_A_TURN = 4;

    /** How far a coded body that is not kept runs ahead of its fastest reader. */
    private static final int WINDOW = 256 * 1024;

    private final CodedBodies.Form form;
    private final Body coded;
    private final EventExecutor thread;
    private final long objectBytes;
    private final BiConsumer<CodedBodies.Form, Body> ended;
    private @Nullable BodyReader reader;
    private @Nullable BodyEncoder encoder;
    private boolean unflushed;
    private boolean over;

    /**
     * A run that has yet to be opened.
     *
     * @param coded owned by this until it is handed to {@code ended}
     * @param objectBytes beyond this length the coded body is not kept
     */
    CodingRun(
            CodedBodies.Form form,
            Body coded,
            EventExecutor thread,
            long objectBytes,
            BiConsumer<CodedBodies.Form, Body> ended) {
        this.form = form;
        this.coded = coded;
        this.thread = thread;
        this.objectBytes = objectBytes;
        this.ended = ended;
    }

    /** Takes hold of the source; false if it is gone. */
    boolean open() {
        reader = form.source().reader(thread, this);
        coded.onRead(() -> thread.execute(this));
        return reader != null;
    }

    /** On its thread: whenever there is more to read, or room to write. */
    @Override
    public void run() {
        if (over || reader == null) {
            return;
        }
        try {
            if (encoder == null) {
                encoder = encoder();
            }
            turn(reader, encoder);
        } catch (RuntimeException | LinkageError failed) {
            fail(Failure.INTERNAL);
        }
    }

    private BodyEncoder encoder() {
        Body source = form.source();
        return BodyEncoder.of(
                form.coding(),
                source.state() == Body.State.COMPLETE ? source.length() : -1,
                made -> coded.append(Unpooled.wrappedBuffer(made)));
    }

    private void turn(BodyReader in, BodyEncoder out) {
        for (int i = 0; i < PIECES_A_TURN; i++) {
            if (!coded.keeping()) {
                if (coded.readers() == 0) {
                    fail(Failure.INTERNAL);
                    return;
                }
                if (coded.ahead() >= WINDOW) {
                    coded.wake();
                    return; // a reader that advances runs this again
                }
            }
            ByteBuf piece = in.next(PIECE);
            if (piece == null) {
                dry(in, out);
                return;
            }
            try {
                out.write(piece.nioBuffer());
                unflushed = true;
            } finally {
                piece.release();
            }
            boolean keep = form.source().keeping() && coded.length() <= objectBytes;
            if (coded.keeping() && !keep) {
                // no reader is so far behind now that this would cut it off
                coded.pass(2 * objectBytes);
            }
        }
        coded.wake();
        thread.execute(this);
    }

    /** Nothing to read for now, or ever. */
    private void dry(BodyReader in, BodyEncoder out) {
        Failure broken = in.failed();
        if (broken != null) {
            fail(broken);
        } else if (in.ended()) {
            out.finish();
            over = true;
            coded.complete(in.trailers(), this::end);
        } else if (unflushed) {
            // whoever waits at the other end should see what has come so far
            out.flush();
            unflushed = false;
            coded.wake();
        }
    }

    private void fail(Failure cause) {
        over = true;
        coded.fail(cause);
        end();
    }

    private void end() {
        if (reader != null) {
            reader.close();
        }
        if (encoder != null) {
            encoder.close();
        }
        ended.accept(form, coded);
    }
}
