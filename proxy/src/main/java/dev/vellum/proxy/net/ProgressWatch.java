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

    private final int ticksToStall;
    private final int ticksPerWindow;
    private final long leastPerWindow;
    private final Runnable onStall;
    private final Future<?> timer;
    private boolean heldBack;
    private boolean tickWhole = true;
    private boolean windowWhole = true;
    private long tickBytes;
    private long windowBytes;
    private int silentTicks;
    private int windowTicks;

    /**
     * Starts watching.
     *
     * @param stall how long no byte at all may come; noticed up to a quarter later
     * @param slowestRate least bytes per second in each ten seconds; 0 for any
     * @param onStall called once, on the loop
     */
    public ProgressWatch(EventLoop loop, Duration stall, long slowestRate, Runnable onStall) {
        long tick = Math.clamp(stall.toMillis() / 4, 1, WINDOW.toMillis() / 4);
        this.ticksToStall = (int) Math.ceilDiv(stall.toMillis(), tick);
        this.ticksPerWindow = (int) Math.ceilDiv(WINDOW.toMillis(), tick);
        this.leastPerWindow = slowestRate * WINDOW.toSeconds();
        this.onStall = onStall;
        this.timer = loop.scheduleAtFixedRate(this::tick, tick, tick, TimeUnit.MILLISECONDS);
    }

    /** {@code count} bytes came. */
    public void progressed(int count) {
        tickBytes += count;
    }

    /** Whether we ourselves keep the sender from sending now. */
    public void heldBack(boolean now) {
        heldBack = now;
        tickWhole &= !now;
        windowWhole &= !now;
    }

    /** Ends it. */
    public void stop() {
        timer.cancel(false);
    }

    private void tick() {
        silentTicks = tickWhole && tickBytes == 0 ? silentTicks + 1 : 0;
        windowBytes += tickBytes;
        tickBytes = 0;
        tickWhole = !heldBack;
        boolean tooSlow = false;
        if (++windowTicks == ticksPerWindow) {
            tooSlow = windowWhole && windowBytes < leastPerWindow;
            windowTicks = 0;
            windowBytes = 0;
            windowWhole = !heldBack;
        }
        if (silentTicks >= ticksToStall || tooSlow) {
            stop();
            onStall.run();
        }
    }
}
