package dev.vellum.codec.entropy;

import java.util.Arrays;

/**
 * Writes symbols so that {@link RansDecoder} reads them in the same order.
 *
 * <p>rANS codes last in, first out: {@link #put} only remembers intervals, {@link #finish} codes
 * them from the last to the first and fills the output from its end. Interval i belongs to lane i
 * modulo the number of lanes; all lanes share the bytes.
 */
public final class RansEncoder {

    /** Least state; states stay in [2<sup>23</sup>, 2<sup>31</sup>). */
    static final int LEAST = 1 << 23;

    /** Bytes of a state, at the start of the output. */
    static final int STATE_BYTES = 4;

    private final int lanes;

    /** Intervals: start in the upper 16 bits, width - 1 in the lower. */
    private int[] intervals = new int[1024];

    private int count;

    /**
     * Starts an empty output.
     *
     * @param lanes number of interleaved states, 1 to 8
     */
    public RansEncoder(int lanes) {
        if (lanes < 1 || lanes > 8) {
            throw new IllegalArgumentException("lanes: " + lanes + " (expected: 1 to 8)");
        }
        this.lanes = lanes;
    }

    /** Appends one symbol; it may lie up to 32767 outside of the table. */
    public void put(EntropyTable table, int symbol) {
        int slot = table.slot(symbol);
        add(table.start(slot), table.start(slot + 1) - table.start(slot));
        if (slot == table.escape()) {
            int distance = Escape.distance(symbol, table);
            int length = Escape.length(distance);
            putBits(length, Escape.LENGTH_BITS);
            if (length > 0) {
                putBits(distance + 1 - (1 << length), length);
            }
        }
    }

    private void putBits(int value, int bits) {
        int width = 1 << (EntropyTable.PRECISION - bits);
        add(value * width, width);
    }

    private void add(int start, int width) {
        if (count == intervals.length) {
            intervals = Arrays.copyOf(intervals, 2 * count);
        }
        intervals[count++] = start << 16 | (width - 1);
    }

    /** Everything put so far, coded. */
    public byte[] finish() {
        // at most two bytes an interval leave a state, for it has 16 bits of precision
        byte[] out = new byte[STATE_BYTES * lanes + 2 * count];
        int position = out.length;
        int[] states = new int[lanes];
        Arrays.fill(states, LEAST);
        for (int i = count - 1; i >= 0; i--) {
            int start = intervals[i] >>> 16;
            int width = (intervals[i] & 0xffff) + 1;
            int state = states[i % lanes];
            while (state >= (long) width << 15) {
                out[--position] = (byte) state;
                state >>>= 8;
            }
            states[i % lanes] = ((state / width) << EntropyTable.PRECISION) + state % width + start;
        }
        for (int lane = lanes - 1; lane >= 0; lane--) {
            for (int i = 0; i < STATE_BYTES; i++) {
                out[--position] = (byte) (states[lane] >>> (8 * i));
            }
        }
        return Arrays.copyOfRange(out, position, out.length);
    }
}
