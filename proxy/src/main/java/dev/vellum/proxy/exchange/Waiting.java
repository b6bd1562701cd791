package dev.vellum.proxy.exchange;

import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyReader;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a body to be whole, of which nothing is sent before: a picture that is to go out in
 * another form than it comes in. Used on the client's loop.
 */
final class Waiting {

    private static final int STEP = 64 * 1024;

    private final Runnable end;
    private @Nullable BodyReader reader;

    private Waiting(Runnable end) {
        this.end = end;
    }

    /**
     * Begins to wait.
     *
     * @param end called on the loop when no more comes, not before this returns
     */
    static Waiting on(Body body, EventExecutor loop, Runnable end) {
        Waiting waiting = new Waiting(end);
        waiting.reader = body.reader(loop, waiting::read);
        if (waiting.reader == null) {
            loop.execute(end);
        } else {
            loop.execute(waiting::read);
        }
        return waiting;
    }

    private void read() {
        BodyReader from = reader;
        if (from == null) {
            return;
        }
        for (ByteBuf piece = from.next(STEP); piece != null; piece = from.next(STEP)) {
            piece.release();
        }
        if (from.ended() || from.failed() != null) {
            cancel();
            end.run();
        }
    }

    /** The client is gone. */
    void cancel() {
        BodyReader from = reader;
        reader = null;
        if (from != null) {
            from.close();
        }
    }
}
