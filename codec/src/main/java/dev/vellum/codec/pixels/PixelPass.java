package dev.vellum.codec.pixels;

import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.net.Tensor;

/** Puts the parts of the synthesis together: adds, shifts and clamps, block by block. */
final class PixelPass {

    private static final int COLOURS = 3;
    private static final int CELL = Grid.CELL;
    private static final int RESIDUAL_CELL = 8;
    private static final int RESIDUAL_CHANNELS = COLOURS * RESIDUAL_CELL * RESIDUAL_CELL;
    private static final int ZERO_POINT = 128;

    /** Bias, what makes shifts round, and the residual's zero point. */
    private final int[] constants = new int[DecoderFile.BLOCK];

    private final int[] shifts;
    private final int residualShift;

    PixelPass(int[] bias, int[] shifts, int residualShift) {
        this.shifts = shifts.clone();
        this.residualShift = residualShift;
        for (int i = 0; i < constants.length; i++) {
            int zero = ZERO_POINT << (shifts[i] - residualShift);
            constants[i] = bias[i] + (1 << (shifts[i] - 1)) - zero;
        }
    }

    /**
     * The linear part of some rows of the latent grid.
     *
     * @param high s32 {@code [rows, columns, 768]}
     * @param low s32 {@code [rows, columns, 768]}
     */
    record Linear(Tensor high, Tensor low) {}

    /**
     * Writes the pixels of one row of cells.
     *
     * @param linearRow its place in {@code linear}
     * @param blocks u8 {@code [2 rows, 2 columns, 192]}
     * @param blockRow its place in these
     * @param row its place in the picture
     */
    void row(
            Linear linear,
            int linearRow,
            Tensor blocks,
            int blockRow,
            int row,
            Grid grid,
            byte[] rgb) {
        int columns = grid.columns();
        int half = 2 * columns * RESIDUAL_CHANNELS;
        byte[] residual = new byte[2 * half];
        blocks.get(2L * blockRow * half, residual, 0, residual.length);
        int[] high = new int[DecoderFile.BLOCK];
        int[] low = new int[DecoderFile.BLOCK];
        for (int column = 0; column < columns; column++) {
            long at = ((long) linearRow * columns + column) * DecoderFile.BLOCK;
            linear.high.get(at, high, 0, DecoderFile.BLOCK);
            linear.low.get(at, low, 0, DecoderFile.BLOCK);
            for (int i = 0; i < high.length; i++) {
                high[i] = 64 * high[i] + low[i] + constants[i];
            }
            cell(high, residual, row, column, grid, rgb);
        }
    }

    /** Writes the pixels of one cell, as far as they lie in the picture. */
    private void cell(int[] linear, byte[] residual, int row, int column, Grid grid, byte[] rgb) {
        int height = Math.min(CELL, grid.height() - row * CELL);
        int width = Math.min(CELL, grid.width() - column * CELL);
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int dy = 0; dy < height; dy++) {
                int to = COLOURS * ((row * CELL + dy) * grid.width() + column * CELL) + colour;
                int channel = (colour * CELL + dy) * CELL;
                int blockRow = (dy / RESIDUAL_CELL) * 2 * grid.columns() + 2 * column;
                int place = (colour * RESIDUAL_CELL + dy % RESIDUAL_CELL) * RESIDUAL_CELL;
                for (int left = 0; left < width; left += RESIDUAL_CELL) {
                    int from = (blockRow + left / RESIDUAL_CELL) * RESIDUAL_CHANNELS + place;
                    int count = Math.min(RESIDUAL_CELL, width - left);
                    run(linear, channel + left, residual, from, count, rgb, to + COLOURS * left);
                }
            }
        }
    }

    /** Up to eight samples of one colour, side by side. */
    private void run(
            int[] linear, int at, byte[] residual, int from, int count, byte[] rgb, int to) {
        for (int i = 0; i < count; i++) {
            int down = shifts[at + i];
            int nonlinear = (residual[from + i] & 0xff) << (down - residualShift);
            int level = (linear[at + i] + nonlinear) >> down;
            rgb[to + COLOURS * i] = (byte) Math.clamp(level, 0, 255);
        }
    }
}
