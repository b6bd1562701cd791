package dev.vellum.codec.entropy;

import dev.vellum.codec.CodecException;

/**
 * Reads the symbols that {@link RansEncoder} wrote.
 *
 * <p>Each lane is a state x in [2<sup>23</sup>, 2<sup>31</sup>), four bytes at the start, most
 * significant first. A slot with start a and width b that holds the low 16 bits of x gives {@code x
 * = b * (x >> 16) + (x & 65535) - a}; while x is below 2<sup>23</sup> it takes in the next byte,
 * {@code x = x << 8 | byte}. At the end every state is 2<sup>23</sup> and no byte is left, which
 * {@link #finish} checks.
 */
public final class RansDecoder {

    private static final int MASK = (1 << EntropyTable.PRECISION) - 1;

    private final byte[] data;
    private final int end;
    private final int lanes;
    private final int[] states;
    private int position;
    private int lane;

    /**
     * Starts reading.
     *
     * @param data an array that holds the bytes; offsets in errors are positions in it
     * @param from where they begin
     * @param length how many they are
     * @param lanes as given to the encoder
     * @throws CodecException.Malformed if there are not even the states
     */
    public RansDecoder(byte[] data, int from, int length, int lanes)
            throws CodecException.Malformed {
        this.data = data;
        this.end = from + length;
        this.lanes = lanes;
        this.states = new int[lanes];
        this.position = from;
        if (length < RansEncoder.STATE_BYTES * lanes) {
            throw new CodecException.Malformed(
                    from, length + " bytes of symbols (expected: at least " + 4 * lanes + ")");
        }
        for (int i = 0; i < lanes; i++) {
            int state = 0;
            for (int b = 0; b < RansEncoder.STATE_BYTES; b++) {
                state = state << 8 | (data[position++] & 0xff);
            }
            if (state < RansEncoder.LEAST) {
                throw new CodecException.Malformed(
                        position - 4L, "state " + state + " (expected: 2^23 to 2^31 - 1)");
            }
            states[i] = state;
        }
    }

    /**
     * The next symbol.
     *
     * @throws CodecException.Malformed if the bytes end
     */
    public int get(EntropyTable table) throws CodecException.Malformed {
        int state = states[lane];
        int slot = table.find(state & MASK);
        int start = table.start(slot);
        advance(start, table.start(slot + 1) - start);
        return slot == table.escape() ? escaped(table) : table.least() + slot;
    }

    private int escaped(EntropyTable table) throws CodecException.Malformed {
        int length = bits(Escape.LENGTH_BITS);
        int distance = (1 << length) + (length == 0 ? 0 : bits(length)) - 1;
        return Escape.symbol(distance, table);
    }

    private int bits(int count) throws CodecException.Malformed {
        int shift = EntropyTable.PRECISION - count;
        int value = (states[lane] & MASK) >>> shift;
        advance(value << shift, 1 << shift);
        return value;
    }

    private void advance(int start, int width) throws CodecException.Malformed {
        int state = states[lane];
        state = width * (state >>> EntropyTable.PRECISION) + (state & MASK) - start;
        while (state < RansEncoder.LEAST) {
            if (position == end) {
                throw new CodecException.Malformed(end, "end of the symbols (expected: more)");
            }
            state = state << 8 | (data[position++] & 0xff);
        }
        states[lane] = state;
        lane = lane + 1 == lanes ? 0 : lane + 1;
    }

    /**
     * Ends the reading after the last symbol.
     *
     * @throws CodecException.Malformed if the bytes hold something else than what was read
     */
    public void finish() throws CodecException.Malformed {
        if (position != end) {
            throw new CodecException.Malformed(
                    position, (end - position) + " bytes after the last symbol");
        }
        for (int state : states) {
            if (state != RansEncoder.LEAST) {
                throw new CodecException.Malformed(
                        end, "last state " + state + " (expected: 2^23)");
            }
        }
    }
}
