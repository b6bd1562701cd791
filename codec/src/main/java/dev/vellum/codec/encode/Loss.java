package dev.vellum.codec.encode;

import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.metric.SimilaritySlope;
import dev.vellum.codec.model.EncoderFile;
import java.util.Arrays;

/**
 * What a decoded picture's distance from the original is worth, in bits: what the model was trained
 * for, a weighted sum of mean squared error and 1 less MS-SSIM.
 *
 * @param square bits a pixel for a mean squared error of one level
 * @param dissimilarity bits a pixel for a similarity of 0
 */
record Loss(double square, double dissimilarity) {

    private static final double UNIT = 1 << 20;
    private static final int COLOURS = 3;

    /** Similarity is judged in bands of at most so many pixels, which bounds memory. */
    private static final int BAND_PIXELS = 1 << 22;

    private static final int LEAST_ROWS = 256;

    /** The loss that belongs to a quality. */
    static Loss of(EncoderFile file, int quality) {
        int[] table = file.table(EncoderFile.LOSS);
        return new Loss(table[2 * quality - 2] / UNIT, table[2 * quality - 1] / UNIT);
    }

    /**
     * The loss of a picture, and its slopes.
     *
     * @param original {@code 3 * width * height} samples, interleaved
     * @param decoded the same of what is judged
     * @param slope of the loss by each sample of {@code decoded}, three planes; filled
     * @return bits
     */
    double of(Grid grid, byte[] original, byte[] decoded, float[] slope) {
        double bits = 0;
        int rows = Math.max(LEAST_ROWS, BAND_PIXELS / grid.width());
        int bands = Math.max(1, grid.height() / rows);
        for (int band = 0; band < bands; band++) {
            int from = (int) ((long) grid.height() * band / bands);
            int to = (int) ((long) grid.height() * (band + 1) / bands);
            bits += band(grid, from, to, original, decoded, slope);
        }
        return bits;
    }

    private double band(
            Grid grid, int from, int to, byte[] original, byte[] decoded, float[] slope) {
        int width = grid.width();
        int begin = COLOURS * from * width;
        int end = COLOURS * to * width;
        int count = (to - from) * width;
        byte[] first = whole(begin, end, original);
        byte[] second = whole(begin, end, decoded);
        float[] own = new float[COLOURS * count];
        double similarity =
                SimilaritySlope.add(width, to - from, first, second, -dissimilarity * count, own);
        float twice = (float) (2 * square / COLOURS);
        long squares = 0;
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int i = 0; i < count; i++) {
                int at = COLOURS * i + colour;
                int difference = (second[at] & 0xff) - (first[at] & 0xff);
                squares += (long) difference * difference;
                own[colour * count + i] += twice * difference;
            }
            System.arraycopy(
                    own, colour * count, slope, (colour * grid.height() + from) * width, count);
        }
        return square * squares / COLOURS + dissimilarity * count * (1 - similarity);
    }

    private static byte[] whole(int begin, int end, byte[] samples) {
        return begin == 0 && end == samples.length
                ? samples
                : Arrays.copyOfRange(samples, begin, end);
    }
}
