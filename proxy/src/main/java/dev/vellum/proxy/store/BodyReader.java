package dev.vellum.proxy.store;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * One reader's way through a {@link Body}, used from one event loop; an owner of the body until it
 * is closed.
 */
public final class BodyReader implements AutoCloseable {

    private final Body body;
    private final EventExecutor loop;
    private final Runnable onMore;
    private long end = Long.MAX_VALUE;
    private boolean closed;
    // guarded by the body while it grows
    private long position;
    private boolean waiting;
    private boolean cut;

    BodyReader(Body body, EventExecutor loop, Runnable onMore) {
        this.body = body;
        this.loop = loop;
        this.onMore = onMore;
    }

    /**
     * Reads only the bytes from {@code first} up to, but not including, {@code end}.
     *
     * @param first offset in bytes, at least 0
     * @param end offset in bytes, at least {@code first}
     */
    public void limit(long first, long end) {
        synchronized (body) {
            position = first;
        }
        this.end = end;
    }

    /**
     * The next bytes, at most {@code limit} and at most to the end of a chunk; the caller owns
     * them. Null if there are none: then the reader {@link #ended} or {@link #failed}, or is told
     * of more.
     */
    public @Nullable ByteBuf next(int limit) {
        long rest = end - position;
        return rest <= 0 ? null : body.slice(this, (int) Math.min(limit, rest));
    }

    /**
     * Passes over at most {@code limit} bytes of a complete body that are read from elsewhere.
     *
     * @return how many; 0 if nothing is left
     */
    public int skip(int limit) {
        int count = (int) Math.max(0, Math.min(limit, Math.min(end, body.length()) - position));
        position += count;
        return count;
    }

    /** Where it reads next, in bytes. */
    public long position() {
        return position;
    }

    /** Whether everything was read and it was whole. */
    public boolean ended() {
        return position >= end
                || (body.state() == Body.State.COMPLETE && !cut && position >= body.length());
    }

    /** Why the rest will never come, or null. */
    public @Nullable Failure failed() {
        return cut ? Failure.CLIENT_TOO_SLOW : ended() ? null : body.failure();
    }

    /** The trailer section, once ended. */
    public Fields trailers() {
        return body.trailers();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            body.left(this);
        }
    }

    @Nullable ByteBuf advance(@Nullable ByteBuf slice, boolean growing) {
        if (slice == null) {
            waiting = growing;
        } else {
            position += slice.readableBytes();
        }
        return slice;
    }

    void cut() {
        cut = true;
    }

    boolean takeWaiting() {
        boolean was = waiting;
        waiting = false;
        return was;
    }

    void wake() {
        if (loop.inEventLoop()) {
            onMore.run();
        } else {
            loop.execute(onMore);
        }
    }
}
