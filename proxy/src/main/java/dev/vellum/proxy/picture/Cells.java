package dev.vellum.proxy.picture;

import java.util.Arrays;

/**
 * What is left of a picture in a grid of at most 64 by 64 cells of at least 4 by 4 pixels, each its
 * mean colour: coarse enough that a coder's noise and a coder's flatness are both gone.
 *
 * @param spread entropy of the cells' colours in steps of 16 levels, of the most that as many cells
 *     could have
 * @param alike share of neighbours whose means differ by less than 1.5 levels in every colour
 * @param soft share of those that differ by 1.5 to 12 levels
 */
record Cells(double spread, double alike, double soft) {

    private static final int GRID = 64;
    private static final int LEAST = 4;
    private static final double ALIKE = 1.5;
    private static final double SOFT = 12;

    static Cells of(Raster raster) {
        int columns = Math.clamp(raster.width() / LEAST, 1, GRID);
        int rows = Math.clamp(raster.height() / LEAST, 1, GRID);
        double[][] means = new double[rows * columns][];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                means[row * columns + column] = mean(raster, column, columns, row, rows);
            }
        }
        int alike = 0;
        int soft = 0;
        int pairs = 0;
        for (int i = 0; i < means.length; i++) {
            boolean last = (i + 1) % columns == 0;
            for (int other : new int[] {last ? means.length : i + 1, i + columns}) {
                if (other < means.length) {
                    double step = difference(means[i], means[other]);
                    pairs++;
                    alike += step < ALIKE ? 1 : 0;
                    soft += step >= ALIKE && step <= SOFT ? 1 : 0;
                }
            }
        }
        double all = Math.max(1, pairs);
        return new Cells(spread(means), alike / all, soft / all);
    }

    /** Of at most 8 by 8 pixels, evenly spread over the cell. */
    private static double[] mean(Raster raster, int column, int columns, int row, int rows) {
        int left = (int) ((long) raster.width() * column / columns);
        int right = (int) ((long) raster.width() * (column + 1) / columns);
        int top = (int) ((long) raster.height() * row / rows);
        int bottom = (int) ((long) raster.height() * (row + 1) / rows);
        int across = Math.max(1, (right - left) / 8);
        int down = Math.max(1, (bottom - top) / 8);
        double[] sum = new double[3];
        int count = 0;
        for (int y = top; y < bottom; y += down) {
            for (int x = left; x < right; x += across) {
                for (int band = 0; band < 3; band++) {
                    sum[band] += raster.sample(x, y, band);
                }
                count++;
            }
        }
        int pixels = Math.max(1, count);
        Arrays.setAll(sum, band -> sum[band] / pixels);
        return sum;
    }

    private static double difference(double[] one, double[] other) {
        double most = 0;
        for (int band = 0; band < 3; band++) {
            most = Math.max(most, Math.abs(one[band] - other[band]));
        }
        return most;
    }

    private static double spread(double[][] means) {
        int[] counts = new int[1 << 12];
        for (double[] mean : means) {
            counts[((int) mean[0] >> 4 << 8) | ((int) mean[1] >> 4 << 4) | ((int) mean[2] >> 4)]++;
        }
        double entropy = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = count / (double) means.length;
                entropy -= share * Math.log(share);
            }
        }
        return means.length == 1 ? 0 : entropy / Math.log(means.length);
    }
}
