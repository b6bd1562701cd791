package dev.vellum.codec.samples;

/** The normal distribution, rounded to integers. */
final class Normal {

    private Normal() {}

    /** Probability that a normal variable of this deviation is nearest to {@code symbol}. */
    static double mass(int symbol, double deviation) {
        int steps = 64;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double x = (symbol - 0.5 + (i + 0.5) / steps) / deviation;
            sum += Math.exp(-x * x / 2);
        }
        return sum / (steps * deviation * Math.sqrt(2 * Math.PI));
    }
}
