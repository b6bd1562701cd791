package dev.vellum.training.export;

import dev.vellum.codec.entropy.Frequencies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Probability tables in the layout of the decoder file: ranges, and frequencies with an escape. */
final class DistributionTables {

    /** Mass that may be left to the escape. */
    private static final double ESCAPE = 3e-4;

    /** Largest symbol of a table. */
    private static final int WIDEST = 4095;

    private final List<Integer> ranges = new ArrayList<>();
    private final List<int[]> frequencies = new ArrayList<>();

    /** Adds the table of a density that is the same for both signs, as wide as it is worth. */
    void addSymmetric(IntToDoubleFunction density) {
        int most = 1;
        double mass = density.applyAsDouble(0) + 2 * density.applyAsDouble(1);
        while (1 - mass > ESCAPE && most < WIDEST) {
            most++;
            mass += 2 * density.applyAsDouble(most);
        }
        add(-most, most, density);
    }

    /**
     * Adds a table.
     *
     * @param least its lowest symbol
     * @param most its highest symbol
     * @param density probability of each symbol; what is left belongs to the escape
     */
    void add(int least, int most, IntToDoubleFunction density) {
        int count = most - least + 1;
        double[] weights = new double[count + 1];
        double mass = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = density.applyAsDouble(least + i);
            mass += weights[i];
        }
        weights[count] = Math.max(0, 1 - mass);
        ranges.add(least);
        ranges.add(count);
        frequencies.add(Frequencies.quantise(weights));
    }

    /** Least symbol and number of symbols of each table. */
    int[] rangeTable() {
        return ranges.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The frequencies of all tables. */
    int[] frequencyTable() {
        return frequencies.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
