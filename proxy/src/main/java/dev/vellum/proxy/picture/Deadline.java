package dev.vellum.proxy.picture;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** When work must end: at a moment, or once it is called off. Thread-safe. */
public final class Deadline {

    private final LongSupplier nanoTime;
    private final long end;
    private final AtomicBoolean calledOff;

    private Deadline(LongSupplier nanoTime, long end, AtomicBoolean calledOff) {
        this.nanoTime = nanoTime;
        this.end = end;
        this.calledOff = calledOff;
    }

    /**
     * A deadline that far from now.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public static Deadline in(Duration time, LongSupplier nanoTime) {
        return new Deadline(nanoTime, nanoTime.getAsLong() + time.toNanos(), new AtomicBoolean());
    }

    /** This or that far from now, whatever is sooner; called off with this. */
    public Deadline within(Duration time) {
        long nanos = Math.min(remainingNanos(), time.toNanos());
        return new Deadline(nanoTime, nanoTime.getAsLong() + nanos, calledOff);
    }

    /** Ends it at once. */
    public void callOff() {
        calledOff.set(true);
    }

    public boolean calledOff() {
        return calledOff.get();
    }

    public boolean over() {
        return calledOff.get() || remainingNanos() <= 0;
    }

    /** Time left, in nanoseconds; negative once it is over. */
    public long remainingNanos() {
        return end - nanoTime.getAsLong();
    }

    /** Why work under this deadline ended, once it is {@link #over}. */
    public Bypass reason() {
        return calledOff.get() ? Bypass.CANCELLED : Bypass.TIMEOUT;
    }
}
