package dev.vellum.proxy.latent;

/**
 * What a model takes for a picture, learnt from the pictures that it coded: the logarithm of bits
 * per pixel, its mean and spread, by the quality asked for. A model that needs far more bits than
 * it usually does has met what it was not trained for, and what it makes of that is not to be
 * trusted, whatever was measured. Thread-safe.
 */
final class Expectation {

    /** Qualities that are taken together. */
    private static final int BAND = 10;

    /** Pictures before anything counts as unexpected. */
    private static final int FIRST = 30;

    /** Share of the latest picture. */
    private static final double WEIGHT = 0.03;

    /** Spreads above the mean that are still expected. */
    private static final double SPREADS = 4;

    /** Least spread: photographs differ by more than a factor of two among themselves. */
    private static final double LEAST_SPREAD = 0.4;

    private final double[] mean = new double[100 / BAND + 1]; // guarded by this
    private final double[] variance = new double[100 / BAND + 1]; // guarded by this
    private final int[] seen = new int[100 / BAND + 1]; // guarded by this

    /**
     * Whether a picture took about as many bits as others did; learns from it.
     *
     * @param quality 1 to 100
     */
    synchronized boolean holds(int quality, double bitsPerPixel) {
        int band = quality / BAND;
        double bits = Math.log(Math.max(1e-4, bitsPerPixel));
        if (seen[band] == 0) {
            mean[band] = bits;
        }
        double most = mean[band] + SPREADS * Math.max(LEAST_SPREAD, Math.sqrt(variance[band]));
        boolean expected = seen[band] < FIRST || bits <= most;
        learn(band, Math.min(bits, most));
        return expected;
    }

    /** The first ones all count the same. */
    private void learn(int band, double bits) {
        seen[band] = Math.min(seen[band] + 1, Integer.MAX_VALUE - 1);
        double weight = Math.max(WEIGHT, 1.0 / seen[band]);
        double off = bits - mean[band];
        mean[band] += weight * off;
        variance[band] += weight * (off * off - variance[band]);
    }
}
