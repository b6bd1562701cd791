package dev.vellum.proxy.picture;

import java.time.Duration;

/**
 * What making variants of one form really takes and saves, beside what was estimated from headers:
 * moving averages, since machines, loads and pictures differ. Thread-safe.
 */
public final class Pace {

    /** Share of the latest measurement. */
    private static final double WEIGHT = 0.2;

    private static final double LEAST = 0.02;
    private static final double MOST = 50;

    private double factor = 1; // guarded by this
    private double saving; // guarded by this

    /**
     * @param saving share of an original's bytes that is expected to be saved at first, 0 to 1
     */
    public Pace(double saving) {
        this.saving = saving;
    }

    /** A variant was made, or turned out to be of no use, in that time. */
    public synchronized void took(Duration estimated, long nanos) {
        double measured = nanos / Math.max(1.0, (double) estimated.toNanos());
        factor += WEIGHT * (Math.clamp(measured, LEAST, MOST) - factor);
    }

    /** So many bytes of an original were saved, 0 if it went out after all. */
    public synchronized void saved(long original, long bytes) {
        if (original > 0) {
            saving += WEIGHT * (Math.clamp((double) bytes / original, 0.0, 1.0) - saving);
        }
    }

    /** What an estimate from a header means on this machine. */
    public synchronized Duration expected(Duration estimated) {
        return Duration.ofNanos((long) Math.min(9e15, factor * estimated.toNanos()));
    }

    /** Share of an original's bytes that is usually saved, 0 to 1. */
    public synchronized double saving() {
        return saving;
    }
}
