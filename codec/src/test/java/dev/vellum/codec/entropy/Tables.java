package dev.vellum.codec.entropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tables for tests: two-sided exponential distributions of growing width. */
final class Tables {

    private Tables() {}

    /** {@code count} tables, each 1.2 times as wide as the one before, from 0.1 on. */
    static List<EntropyTable> growing(int count) {
        int[] ranges = new int[2 * count];
        List<Integer> frequencies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int reach = reach(i);
            ranges[2 * i] = -reach;
            ranges[2 * i + 1] = 2 * reach + 1;
            for (int f : Frequencies.quantise(weights(i))) {
                frequencies.add(f);
            }
        }
        return EntropyTable.of(ranges, frequencies.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Probabilities of the symbols of table i, and a small one of the escape. */
    static double[] weights(int i) {
        int reach = reach(i);
        double[] weights = new double[2 * reach + 2];
        Arrays.setAll(weights, slot -> Math.exp(-Math.abs(slot - reach) / width(i)));
        weights[weights.length - 1] = weights[0] / 4;
        return weights;
    }

    private static double width(int i) {
        return 0.1 * Math.pow(1.2, i);
    }

    private static int reach(int i) {
        return (int) Math.ceil(6 * width(i));
    }
}
