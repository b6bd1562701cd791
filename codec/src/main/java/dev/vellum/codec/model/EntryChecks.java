package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;

/** Checks on the parts of a model file, so that nobody behind them meets a surprise. */
final class EntryChecks {

    private static final int TOTAL = 1 << 16;

    private EntryChecks() {}

    static void graph(Entries entries, String name) throws CodecException.WrongModel {
        if (!entries.hasGraph(name)) {
            throw ManifestText.wrong("model file without the graph '" + name + "'");
        }
    }

    /** A table of exactly {@code length} numbers from {@code least} to {@code most}. */
    static void table(Entries entries, String name, int length, int least, int most)
            throws CodecException.WrongModel {
        int[] table = present(entries, name);
        if (table.length != length) {
            throw ManifestText.wrong(
                    name + ": " + table.length + " numbers (expected: " + length + ")");
        }
        for (int value : table) {
            if (value < least || value > most) {
                throw ManifestText.wrong(
                        name + ": " + value + " (expected: " + least + " to " + most + ")");
            }
        }
    }

    /** {@code count} distributions: their ranges, and frequencies that sum to 65536 in each. */
    static void frequencies(Entries entries, String ranges, String frequencies, int count)
            throws CodecException.WrongModel {
        table(entries, ranges, 2 * count, Short.MIN_VALUE, Short.MAX_VALUE);
        int[] range = present(entries, ranges);
        int[] frequency = present(entries, frequencies);
        int at = 0;
        for (int i = 0; i < count; i++) {
            int symbols = range[2 * i + 1];
            if (symbols < 1 || symbols >= frequency.length - at) {
                throw ManifestText.wrong(ranges + ": " + symbols + " symbols in table " + i);
            }
            long sum = 0;
            for (int s = 0; s <= symbols; s++) {
                int value = frequency[at++];
                if (value < 1 || value > TOTAL) {
                    throw ManifestText.wrong(frequencies + ": " + value + " in table " + i);
                }
                sum += value;
            }
            if (sum != TOTAL) {
                throw ManifestText.wrong(
                        frequencies + ": sum " + sum + " of table " + i + " (expected: 65536)");
            }
        }
        if (at != frequency.length) {
            throw ManifestText.wrong(
                    frequencies + ": " + frequency.length + " numbers (expected: " + at + ")");
        }
    }

    private static int[] present(Entries entries, String name) throws CodecException.WrongModel {
        int[] table = entries.tables().get(name);
        if (table == null) {
            throw ManifestText.wrong("model file without the table '" + name + "'");
        }
        return table;
    }
}
