package dev.vellum.proxy.server;

import dev.vellum.proxy.limits.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a client keeps its connection waiting. Looks now and then instead of setting a timer
 * for each request, so what it finds may be late by {@link #period a quarter} of the shortest wait.
 */
final class ConnectionClock extends ChannelInboundHandlerAdapter {

    /** What a client lets us wait for. */
    enum Waiting {
        /** The next request, of which there is nothing yet. */
        FOR_REQUEST,
        /** The rest of a request's header. */
        FOR_HEADER_TO_END,
        /** Room for more of the response. */
        FOR_CLIENT_TO_READ
    }

    private final Channel channel;
    private final Timeouts timeouts;
    private final Runnable onBytes;
    private final Consumer<Waiting> timeUp;
    private final Future<?> timer;
    private boolean busy;
    private boolean arrived;
    private long since = System.nanoTime();
    private long pending;
    private long pendingSince = since;

    ConnectionClock(
            Channel channel, Timeouts timeouts, Runnable onBytes, Consumer<Waiting> timeUp) {
        this.channel = channel;
        this.timeouts = timeouts;
        this.onBytes = onBytes;
        this.timeUp = timeUp;
        long period = period(timeouts).toMillis();
        this.timer =
                channel.eventLoop()
                        .scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private static Duration period(Timeouts timeouts) {
        Duration shortest = timeouts.requestHeader();
        for (Duration other : new Duration[] {timeouts.keepAlive(), timeouts.stall()}) {
            shortest = shortest.compareTo(other) < 0 ? shortest : other;
        }
        Duration quarter = shortest.dividedBy(4);
        return quarter.toMillis() < 1 ? Duration.ofMillis(1) : quarter;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!arrived && !busy) {
            arrived = true;
            since = System.nanoTime();
        }
        onBytes.run();
        context.fireChannelRead(message);
    }

    /** A request's header is here. */
    void requestBegun() {
        busy = true;
        arrived = false;
    }

    /** The exchange is over: the next request may come. */
    void requestEnded() {
        busy = false;
        arrived = false;
        since = System.nanoTime();
    }

    void stop() {
        timer.cancel(false);
    }

    private void look() {
        Waiting overdue = overdue(System.nanoTime());
        if (overdue != null) {
            stop();
            timeUp.accept(overdue);
        }
    }

    private @Nullable Waiting overdue(long now) {
        if (!busy) {
            Duration wait = arrived ? timeouts.requestHeader() : timeouts.keepAlive();
            boolean late = now - since > wait.toNanos();
            return late ? arrived ? Waiting.FOR_HEADER_TO_END : Waiting.FOR_REQUEST : null;
        }
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        if (left == 0 || left != pending) {
            pending = left;
            pendingSince = now;
            return null;
        }
        return now - pendingSince > timeouts.stall().toNanos() ? Waiting.FOR_CLIENT_TO_READ : null;
    }
}
