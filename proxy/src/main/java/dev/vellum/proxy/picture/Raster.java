package dev.vellum.proxy.picture;

import java.util.Arrays;
import java.util.Objects;

/**
 * Decoded pixels: 8-bit sRGB, upright, alpha not premultiplied. An animation holds its frames whole
 * (composed, not as differences).
 *
 * <p>Samples are interleaved and the frames follow each other: frames x height x width x bands.
 * They are not copied; whoever makes or gets them leaves them as they are.
 */
public final class Raster {

    private final int width;
    private final int height;
    private final int bands;
    private final byte[] samples;
    private final Timing timing;

    /**
     * How an animation runs.
     *
     * @param delays how long each frame shows, in milliseconds; empty for a still picture
     * @param loops how often it runs; 0 for ever
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Timing(int[] delays, int loops) {

        public static final Timing STILL = new Timing(new int[0], 0);

        public int frames() {
            return Math.max(1, delays.length);
        }
    }

    /**
     * Pixels from samples.
     *
     * @param height rows of one frame
     * @param bands 3 (red, green, blue) or 4 (and alpha)
     */
    public Raster(int width, int height, int bands, byte[] samples, Timing timing) {
        if (bands != 3 && bands != 4) {
            throw new IllegalArgumentException("bands: " + bands + " (expected: 3 or 4)");
        }
        if (samples.length != (long) timing.frames() * height * width * bands) {
            throw new IllegalArgumentException(
                    "samples: %d (expected: %d x %d x %d x %d)"
                            .formatted(samples.length, timing.frames(), height, width, bands));
        }
        this.width = width;
        this.height = height;
        this.bands = bands;
        this.samples = samples;
        this.timing = Objects.requireNonNull(timing);
    }

    /** A still picture. */
    public static Raster still(int width, int height, int bands, byte[] samples) {
        return new Raster(width, height, bands, samples, Timing.STILL);
    }

    public int width() {
        return width;
    }

    /** Rows of one frame. */
    public int height() {
        return height;
    }

    public int bands() {
        return bands;
    }

    public byte[] samples() {
        return samples;
    }

    public Timing timing() {
        return timing;
    }

    public int frames() {
        return timing.frames();
    }

    public boolean animated() {
        return frames() > 1;
    }

    public boolean hasAlpha() {
        return bands == 4;
    }

    /** Sample {@code band} of a pixel, 0 to 255; rows of later frames follow those of the first. */
    public int sample(int x, int row, int band) {
        return samples[(row * width + x) * bands + band] & 0xff;
    }

    /** One frame as a still picture. */
    public Raster frame(int index) {
        if (!animated()) {
            return this;
        }
        int length = width * height * bands;
        return still(
                width,
                height,
                bands,
                Arrays.copyOfRange(samples, index * length, (index + 1) * length));
    }

    /** The same picture without its alpha band if that is opaque everywhere. */
    public Raster simplified() {
        if (!hasAlpha()) {
            return this;
        }
        for (int i = 3; i < samples.length; i += 4) {
            if (samples[i] != (byte) 255) {
                return this;
            }
        }
        return over(0);
    }

    /** The opaque picture seen where this lies on a background of that grey, 0 to 255. */
    public Raster over(int grey) {
        if (!hasAlpha()) {
            return this;
        }
        byte[] opaque = new byte[samples.length / 4 * 3];
        for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
            int alpha = samples[from + 3] & 0xff;
            int behind = grey * (255 - alpha) + 127;
            for (int band = 0; band < 3; band++) {
                opaque[to + band] = (byte) (((samples[from + band] & 0xff) * alpha + behind) / 255);
            }
        }
        return new Raster(width, height, 3, opaque, timing);
    }
}
