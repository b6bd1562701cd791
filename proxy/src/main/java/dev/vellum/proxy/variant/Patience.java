package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.picture.Haste;
import java.time.Duration;

/**
 * How long a picture may be held back while a better form of it is made: as long as the bytes that
 * this saves would need on the client's link. Then the client has it no later than without.
 *
 * @param most longest time, however slow the link
 * @param bitsPerSecond what the link carries
 */
public record Patience(Duration most, double bitsPerSecond) {

    /** What is assumed of a link that nobody measured: 1 Mbit/s. */
    private static final double UNKNOWN = 1e6;

    /** Nothing is held back. */
    public static final Patience NONE = new Patience(Duration.ZERO, UNKNOWN);

    public Patience {
        if (most.isNegative() || !(bitsPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "most, bitsPerSecond: %s, %s (expected: >= 0s, > 0)"
                            .formatted(most, bitsPerSecond));
        }
    }

    /**
     * With a client whose link is what its hint Downlink says (Network Information API, section 4:
     * Mbit/s).
     */
    public static Patience with(Fields request, Duration most) {
        String downlink = request.first("Downlink");
        boolean told = downlink != null && downlink.matches("\\d{1,6}(\\.\\d{1,6})?");
        double megabits = told ? Double.parseDouble(downlink) : 0;
        return new Patience(most, megabits > 0 ? megabits * 1e6 : UNKNOWN);
    }

    /** How thoroughly to look for fewer bytes meanwhile. */
    Haste haste() {
        return most.isPositive() ? new Haste(bitsPerSecond) : Haste.NONE;
    }

    /**
     * For an original of that many bytes.
     *
     * @param saving share of them that another form usually saves, 0 to 1
     */
    public Duration forOriginal(long bytes, double saving) {
        double seconds = bytes * saving * 8 / bitsPerSecond;
        double nanos = Math.min((double) most.toNanos(), seconds * 1e9);
        return Duration.ofNanos((long) nanos);
    }
}
