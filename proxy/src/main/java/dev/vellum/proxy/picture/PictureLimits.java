package dev.vellum.proxy.picture;

import dev.vellum.proxy.units.ByteSize;
import java.time.Duration;

/**
 * What a picture may cost. Checked from the header, before anything is decoded.
 *
 * @param sourceBytes size of the file
 * @param pixels width x height x frames
 * @param frames of an animation
 * @param time for decoding, encoding and judging together; progressive JPEG and WebP notice late,
 *     so {@code pixels} is what bounds those
 */
public record PictureLimits(ByteSize sourceBytes, long pixels, int frames, Duration time) {

    /** 32 MiB, 40 megapixels, 500 frames, 30 s. */
    public static final PictureLimits DEFAULT =
            new PictureLimits(ByteSize.ofMib(32), 40_000_000, 500, Duration.ofSeconds(30));

    /** Four samples a pixel fit into one array. */
    private static final long MOST_PIXELS = Integer.MAX_VALUE / 4;

    public PictureLimits {
        if (sourceBytes.bytes() < 1 || sourceBytes.bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "sourceBytes: " + sourceBytes + " (expected: 1B to 2047MiB)");
        }
        if (pixels < 1 || pixels > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "pixels: " + pixels + " (expected: 1 to " + MOST_PIXELS + ")");
        }
        if (frames < 1) {
            throw new IllegalArgumentException("frames: " + frames + " (expected: >= 1)");
        }
        if (!time.isPositive()) {
            throw new IllegalArgumentException("time: " + time + " (expected: > 0)");
        }
    }
}
