package dev.vellum.codec.metric;

import java.util.Arrays;

/**
 * Multi-scale structural similarity (Wang et al. 2003): contrast and structure at five scales,
 * luminance at the coarsest, the mean over the three colours. A side below 176 pixels leaves room
 * for fewer scales; the weights of those are scaled up to the same sum.
 *
 * <p>The same maps give a value for each tile of about 128 pixels: a window counts where its centre
 * lies.
 */
public final class MultiScaleSimilarity {

    private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
    private static final int TILE = 128;
    private static final int COLOURS = 3;
    private static final int ZERO = 128;

    private final int width;
    private final int height;
    private final int scales;
    private final int tileColumns;
    private final int tileRows;

    /** Means of each colour, scale and tile; the last tile stands for the whole picture. */
    private final double[][][] contrast;

    private final double[][][] similarity;
    private final long[][] windows;

    private MultiScaleSimilarity(int width, int height) {
        this.width = width;
        this.height = height;
        this.scales = scales(width, height);
        this.tileColumns = Math.max(1, (width + TILE / 2) / TILE);
        this.tileRows = Math.max(1, (height + TILE / 2) / TILE);
        int tiles = tileColumns * tileRows + 1;
        this.contrast = new double[COLOURS][scales][tiles];
        this.similarity = new double[COLOURS][scales][tiles];
        this.windows = new long[scales][tiles];
    }

    /** Scales at which a window fits into a picture. */
    static int scales(int width, int height) {
        int side = Math.min(width, height);
        int fitting = 1;
        while (fitting < WEIGHTS.length && side >> fitting >= SimilarityMap.WINDOW) {
            fitting++;
        }
        return fitting;
    }

    /** Exponents of the first scales, with sum 1. */
    static double[] weights(int scales) {
        double[] weights = Arrays.copyOf(WEIGHTS, scales);
        double sum = Arrays.stream(weights).sum();
        Arrays.setAll(weights, scale -> weights[scale] / sum);
        return weights;
    }

    /**
     * Similarity of a picture and of its worst tile.
     *
     * @param overall 1 for equal pictures, towards 0 the less alike they are
     * @param worstTile the least of all tiles, on the same scale
     */
    public record Result(double overall, double worstTile) {}

    /**
     * Compares two pictures.
     *
     * @param a {@code 3 * width * height} samples, red, green, blue of each pixel
     * @param b the same of the other picture
     */
    public static Result of(int width, int height, byte[] a, byte[] b) {
        return new MultiScaleSimilarity(width, height).run(a, b);
    }

    private Result run(byte[] a, byte[] b) {
        for (int colour = 0; colour < COLOURS; colour++) {
            plane(colour, samples(a, colour), samples(b, colour));
        }
        int tiles = tileColumns * tileRows;
        double worst = Double.POSITIVE_INFINITY;
        for (int tile = 0; tile < tiles; tile++) {
            worst = Math.min(worst, value(tile));
        }
        return new Result(value(tiles), worst);
    }

    private void plane(int colour, float[] fullA, float[] fullB) {
        float[] a = fullA;
        float[] b = fullB;
        int w = Math.max(width, SimilarityMap.WINDOW);
        int h = Math.max(height, SimilarityMap.WINDOW);
        for (int scale = 0; scale < scales; scale++) {
            if (scale > 0) {
                a = halve(a, w, h);
                b = halve(b, w, h);
                w /= 2;
                h /= 2;
            }
            int[] tileOf = tileOfColumn(w);
            int own = scale;
            int rows = h;
            new SimilarityMap(w, h)
                    .run(
                            a,
                            b,
                            (row, sim, cs, count) ->
                                    add(colour, own, tileOf, tileOfRow(row, rows), sim, cs, count));
        }
    }

    private void add(
            int colour, int scale, int[] tileOf, int tileRow, float[] sim, float[] cs, int count) {
        int whole = tileColumns * tileRows;
        for (int from = 0; from < count; ) {
            int tile = tileRow * tileColumns + tileOf[from];
            double simSum = 0;
            double csSum = 0;
            int to = from;
            while (to < count && tileOf[to] == tileOf[from]) {
                simSum += sim[to];
                csSum += cs[to];
                to++;
            }
            for (int target : new int[] {tile, whole}) {
                similarity[colour][scale][target] += simSum;
                contrast[colour][scale][target] += csSum;
                if (colour == 0) {
                    windows[scale][target] += to - from;
                }
            }
            from = to;
        }
    }

    private int[] tileOfColumn(int w) {
        int[] tiles = new int[w - SimilarityMap.WINDOW + 1];
        Arrays.setAll(tiles, x -> place(x, w, tileColumns));
        return tiles;
    }

    private int tileOfRow(int row, int h) {
        return place(row, h, tileRows);
    }

    /** The tile, of {@code tiles} equal ones, in which the centre of a window lies. */
    private static int place(int start, int size, int tiles) {
        return (int) ((start + SimilarityMap.WINDOW / 2 + 0.5) * tiles / size);
    }

    /** Weighted product over the scales at which the tile has a window, mean over colours. */
    private double value(int tile) {
        double weights = 0;
        int last = 0;
        for (int scale = 0; scale < scales; scale++) {
            if (windows[scale][tile] > 0) {
                weights += WEIGHTS[scale];
                last = scale;
            }
        }
        double sum = 0;
        for (int colour = 0; colour < COLOURS; colour++) {
            double product = 1;
            for (int scale = 0; scale <= last; scale++) {
                if (windows[scale][tile] > 0) {
                    double[][] maps = scale == last ? similarity[colour] : contrast[colour];
                    double mean = Math.max(0, maps[scale][tile] / windows[scale][tile]);
                    product *= Math.pow(mean, WEIGHTS[scale] / weights);
                }
            }
            sum += product;
        }
        return weights == 0 ? 1 : sum / COLOURS;
    }

    /** One colour less 128; a side shorter than the window is filled up with its last samples. */
    private float[] samples(byte[] picture, int colour) {
        int w = Math.max(width, SimilarityMap.WINDOW);
        int h = Math.max(height, SimilarityMap.WINDOW);
        float[] plane = new float[w * h];
        for (int y = 0; y < h; y++) {
            int line = Math.min(y, height - 1) * width;
            for (int x = 0; x < w; x++) {
                int at = COLOURS * (line + Math.min(x, width - 1)) + colour;
                plane[y * w + x] = (picture[at] & 0xff) - ZERO;
            }
        }
        return plane;
    }

    static float[] halve(float[] plane, int w, int h) {
        int half = w / 2;
        float[] smaller = new float[half * (h / 2)];
        for (int y = 0; y < h / 2; y++) {
            int upper = 2 * y * w;
            int lower = upper + w;
            for (int x = 0; x < half; x++) {
                smaller[y * half + x] =
                        0.25f
                                * (plane[upper + 2 * x]
                                        + plane[upper + 2 * x + 1]
                                        + plane[lower + 2 * x]
                                        + plane[lower + 2 * x + 1]);
            }
        }
        return smaller;
    }
}
