package dev.vellum.codec.latent;

/**
 * The latents of one row that one pass codes, in the order of coding: cell by cell from left to
 * right, the channels of each in turn.
 */
public final class PassRow {

    final int[] means;
    final byte[] classes;
    final int[] symbols;
    final int[] offsets;
    int row;
    int firstChannel;
    int channels;
    int firstColumn;
    int columnStep;
    int columns;

    PassRow(int channels, int columns) {
        means = new int[channels * columns];
        classes = new byte[channels * columns];
        symbols = new int[channels * columns];
        offsets = new int[channels * columns];
    }

    /** Number of latents: channels times columns. */
    public int count() {
        return channels * columns;
    }

    /** Row of the grid. */
    public int row() {
        return row;
    }

    /** Channel of the first latents. */
    public int firstChannel() {
        return firstChannel;
    }

    /** Number of channels. */
    public int channels() {
        return channels;
    }

    /** Column of the grid of the first cell. */
    public int firstColumn() {
        return firstColumn;
    }

    /** Distance of columns. */
    public int columnStep() {
        return columnStep;
    }

    /** Number of columns. */
    public int columns() {
        return columns;
    }

    /** Mean of each latent, in 1/64 of a canonical unit. */
    public int[] means() {
        return means;
    }

    /** Scale class of each latent, unsigned; 0 is the skip class. */
    public byte[] classes() {
        return classes;
    }

    /** Symbol of each latent, in quantisation steps from the mean; 0 in the skip class. */
    public int[] symbols() {
        return symbols;
    }

    /** Distance of each latent from its mean, in 1/64 of a canonical unit. */
    public int[] offsets() {
        return offsets;
    }
}
