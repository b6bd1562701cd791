package dev.vellum.codec.net;

import dev.vellum.codec.CodecException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The end of the time that one call may take; looked at between strips. */
public final class Deadline {

    private final LongSupplier nanoTime;
    private final long start;
    private final Duration limit;

    /**
     * Starts the clock.
     *
     * @param limit how long the call may take
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    public Deadline(Duration limit, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.limit = limit;
    }

    /**
     * Passes as long as there is time.
     *
     * @throws CodecException.TooLarge if there is none left
     */
    public void check() throws CodecException.TooLarge {
        long taken = nanoTime.getAsLong() - start;
        if (taken > limit.toNanos()) {
            throw new CodecException.TooLarge(
                    "time in milliseconds", taken / 1_000_000, limit.toMillis());
        }
    }

    /** The part of the time that is gone; above 1 when none is left. */
    public double spent() {
        return (nanoTime.getAsLong() - start) / (double) limit.toNanos();
    }
}
