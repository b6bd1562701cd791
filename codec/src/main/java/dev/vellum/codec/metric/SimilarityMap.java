package dev.vellum.codec.metric;

import java.util.Arrays;

/**
 * Structural similarity of two planes at one scale: an 11-tap Gaussian window of sigma 1.5 at every
 * place where it fits (Wang et al. 2004, "Image quality assessment: from error visibility to
 * structural similarity").
 *
 * <p>The planes are given less 128, which changes no variance and keeps the sums small enough for
 * {@code float}. One row at a time is filtered across into a ring of 11 rows, and those down.
 */
final class SimilarityMap {

    static final int WINDOW = 11;

    private static final double C1 = 0.01 * 255 * 0.01 * 255;
    private static final double C2 = 0.03 * 255 * 0.03 * 255;
    private static final float OFFSET = 128;
    private static final float[] TAPS = taps();

    /** Takes what one row of windows gave. */
    interface RowSink {

        /**
         * Takes one row.
         *
         * @param row of the windows' upper edges
         * @param similarity luminance times contrast and structure, one value a window
         * @param contrast contrast and structure alone
         */
        void row(int row, float[] similarity, float[] contrast, int count);
    }

    /** Takes what one row of windows gave, and how it changes with the second plane. */
    interface DerivativeSink {

        /**
         * Takes one row.
         *
         * @param row of the windows' upper edges
         * @param value of each window
         * @param byMean its derivative by the filtered samples
         * @param byProduct by the filtered products of both planes' samples
         * @param bySquare by the filtered sum of squares
         */
        void row(
                int row,
                float[] value,
                float[] byMean,
                float[] byProduct,
                float[] bySquare,
                int count);
    }

    private final int width;
    private final int columns;
    private final float[][][] ring;
    private final float[] squares;
    private final float[] products;
    private final float[][] filtered;
    private final float[] similarity;
    private final float[] contrast;
    private int rows;

    SimilarityMap(int width) {
        this.width = width;
        this.columns = width - WINDOW + 1;
        this.ring = new float[4][WINDOW][columns];
        this.filtered = new float[4][columns];
        this.squares = new float[width];
        this.products = new float[width];
        this.similarity = new float[columns];
        this.contrast = new float[columns];
    }

    /** Begins with another two planes of the same width. */
    void restart() {
        rows = 0;
    }

    /** Takes the next row of both planes; from the eleventh on each completes a row of windows. */
    void add(float[] a, float[] b, RowSink sink) {
        int top = filter(a, b);
        if (top >= 0) {
            combine();
            sink.row(top, similarity, contrast, columns);
        }
    }

    /**
     * Both planes at once, with derivatives by what the second plane's samples give.
     *
     * @param luminance whether a window's value has luminance in it
     */
    void derive(float[] a, float[] b, boolean luminance, DerivativeSink sink) {
        float[] value = new float[columns];
        float[] byMean = new float[columns];
        float[] byProduct = new float[columns];
        float[] bySquare = new float[columns];
        float[] rowA = new float[width];
        float[] rowB = new float[width];
        restart();
        for (int from = 0; from < a.length; from += width) {
            System.arraycopy(a, from, rowA, 0, width);
            System.arraycopy(b, from, rowB, 0, width);
            int top = filter(rowA, rowB);
            if (top >= 0) {
                if (luminance) {
                    deriveSimilarity(value, byMean, byProduct, bySquare);
                } else {
                    deriveContrast(value, byMean, byProduct, bySquare);
                }
                sink.row(top, value, byMean, byProduct, bySquare, columns);
            }
        }
    }

    /** The row of windows that the next row of samples completes, filtered; -1 if there is none. */
    private int filter(float[] rowA, float[] rowB) {
        int slot = rows % WINDOW;
        for (int x = 0; x < width; x++) {
            squares[x] = rowA[x] * rowA[x] + rowB[x] * rowB[x];
            products[x] = rowA[x] * rowB[x];
        }
        across(rowA, ring[0][slot]);
        across(rowB, ring[1][slot]);
        across(squares, ring[2][slot]);
        across(products, ring[3][slot]);
        int top = rows - WINDOW + 1;
        rows++;
        if (top < 0) {
            return -1;
        }
        for (int map = 0; map < ring.length; map++) {
            down(ring[map], top, filtered[map]);
        }
        return top;
    }

    private void deriveContrast(
            float[] value, float[] byMean, float[] byProduct, float[] bySquare) {
        float c2 = (float) C2;
        float[] meanA = filtered[0];
        float[] meanB = filtered[1];
        float[] square = filtered[2];
        float[] product = filtered[3];
        for (int x = 0; x < columns; x++) {
            float a = meanA[x];
            float b = meanB[x];
            float inverse = 1 / (square[x] - a * a - b * b + c2);
            float cs = (2 * (product[x] - a * b) + c2) * inverse;
            value[x] = cs;
            byProduct[x] = 2 * inverse;
            bySquare[x] = -cs * inverse;
            byMean[x] = 2 * (cs * b - a) * inverse;
        }
    }

    private void deriveSimilarity(
            float[] value, float[] byMean, float[] byProduct, float[] bySquare) {
        deriveContrast(value, byMean, byProduct, bySquare);
        float c1 = (float) C1;
        for (int x = 0; x < columns; x++) {
            float a = filtered[0][x] + OFFSET;
            float b = filtered[1][x] + OFFSET;
            float inverse = 1 / (a * a + b * b + c1);
            float luminance = (2 * a * b + c1) * inverse;
            byProduct[x] *= luminance;
            bySquare[x] *= luminance;
            byMean[x] = luminance * byMean[x] + value[x] * 2 * (a - luminance * b) * inverse;
            value[x] *= luminance;
        }
    }

    /** What each sample of a row passed on to the windows of that row: {@link #across} turned. */
    static void acrossBack(float[] windows, float[] samples) {
        Arrays.fill(samples, 0);
        for (int i = 0; i < WINDOW; i++) {
            float tap = TAPS[i];
            for (int x = 0; x < windows.length; x++) {
                samples[x + i] += tap * windows[x];
            }
        }
    }

    /** Adds a row times a tap to another. */
    static void addScaled(float[] row, int tap, float[] to) {
        float factor = TAPS[tap];
        for (int x = 0; x < to.length; x++) {
            to[x] += factor * row[x];
        }
    }

    private static void across(float[] in, float[] out) {
        float k0 = TAPS[0];
        float k1 = TAPS[1];
        float k2 = TAPS[2];
        float k3 = TAPS[3];
        float k4 = TAPS[4];
        float k5 = TAPS[5];
        for (int x = 0; x < out.length; x++) {
            out[x] =
                    k0 * (in[x] + in[x + 10])
                            + k1 * (in[x + 1] + in[x + 9])
                            + k2 * (in[x + 2] + in[x + 8])
                            + k3 * (in[x + 3] + in[x + 7])
                            + k4 * (in[x + 4] + in[x + 6])
                            + k5 * in[x + 5];
        }
    }

    private static void down(float[][] rows, int top, float[] out) {
        Arrays.fill(out, 0);
        for (int i = 0; i < WINDOW / 2; i++) {
            float tap = TAPS[i];
            float[] upper = rows[(top + i) % WINDOW];
            float[] lower = rows[(top + WINDOW - 1 - i) % WINDOW];
            for (int x = 0; x < out.length; x++) {
                out[x] += tap * (upper[x] + lower[x]);
            }
        }
        float tap = TAPS[WINDOW / 2];
        float[] middle = rows[(top + WINDOW / 2) % WINDOW];
        for (int x = 0; x < out.length; x++) {
            out[x] += tap * middle[x];
        }
    }

    private void combine() {
        float c1 = (float) C1;
        float c2 = (float) C2;
        float[] meanA = filtered[0];
        float[] meanB = filtered[1];
        float[] square = filtered[2];
        float[] product = filtered[3];
        for (int x = 0; x < columns; x++) {
            float ab = meanA[x] * meanB[x];
            float aabb = meanA[x] * meanA[x] + meanB[x] * meanB[x];
            float cs = (2 * (product[x] - ab) + c2) / (square[x] - aabb + c2);
            float a = meanA[x] + OFFSET;
            float b = meanB[x] + OFFSET;
            contrast[x] = cs;
            similarity[x] = cs * (2 * a * b + c1) / (a * a + b * b + c1);
        }
    }

    private static float[] taps() {
        double[] taps = new double[WINDOW];
        Arrays.setAll(taps, i -> Math.exp(-(i - 5) * (i - 5) / (2 * 1.5 * 1.5)));
        double sum = Arrays.stream(taps).sum();
        float[] normal = new float[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            normal[i] = (float) (taps[i] / sum);
        }
        return normal;
    }
}
