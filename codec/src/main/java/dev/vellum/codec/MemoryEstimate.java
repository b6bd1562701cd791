package dev.vellum.codec;

import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;

/** Upper estimates of the memory that a call needs, computed before anything is allocated. */
final class MemoryEstimate {

    /**
     * Working memory of the widest network for one cell of a strip: activations of up to 4 x 192
     * channels, several alive at once, and the matrices that convolutions are turned into.
     */
    private static final long NETWORK_BYTES_PER_CELL = 8 << 10;

    private MemoryEstimate() {}

    /** Bytes that decoding takes at most, the picture included. */
    static long decode(Model model, int width, int height) {
        Manifest manifest = model.decoderFile().manifest();
        Grid grid = new Grid(width, height);
        long latents = 2L * manifest.latentChannels() + manifest.featureChannels();
        int halo = manifest.synthesisHalo();
        long stripRows =
                Math.min(
                        grid.rows(),
                        model.execution().stripRows(grid.rows(), grid.columns(), halo) + 2L * halo);
        long tensors = 2L * manifest.latentChannels() + DecoderFile.BLOCK;
        long strip = stripRows * grid.columns() * (tensors + NETWORK_BYTES_PER_CELL);
        return 3L * width * height + grid.cells() * latents + strip;
    }

    /** Activations in floating point, for one cell of a strip of the gradient. */
    private static final long GRADIENT_BYTES_PER_CELL = 64 << 10;

    /** Pixels that the gradient and the loss work on at a time, at most. */
    private static final long SEARCH_PIXELS = 1 << 22;

    /**
     * Bytes that encoding takes at most, the picture and its decoded twin included.
     *
     * @param searching whether latents are searched for
     */
    static long encode(Model model, int width, int height, boolean searching) {
        long plain = encode(model, width, height);
        if (!searching) {
            return plain;
        }
        Manifest manifest = model.decoderFile().manifest();
        Grid grid = new Grid(width, height);
        long pixels = (long) width * height;
        long stripCells =
                Math.min(grid.cells(), 4096L + 4L * manifest.synthesisHalo() * grid.columns());
        // slopes, the aim, its change and momentum, what symbols and predictions say, a second
        // candidate, and what bands and strips hold
        return plain
                + 3 * 4 * pixels
                + grid.cells() * (8L * 4 + 2) * manifest.latentChannels()
                + grid.cells() * 5L * manifest.featureChannels()
                + 6 * pixels
                + 48 * Math.min(pixels, SEARCH_PIXELS)
                + stripCells * GRADIENT_BYTES_PER_CELL;
    }

    private static long encode(Model model, int width, int height) {
        Grid grid = new Grid(width, height);
        long latents = 2L * 4 * model.decoderFile().manifest().latentChannels();
        // planes of both pictures in float at the finest scale of the comparison
        long comparison = 2L * 4 * width * height * 4 / 3;
        return decode(model, width, height)
                + 3L * width * height
                + grid.cells() * latents
                + comparison;
    }
}
