package dev.vellum.codec.entropy;

import java.util.ArrayList;
import java.util.List;

/**
 * The distribution of one kind of symbol: a run of consecutive integers, each with an integer
 * frequency, and an escape for everything else.
 *
 * <p>Symbols are addressed by their slot, {@code symbol - least}; the last slot is the escape.
 */
public final class EntropyTable {

    /** Bits of a frequency: all of a table's sum up to 2<sup>16</sup>. */
    static final int PRECISION = 16;

    private static final int BUCKET_BITS = 8;
    private static final double LN2 = Math.log(2);

    private final int least;

    /** Start of each slot in [0, 65536), and 65536 at the end. */
    private final int[] starts;

    /** The slot in which each of 256 equal parts of [0, 65536) begins: where a search starts. */
    private final short[] buckets;

    private EntropyTable(int least, int[] starts) {
        this.least = least;
        this.starts = starts;
        this.buckets = new short[1 << BUCKET_BITS];
        int slot = 0;
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            while (starts[slot + 1] <= bucket << (PRECISION - BUCKET_BITS)) {
                slot++;
            }
            buckets[bucket] = (short) slot;
        }
    }

    /**
     * The tables of a model file.
     *
     * @param ranges least symbol and number of symbols of each table
     * @param frequencies of the symbols of each table and then of its escape, each at least 1,
     *     65536 together in each table
     */
    public static List<EntropyTable> of(int[] ranges, int[] frequencies) {
        List<EntropyTable> tables = new ArrayList<>(ranges.length / 2);
        int at = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            int[] starts = new int[ranges[i + 1] + 2];
            for (int slot = 0; slot <= ranges[i + 1]; slot++) {
                starts[slot + 1] = starts[slot] + frequencies[at++];
            }
            if (starts[starts.length - 1] != 1 << PRECISION) {
                throw new IllegalArgumentException(
                        "table "
                                + i / 2
                                + ": sum "
                                + starts[starts.length - 1]
                                + " (expected: 65536)");
            }
            tables.add(new EntropyTable(ranges[i], starts));
        }
        return tables;
    }

    /** Smallest symbol that needs no escape. */
    public int least() {
        return least;
    }

    /** Largest symbol that needs no escape. */
    public int most() {
        return least + starts.length - 3;
    }

    /**
     * What it costs to code {@code symbol}, the bits of an escape included.
     *
     * @return bits, from 0
     */
    public double bits(int symbol) {
        int slot = slot(symbol);
        double own = PRECISION - Math.log(starts[slot + 1] - starts[slot]) / LN2;
        return slot == escape() ? own + Escape.bits(symbol, this) : own;
    }

    /** The slot of a symbol: its own, or the escape. */
    int slot(int symbol) {
        int slot = symbol - least;
        return slot >= 0 && slot < escape() ? slot : escape();
    }

    int escape() {
        return starts.length - 2;
    }

    int start(int slot) {
        return starts[slot];
    }

    /** Finds the slot that holds {@code position}, 0 to 65535. */
    int find(int position) {
        int[] all = starts;
        int slot = buckets[position >>> (PRECISION - BUCKET_BITS)];
        while (all[slot + 1] <= position) {
            slot++;
        }
        return slot;
    }
}
