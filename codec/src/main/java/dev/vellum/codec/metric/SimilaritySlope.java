package dev.vellum.codec.metric;

import java.util.Arrays;

/**
 * The gradient of {@link MultiScaleSimilarity}'s overall value by the samples of one picture.
 *
 * <p>With F the window's filter, {@code m = F a, n = F b, p = F ab, q = F(aa + bb)}, a window's
 * contrast and structure are {@code (2(p - mn) + C2) / (q - mm - nn + C2)}; its derivatives by n, p
 * and q go back through the filter to the samples of b, and from each scale to the one below, of
 * whose samples four make one.
 */
public final class SimilaritySlope {

    private static final int WINDOW = SimilarityMap.WINDOW;
    private static final int COLOURS = 3;
    private static final int ZERO = 128;

    private final int width;
    private final int height;
    private final int scales;
    private final double[] weights;

    private SimilaritySlope(int width, int height) {
        this.width = width;
        this.height = height;
        this.scales = MultiScaleSimilarity.scales(width, height);
        this.weights = MultiScaleSimilarity.weights(scales);
    }

    /** One scale of one colour: both pictures, and how the value changes with the second. */
    @SuppressWarnings("ArrayRecordComponent") // the planes are what it is
    private record Level(int width, int height, float[] a, float[] b, float[] slope) {

        static Level of(int width, int height, float[] a, float[] b) {
            return new Level(width, height, a, b, new float[a.length]);
        }

        Level half() {
            return of(width / 2, height / 2, halved(a), halved(b));
        }

        private float[] halved(float[] plane) {
            float[] smaller = new float[width / 2 * (height / 2)];
            float[] upper = new float[width];
            float[] lower = new float[width];
            float[] row = new float[width / 2];
            for (int y = 0; y < height / 2; y++) {
                System.arraycopy(plane, 2 * y * width, upper, 0, width);
                System.arraycopy(plane, (2 * y + 1) * width, lower, 0, width);
                MultiScaleSimilarity.halve(upper, lower, row);
                System.arraycopy(row, 0, smaller, y * row.length, row.length);
            }
            return smaller;
        }
    }

    /**
     * Adds {@code factor} times the gradient to {@code slope}.
     *
     * @param a {@code 3 * width * height} samples, red, green, blue of each pixel
     * @param b the same of the other picture, of whose samples the value is a function
     * @param slope three planes, {@code 3 * width * height}
     * @return the value: MS-SSIM. A picture with a side below 11 pixels has none that could be
     *     differentiated: 1, and nothing is added
     */
    public static double add(
            int width, int height, byte[] a, byte[] b, double factor, float[] slope) {
        if (Math.min(width, height) < WINDOW) {
            return 1;
        }
        SimilaritySlope picture = new SimilaritySlope(width, height);
        double value = 0;
        for (int colour = 0; colour < COLOURS; colour++) {
            value += picture.colour(a, b, colour, factor / COLOURS, slope) / COLOURS;
        }
        return value;
    }

    private double colour(byte[] first, byte[] second, int colour, double factor, float[] slope) {
        Level[] levels = new Level[scales];
        levels[0] = Level.of(width, height, plane(first, colour), plane(second, colour));
        double[] means = new double[scales];
        double product = 1;
        for (int scale = 0; scale < scales; scale++) {
            if (scale > 0) {
                levels[scale] = levels[scale - 1].half();
            }
            means[scale] = windows(levels[scale], scale == scales - 1);
            product *= Math.pow(Math.max(0, means[scale]), weights[scale]);
        }
        for (int scale = scales - 1; scale >= 0; scale--) {
            Level level = levels[scale];
            double share = means[scale] > 0 ? factor * product * weights[scale] / means[scale] : 0;
            long count = (long) (level.width - WINDOW + 1) * (level.height - WINDOW + 1);
            scale(level.slope, (float) (share / count));
            if (scale + 1 < scales) {
                spread(levels[scale + 1], level);
            }
        }
        int from = colour * width * height;
        for (int i = 0; i < levels[0].slope.length; i++) {
            slope[from + i] += levels[0].slope[i];
        }
        return product;
    }

    private float[] plane(byte[] picture, int colour) {
        float[] plane = new float[width * height];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = (picture[COLOURS * i + colour] & 0xff) - ZERO;
        }
        return plane;
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** Hands the slopes of a scale to the samples that it was made of. */
    private static void spread(Level from, Level to) {
        for (int y = 0; y < 2 * from.height; y++) {
            int row = y / 2 * from.width;
            for (int x = 0; x < 2 * from.width; x++) {
                to.slope[y * to.width + x] += 0.25f * from.slope[row + x / 2];
            }
        }
    }

    /**
     * The mean over all windows, and the slope of their sum.
     *
     * @param luminance whether luminance counts, as at the coarsest scale
     */
    private static double windows(Level level, boolean luminance) {
        Gradient gradient = new Gradient(level);
        double[] sum = new double[1];
        new SimilarityMap(level.width)
                .derive(
                        level.a,
                        level.b,
                        luminance,
                        (row, value, byMean, byProduct, bySquare, count) -> {
                            for (int x = 0; x < count; x++) {
                                sum[0] += value[x];
                            }
                            gradient.windowRow(row, byMean, byProduct, bySquare);
                        });
        return sum[0] / (level.width - WINDOW + 1) / (level.height - WINDOW + 1);
    }

    /** What rows of windows say of the samples below them: the filter, run backwards. */
    private static final class Gradient {

        private final Level level;

        /** By map: rows of samples that further windows cover, each at its number modulo 11. */
        private final float[][][] waiting;

        private final float[] wide;

        Gradient(Level level) {
            this.level = level;
            this.waiting = new float[3][WINDOW][level.width];
            this.wide = new float[level.width];
        }

        /** Takes the derivatives of a row of windows. */
        void windowRow(int row, float[] byMean, float[] byProduct, float[] bySquare) {
            take(row, byMean, waiting[0]);
            take(row, byProduct, waiting[1]);
            take(row, bySquare, waiting[2]);
            finish(row);
            if (row == level.height - WINDOW) {
                for (int rest = row + 1; rest < level.height; rest++) {
                    finish(rest);
                }
            }
        }

        private void take(int row, float[] map, float[][] rows) {
            SimilarityMap.acrossBack(map, wide);
            for (int i = 0; i < WINDOW; i++) {
                SimilarityMap.addScaled(wide, i, rows[(row + i) % WINDOW]);
            }
        }

        /** No further window covers this row of samples. */
        private void finish(int row) {
            float[] mean = waiting[0][row % WINDOW];
            float[] product = waiting[1][row % WINDOW];
            float[] square = waiting[2][row % WINDOW];
            int at = row * level.width;
            for (int x = 0; x < level.width; x++) {
                level.slope[at + x] =
                        mean[x] + level.a[at + x] * product[x] + 2 * level.b[at + x] * square[x];
            }
            for (float[][] map : waiting) {
                Arrays.fill(map[row % WINDOW], 0);
            }
        }
    }
}
