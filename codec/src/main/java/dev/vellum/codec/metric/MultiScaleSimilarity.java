package dev.vellum.codec.metric;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Multi-scale structural similarity (Wang et al. 2003): contrast and structure at five scales,
 * luminance at the coarsest, the mean over the three colours. A side below 176 pixels leaves room
 * for fewer scales; the weights of those are scaled up to the same sum.
 *
 * <p>The same maps give a value for each tile of about 128 pixels: a window counts where its centre
 * lies.
 *
 * <p>Rows pass through all scales one by one, so that a comparison takes memory for some rows, not
 * for planes: it runs beside requests, whose answers would wait while large arrays are collected.
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
        Level finest = levels();
        for (int colour = 0; colour < COLOURS; colour++) {
            finest.restart();
            int rows = Math.max(height, SimilarityMap.WINDOW);
            for (int y = 0; y < rows; y++) {
                finest.add(colour, row(a, y, colour, finest.a), row(b, y, colour, finest.b));
            }
        }
        int tiles = tileColumns * tileRows;
        double worst = Double.POSITIVE_INFINITY;
        for (int tile = 0; tile < tiles; tile++) {
            worst = Math.min(worst, value(tile));
        }
        return new Result(value(tiles), worst);
    }

    private Level levels() {
        Level level = null;
        for (int scale = scales - 1; scale >= 0; scale--) {
            int w = Math.max(width, SimilarityMap.WINDOW) >> scale;
            int h = Math.max(height, SimilarityMap.WINDOW) >> scale;
            level = new Level(scale, w, h, level);
        }
        return Objects.requireNonNull(level); // a picture has a scale at least
    }

    /** One scale: the latest rows of both pictures, of which two make one of the next scale. */
    private final class Level {

        private final int scale;
        private final int height;
        private final @Nullable Level coarser;
        private final SimilarityMap map;
        private final int[] tileOf;
        private final float[] a;
        private final float[] b;
        private final float[] upperA;
        private final float[] upperB;
        private int rows;

        Level(int scale, int width, int height, @Nullable Level coarser) {
            this.scale = scale;
            this.height = height;
            this.coarser = coarser;
            this.map = new SimilarityMap(width);
            this.tileOf = tileOfColumn(width);
            this.a = new float[width];
            this.b = new float[width];
            this.upperA = new float[width];
            this.upperB = new float[width];
        }

        void restart() {
            rows = 0;
            map.restart();
            if (coarser != null) {
                coarser.restart();
            }
        }

        void add(int colour, float[] rowA, float[] rowB) {
            map.add(
                    rowA,
                    rowB,
                    (row, sim, cs, count) ->
                            count(colour, scale, tileOf, tileOfRow(row, height), sim, cs, count));
            boolean lower = rows++ % 2 == 1;
            if (coarser != null && lower) {
                halve(upperA, rowA, coarser.a);
                halve(upperB, rowB, coarser.b);
                coarser.add(colour, coarser.a, coarser.b);
            } else if (coarser != null) {
                System.arraycopy(rowA, 0, upperA, 0, rowA.length);
                System.arraycopy(rowB, 0, upperB, 0, rowB.length);
            }
        }
    }

    private void count(
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

    /**
     * A row of one colour less 128; a side shorter than the window is filled up with its last
     * samples.
     */
    private float[] row(byte[] picture, int y, int colour, float[] row) {
        int line = Math.min(y, height - 1) * width;
        for (int x = 0; x < row.length; x++) {
            int at = COLOURS * (line + Math.min(x, width - 1)) + colour;
            row[x] = (picture[at] & 0xff) - ZERO;
        }
        return row;
    }

    /** The means of four neighbours each. */
    static void halve(float[] upper, float[] lower, float[] smaller) {
        for (int x = 0; x < smaller.length; x++) {
            smaller[x] =
                    0.25f * (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]);
        }
    }
}
