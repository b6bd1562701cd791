package dev.vellum.training.model;

/** Weight of the distortion against the rate for each quality. */
public final class Lambda {

    /** Weight at quality 1, for a mean square error of 8-bit samples and bits per pixel. */
    public static final double LOWEST = 0.0006;

    /** Weight at quality 100 over the weight at quality 1. */
    public static final double SPAN = 400;

    private Lambda() {}

    /** Weight at {@code quality}, a real number in [1, 100]. */
    public static double of(double quality) {
        return LOWEST * Math.pow(SPAN, (quality - 1) / 99);
    }
}
