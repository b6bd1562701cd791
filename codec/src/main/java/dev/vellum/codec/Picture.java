package dev.vellum.codec;

/** An opaque picture: 8 bits a sample, sRGB. */
public final class Picture {

    /** Longest side, in pixels. */
    public static final int MAX_SIDE = 16384;

    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Wraps samples; the array is not copied and must not change any more.
     *
     * @param width in pixels, 1 to {@value #MAX_SIDE}
     * @param height in pixels, 1 to {@value #MAX_SIDE}
     * @param rgb red, green and blue of each pixel, row by row from the top: {@code 3 * width *
     *     height} unsigned bytes
     */
    public Picture(int width, int height, byte[] rgb) {
        requireSide("width", width);
        requireSide("height", height);
        if (rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    "samples: " + rgb.length + " (expected: " + 3 * width * height + ")");
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /**
     * Width of the picture.
     *
     * @return pixels
     */
    public int width() {
        return width;
    }

    /**
     * Height of the picture.
     *
     * @return pixels
     */
    public int height() {
        return height;
    }

    /**
     * The samples; the picture's own array, not to be changed.
     *
     * @return red, green and blue of each pixel, row by row from the top
     */
    public byte[] rgb() {
        return rgb;
    }

    private static void requireSide(String name, int side) {
        if (side < 1 || side > MAX_SIDE) {
            throw new IllegalArgumentException(
                    name + ": " + side + " (expected: 1 to " + MAX_SIDE + ")");
        }
    }
}
