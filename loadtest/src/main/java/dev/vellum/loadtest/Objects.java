package dev.vellum.loadtest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an origin has: objects numbered from 0, whose number alone decides size, freshness and every
 * byte, so that whoever reads one can tell whether it is right.
 *
 * @param count at least 1
 */
record Objects(int count) {

    private static final int KIB = 1024;

    /** Bytes: most objects are small, two of a hundred are megabytes. */
    int size(int number) {
        int kind = (int) Long.remainderUnsigned(mix(number), 100);
        int spread = (int) Long.remainderUnsigned(mix(~number), 1000);
        if (kind < 60) {
            return KIB + spread * 19;
        } else if (kind < 90) {
            return 20 * KIB + spread * 80;
        } else if (kind < 98) {
            return 100 * KIB + spread * 400;
        }
        return 1000 * KIB + spread * 3000;
    }

    /** What Cache-Control says of an object; one in twenty may not be stored. */
    String cacheControl(int number) {
        return switch ((int) Long.remainderUnsigned(mix(number * 31L + 7), 20)) {
            case 0 -> "no-store";
            case 1, 2, 3 -> "max-age=1";
            case 4, 5, 6, 7 -> "max-age=10, stale-while-revalidate=10";
            default -> "max-age=3600";
        };
    }

    /** Its strong entity tag. */
    String entityTag(int number) {
        return "\"o" + number + "-" + size(number) + "\"";
    }

    /** Fills {@code out} with the object's bytes from {@code offset} on. */
    void read(int number, int offset, byte[] out, int length) {
        ByteBuffer block = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long seed = number * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < length; ) {
            int at = offset + i;
            block.putLong(0, mix(seed + at / Long.BYTES));
            int from = at % Long.BYTES;
            int some = Math.min(Long.BYTES - from, length - i);
            System.arraycopy(block.array(), from, out, i, some);
            i += some;
        }
    }

    /** Whether {@code length} bytes are those of the object from {@code offset} on. */
    boolean isRight(int number, int offset, byte[] bytes, int length) {
        byte[] expected = new byte[length];
        read(number, offset, expected, length);
        return java.util.Arrays.equals(expected, 0, length, bytes, 0, length);
    }

    /** SplitMix64's finaliser (Steele, Lea, Flood 2014). */
    private static long mix(long value) {
        long x = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
