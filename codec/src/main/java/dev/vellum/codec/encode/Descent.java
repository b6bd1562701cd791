package dev.vellum.codec.encode;

/**
 * Moves latents down a slope, each by about the same part of its quantisation step (Adam: Kingma
 * and Ba 2014, arXiv 1412.6980).
 */
final class Descent {

    private static final float FIRST = 0.9f;
    private static final float SECOND = 0.99f;
    private static final float LEAST = 1e-8f;

    private final float[] mean;
    private final float[] square;
    private int steps;

    Descent(int latents) {
        this.mean = new float[latents];
        this.square = new float[latents];
    }

    /** A step begins. */
    void begin() {
        steps++;
    }

    /**
     * What is added to a latent, in quantisation steps.
     *
     * @param slope of the loss, for a quantisation step
     * @param pace about how far it moves at most
     */
    float move(int latent, float slope, float pace) {
        mean[latent] += (1 - FIRST) * (slope - mean[latent]);
        square[latent] += (1 - SECOND) * (slope * slope - square[latent]);
        double first = mean[latent] / (1 - Math.pow(FIRST, steps));
        double second = square[latent] / (1 - Math.pow(SECOND, steps));
        return (float) (-pace * first / (Math.sqrt(second) + LEAST));
    }
}
