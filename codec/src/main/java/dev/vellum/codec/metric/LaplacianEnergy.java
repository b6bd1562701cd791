package dev.vellum.codec.metric;

/**
 * How much fine detail a picture shows: the mean square of its brightness' Laplacian, four times a
 * pixel less its neighbours above, below, left and right. A blurred picture has less than its
 * original.
 */
public final class LaplacianEnergy {

    /** Weights of red, green and blue in brightness, of 256 (ITU-R BT.601). */
    private static final int RED = 77;

    private static final int GREEN = 150;
    private static final int BLUE = 29;

    private LaplacianEnergy() {}

    /**
     * The energy of a picture.
     *
     * @param rgb {@code 3 * width * height} samples, row by row
     * @return mean over the pixels that have four neighbours, in squared levels; 0 if none has
     */
    public static double of(int width, int height, byte[] rgb) {
        if (width < 3 || height < 3) {
            return 0;
        }
        float[] light = new float[width * height];
        for (int i = 0; i < light.length; i++) {
            int r = rgb[3 * i] & 255;
            int g = rgb[3 * i + 1] & 255;
            int b = rgb[3 * i + 2] & 255;
            light[i] = (RED * r + GREEN * g + BLUE * b) / 256f;
        }
        double sum = 0;
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int at = y * width + x;
                double value =
                        4 * light[at]
                                - light[at - 1]
                                - light[at + 1]
                                - light[at - width]
                                - light[at + width];
                sum += value * value;
            }
        }
        return sum / ((double) (width - 2) * (height - 2));
    }
}
