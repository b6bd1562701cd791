package dev.vellum.proxy.units;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, 0 to 2<sup>63</sup> - 1, written as a whole number and a unit: {@code 512B},
 * {@code 32KiB}, {@code 256MiB}, {@code 8GiB}.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
        }
    }

    /** So many bytes. */
    public static ByteSize ofBytes(long count) {
        return new ByteSize(count);
    }

    /** So many times 1,024 bytes. */
    public static ByteSize ofKib(long count) {
        return new ByteSize(Math.multiplyExact(count, 1L << 10));
    }

    /** So many times 1,048,576 bytes. */
    public static ByteSize ofMib(long count) {
        return new ByteSize(Math.multiplyExact(count, 1L << 20));
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if {@code text} is not one, or stands for more than
     *     2<sup>63</sup> - 1 bytes
     */
    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException('"' + text + "\" (expected: a size such as 32KiB)");
        }
        try {
            return new ByteSize(
                    Math.multiplyExact(Long.parseLong(form.group(1)), factor(form.group(2))));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException(
                    '"' + text + "\" (expected: a size below 8388608TiB)", tooLarge);
        }
    }

    private static long factor(String unit) {
        return switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "TiB" -> 1L << 40;
            default -> 1;
        };
    }

    /** This many bytes as an {@code int}, or the largest {@code int} if that is less. */
    public int clampedToInt() {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The written form in the largest unit that divides it: what {@link #parse} reads back. */
    @Override
    public String toString() {
        for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
            if (bytes > 0 && bytes % factor(unit) == 0) {
                return bytes / factor(unit) + unit;
            }
        }
        return bytes + "B";
    }
}
