package dev.vellum.codec.entropy;

import java.util.Arrays;

/** Turns probabilities into the 16-bit integer frequencies that model files carry. */
public final class Frequencies {

    /** What the frequencies of one table sum up to. */
    public static final int TOTAL = 1 << 16;

    private Frequencies() {}

    /**
     * Integer frequencies close to {@code weights}: each at least 1, {@value #TOTAL} together, and
     * of all such the one that costs the fewest bits under {@code weights} up to the last unit.
     *
     * @param weights one per symbol, not negative, not all zero; they need not sum to 1
     */
    public static int[] quantise(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            if (!(weight >= 0)) {
                throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
            }
            sum += weight;
        }
        if (weights.length == 0 || weights.length > TOTAL || !(sum > 0) || Double.isInfinite(sum)) {
            throw new IllegalArgumentException(
                    "weights: "
                            + weights.length
                            + " with sum "
                            + sum
                            + " (expected: 1 to 65536,"
                            + " sum > 0)");
        }
        int[] frequencies = new int[weights.length];
        int left = TOTAL;
        for (int i = 0; i < weights.length; i++) {
            frequencies[i] = Math.max(1, (int) Math.rint(weights[i] / sum * TOTAL));
            left -= frequencies[i];
        }
        while (left != 0) {
            left -= left > 0 ? move(frequencies, weights, 1) : move(frequencies, weights, -1);
        }
        assert Arrays.stream(frequencies).sum() == TOTAL;
        return frequencies;
    }

    /** Adds {@code step} to the frequency where that saves the most or costs the least. */
    private static int move(int[] frequencies, double[] weights, int step) {
        int best = -1;
        double bestGain = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < frequencies.length; i++) {
            if (frequencies[i] + step < 1) {
                continue;
            }
            double gain = weights[i] * Math.log((double) (frequencies[i] + step) / frequencies[i]);
            if (gain > bestGain) {
                bestGain = gain;
                best = i;
            }
        }
        frequencies[best] += step;
        return step;
    }
}
