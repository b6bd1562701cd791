package dev.vellum.proxy.picture;

/**
 * How much time the search for the least quality is worth, because someone waits for its outcome on
 * a link that carries so much: another trial that takes longer than the bytes it saves would need
 * there is not made.
 *
 * @param bitsPerSecond of the link; 0 where nobody waits
 */
public record Haste(double bitsPerSecond) {

    /** Nobody waits. */
    public static final Haste NONE = new Haste(0);

    /** Excess, in decibels, that is never worth another trial. */
    private static final double NEAR = 0.25;

    /** The same for latents where nobody waits: less than a step of quality makes. */
    private static final double LATENTS_NEAR = 0.1;

    /** Beyond it a file is far too large, whatever the link. */
    private static final double FAR = 3;

    /** Share of a file's bytes that a decibel of similarity takes. */
    static final double SHARE_PER_DECIBEL = 0.12;

    /** How much higher to begin, so that the first trial is likely to pass. */
    private static final int HEAD_START = 4;

    public Haste {
        if (!(bitsPerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "bitsPerSecond: " + bitsPerSecond + " (expected: >= 0)");
        }
    }

    /**
     * Excess, in decibels above the floor, that is not worth another trial.
     *
     * @param bytes of the last trial's file
     * @param nanos that the last trial took
     */
    public double near(long bytes, long nanos) {
        double linkNanos = 8e9 * Math.max(1, bytes) * SHARE_PER_DECIBEL; // per bit per second
        return Math.clamp(nanos * bitsPerSecond / linkNanos, NEAR, FAR);
    }

    /** As {@link #near} for latents, which are made anew until hardly any excess is left. */
    double ofLatents(long bytes, long nanos) {
        return isAny() ? near(bytes, nanos) : LATENTS_NEAR;
    }

    /** Whether anybody waits. */
    public boolean isAny() {
        return bitsPerSecond > 0;
    }

    /** Where a search begins that would else begin at {@code guess}. */
    int guess(int guess) {
        return bitsPerSecond > 0 ? Math.min(100, guess + HEAD_START) : guess;
    }
}
