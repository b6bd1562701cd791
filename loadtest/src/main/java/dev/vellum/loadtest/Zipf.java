package dev.vellum.loadtest;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Popularity as on the web: the n-th most popular of all is asked for n^-s as often as the first.
 */
final class Zipf {

    private final double[] cumulative;

    /**
     * @param count how many there are, at least 1
     * @param exponent s, such as 0.9
     */
    Zipf(int count, double exponent) {
        cumulative = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1, -exponent);
            cumulative[i] = sum;
        }
    }

    /** A rank from 0, the most popular one. */
    int next(RandomGenerator random) {
        double at = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, at);
        return Math.min(found < 0 ? -found - 1 : found, cumulative.length - 1);
    }
}
