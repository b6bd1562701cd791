package dev.vellum.codec;

import java.time.Duration;

/**
 * The most that one call may cost. A stream or picture that would cost more is refused before
 * anything is allocated for it.
 *
 * @param pixels of the picture
 * @param streamBytes of the stream
 * @param memoryBytes that the call needs at once, native memory and the picture included
 * @param time that the call may take; it is looked at between strips, so a call may take the time
 *     of one strip longer
 */
public record Limits(long pixels, long streamBytes, long memoryBytes, Duration time) {

    /** 100 megapixels, 64 MiB of stream, 2 GiB of memory, two minutes. */
    public static final Limits DEFAULT =
            new Limits(100_000_000, 64L << 20, 2L << 30, Duration.ofMinutes(2));

    /**
     * Checks the ranges.
     *
     * @param pixels from 1
     * @param streamBytes from 1
     * @param memoryBytes from 1
     * @param time not negative
     */
    public Limits {
        requirePositive("pixels", pixels);
        requirePositive("stream bytes", streamBytes);
        requirePositive("memory bytes", memoryBytes);
        if (time.isNegative()) {
            throw new IllegalArgumentException("time: " + time + " (expected: not negative)");
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }

    void requirePixels(long given) throws CodecException.TooLarge {
        require("pixels", given, pixels);
    }

    void requireStream(long given) throws CodecException.TooLarge {
        require("bytes of the stream", given, streamBytes);
    }

    void requireMemory(long given) throws CodecException.TooLarge {
        require("bytes of memory", given, memoryBytes);
    }

    boolean allowsMemory(long needed) {
        return needed <= memoryBytes;
    }

    private static void require(String what, long given, long limit)
            throws CodecException.TooLarge {
        if (given > limit) {
            throw new CodecException.TooLarge(what, given, limit);
        }
    }
}
