package dev.vellum.codec.latent;

/**
 * Dequantised latents of a picture, {@code [M, rows, columns]}, in 1/64 of a canonical unit.
 * Missing ones are 0.
 */
public final class Latents {

    /** Smallest value. */
    public static final int LEAST = -8192;

    /** Largest value. */
    public static final int MOST = 8191;

    private final Grid grid;
    private final short[] values;

    Latents(int channels, Grid grid) {
        this.grid = grid;
        this.values = new short[Math.multiplyExact(channels, grid.cells())];
    }

    /** The grid on which they stand. */
    public Grid grid() {
        return grid;
    }

    /** All values, channel by channel, row by row; not a copy. */
    public short[] values() {
        return values;
    }

    /** Index of the first value of a row of a channel. */
    public int index(int channel, int row) {
        return channel * grid.cells() + row * grid.columns();
    }

    static int clamp(int value) {
        return Math.clamp(value, LEAST, MOST);
    }
}
