package dev.vellum.proxy.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Watches one body in one direction and tells when it stops, or comes slower than it must. Time
 * during which we hold the sender back ourselves does not count. Used on one loop.
 */
public final class ProgressWatch {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Duration tick;
    private final int ticksToStall;
    private final long leastPerTick;
    private final Runnable onStall;
    private final Future<?> timer;
    private boolean heldBack;
    private boolean wholeTick = true;
    private long bytes;
    private int silentTicks;

    /**
     * Starts watching.
     *
     * @param stall how long no byte at all may come
     * @param slowestRate least bytes per second over ten seconds; 0 for any
     * @param onStall called once, on the loop
     */
    public ProgressWatch(EventLoop loop, Duration stall, long slowestRate, Runnable onStall) {
        // a quarter of the wait, so that silence is noticed at most that much late
        this.tick = slowestRate > 0 && WINDOW.compareTo(stall) < 0 ? WINDOW : stall.dividedBy(4);
        this.ticksToStall =
                Math.toIntExact(
                        Math.max(1, Math.ceilDiv(stall.toMillis(), Math.max(1, tick.toMillis()))));
        this.leastPerTick = slowestRate * tick.toMillis() / 1000;
        this.onStall = onStall;
        long period = Math.max(1, tick.toMillis());
        this.timer = loop.scheduleAtFixedRate(this::tick, period, period, TimeUnit.MILLISECONDS);
    }

    /** {@code count} bytes came. */
    public void progressed(int count) {
        bytes += count;
    }

    /** Whether we ourselves keep the sender from sending now. */
    public void heldBack(boolean now) {
        heldBack = now;
        wholeTick &= !now;
    }

    /** Ends it. */
    public void stop() {
        timer.cancel(false);
    }

    private void tick() {
        silentTicks = wholeTick && bytes == 0 ? silentTicks + 1 : 0;
        boolean tooSlow = wholeTick && bytes > 0 && bytes < leastPerTick;
        wholeTick = !heldBack;
        bytes = 0;
        if (silentTicks >= ticksToStall || tooSlow) {
            stop();
            onStall.run();
        }
    }
}
