package dev.vellum.codec.net;

/**
 * How graphs are run. None of it changes a decoded pixel.
 *
 * @param threads that work on one graph at a time, the caller's included; from 1
 * @param optimised whether ONNX Runtime may rearrange a graph
 * @param stripCells about how many cells of the latent grid, 16 x 16 pixels each, a graph is given
 *     at a time; from 1. More need more memory, fewer repeat more work at the seams
 */
public record Execution(int threads, boolean optimised, int stripCells) {

    /** One thread, optimised, strips of about eight megapixels. */
    public static final Execution DEFAULT = new Execution(1, true, 32768);

    /** Checks the ranges. */
    public Execution {
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 1 to 256)");
        }
        if (stripCells < 1 || stripCells > 1 << 20) {
            throw new IllegalArgumentException(
                    "strip cells: " + stripCells + " (expected: 1 to 1048576)");
        }
    }

    /**
     * Rows of a strip, at least {@code halo / 2}, so that all strips of a grid are about as high.
     *
     * @param rows of the grid, from 1
     * @param columns of the grid
     * @param halo rows that a graph sees above and below
     */
    public int stripRows(int rows, int columns, int halo) {
        int most = Math.max(1, Math.max(stripCells / columns, halo / 2));
        int strips = (rows + most - 1) / most;
        return (rows + strips - 1) / strips;
    }
}
