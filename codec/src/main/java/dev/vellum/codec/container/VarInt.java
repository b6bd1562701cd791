package dev.vellum.codec.container;

import dev.vellum.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Unsigned integers in 1 to 5 bytes: seven bits a byte, the least significant first, the high bit
 * set on every byte but the last. There is one way to write each number: a last byte of zero is
 * refused (but for the number 0 itself), and so is anything over 2<sup>31</sup> - 1.
 */
public final class VarInt {

    /** Longest encoding, in bytes. */
    public static final int MAX_BYTES = 5;

    private static final int CONTINUES = 0x80;
    private static final int PAYLOAD = 0x7f;

    private VarInt() {}

    /** Bytes that {@link #write} takes for {@code value}. */
    public static int size(int value) {
        requireUnsigned(value);
        return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
    }

    /** Appends {@code value}, 0 to 2<sup>31</sup> - 1. */
    public static void write(ByteBuffer out, int value) {
        requireUnsigned(value);
        int rest = value;
        while (rest > PAYLOAD) {
            out.put((byte) ((rest & PAYLOAD) | CONTINUES));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    /**
     * Reads one number and moves {@code in} behind it.
     *
     * @throws CodecException.Malformed if it is longer than its value needs, or over 2<sup>31</sup>
     *     - 1
     * @throws BufferUnderflowException if {@code in} ends within it
     */
    public static int read(ByteBuffer in) throws CodecException.Malformed {
        int start = in.position();
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            int b = in.get();
            value |= (long) (b & PAYLOAD) << (7 * i);
            if ((b & CONTINUES) == 0) {
                if (b == 0 && i > 0) {
                    throw new CodecException.Malformed(
                            start, "number of " + (i + 1) + " bytes (expected: the shortest form)");
                }
                if (value > Integer.MAX_VALUE) {
                    throw new CodecException.Malformed(
                            start, "number " + value + " (expected: at most 2147483647)");
                }
                return (int) value;
            }
        }
        throw new CodecException.Malformed(
                start, "number without an end (expected: at most 5 bytes)");
    }

    private static void requireUnsigned(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("value: " + value + " (expected: >= 0)");
        }
    }
}
