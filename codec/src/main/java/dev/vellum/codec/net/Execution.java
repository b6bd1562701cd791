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

    /** One thread, optimised, strips of about a megapixel. */
    public static final Execution DEFAULT = new Execution(1, true, 4096);

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

    /** Rows of a grid of {@code columns} columns that make a strip, at least {@code halo / 2}. */
    public int stripRows(int columns, int halo) {
        return Math.max(1, Math.max(stripCells / columns, halo / 2));
    }
}
