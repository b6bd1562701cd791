package dev.vellum.codec.entropy;

/**
 * Symbols outside of a table, as Exp-Golomb numbers of bounded length. The distance {@code d} from
 * the table counts both sides in turn: {@code 2 (s - most - 1)} above, {@code 2 (least - 1 - s) +
 * 1} below. Four bits give the length k of {@code d + 1} without its leading one, k bits the rest.
 */
final class Escape {

    /** Bits of the length. */
    static final int LENGTH_BITS = 4;

    private static final int MAX_DISTANCE = (1 << 16) - 2;

    private Escape() {}

    static int distance(int symbol, EntropyTable table) {
        int distance =
                symbol > table.most()
                        ? 2 * (symbol - table.most() - 1)
                        : 2 * (table.least() - 1 - symbol) + 1;
        if (distance < 0 || distance > MAX_DISTANCE) {
            throw new IllegalArgumentException(
                    "symbol: " + symbol + " (expected: at most 32767 from the table)");
        }
        return distance;
    }

    static int symbol(int distance, EntropyTable table) {
        return (distance & 1) == 0
                ? table.most() + 1 + (distance >> 1)
                : table.least() - 1 - (distance >> 1);
    }

    /** k: the number of bits after the leading one of {@code distance + 1}. */
    static int length(int distance) {
        return 31 - Integer.numberOfLeadingZeros(distance + 1);
    }

    static int bits(int symbol, EntropyTable table) {
        return LENGTH_BITS + length(distance(symbol, table));
    }
}
