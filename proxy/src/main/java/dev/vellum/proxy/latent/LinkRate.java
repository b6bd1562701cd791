package dev.vellum.proxy.latent;

import dev.vellum.proxy.http.Fields;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast pictures come from the parent, measured where they arrive: only there it shows, since a
 * sender sees its own buffers. The parent is told in the hint Downlink (Network Information API,
 * section 4), which says Mbit/s. Thread-safe.
 */
public final class LinkRate {

    /** Shorter bodies arrive in one burst. */
    private static final int LEAST_BYTES = 4096;

    /** Share of the latest measurement. */
    private static final double WEIGHT = 0.3;

    /** Bits a second; 0 until there is a measurement. */
    private final AtomicLong bits = new AtomicLong();

    /** A body arrived, from its first byte to its last in so many nanoseconds. */
    public void arrived(long bytes, long nanos) {
        if (bytes >= LEAST_BYTES && nanos > 0) {
            long rate = Math.max(1, (long) Math.min(1e12, bytes * 8e9 / nanos));
            bits.updateAndGet(
                    known -> known == 0 ? rate : (long) (known + WEIGHT * (rate - known)));
        }
    }

    /** {@code fields} with what was measured in place of what a browser says of its own link. */
    Fields told(Fields fields) {
        long rate = bits.get();
        return rate == 0
                ? fields.without("Downlink")
                : fields.with("Downlink", String.format(Locale.ROOT, "%.3g", step(rate) / 1e6));
    }

    /** The midst of half an octave: few values, since a response may vary by it. */
    private static double step(long rate) {
        double halfOctaves =
                Math.floor(2 * Math.log((double) Math.max(rate, 1 << 14)) / Math.log(2));
        return Math.pow(2, (halfOctaves + 0.5) / 2);
    }
}
