package dev.vellum.codec.pixels;

import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.net.Tensor;

/** Puts the parts of the synthesis together: shuffles blocks into rows, adds, shifts and clamps. */
final class PixelPass {

    private static final int COLOURS = 3;
    private static final int CELL = Grid.CELL;
    private static final int RESIDUAL_CELL = 8;
    private static final int ZERO_POINT = 128;

    private final int[] bias;
    private final int[] shift;
    private final int residualShift;

    PixelPass(int[] bias, int[] shift, int residualShift) {
        this.bias = bias;
        this.shift = shift;
        this.residualShift = residualShift;
    }

    /**
     * What the synthesis graph gave for some rows of the latent grid.
     *
     * @param high s32 {@code [768, rows, columns]}
     * @param low s32 {@code [768, rows, columns]}
     * @param residual u8 {@code [192, 2 rows, 2 columns]}
     * @param rows of the strip
     */
    record Strip(Tensor high, Tensor low, Tensor residual, int rows) {}

    /**
     * Writes the pixels of one row of cells: row {@code local} of the strip, {@code row} of all.
     */
    void row(Strip strip, int local, int row, Grid grid, byte[] rgb) {
        int columns = grid.columns();
        int[] high = new int[columns];
        int[] low = new int[columns];
        byte[] residual = new byte[2 * columns];
        int height = Math.min(CELL, grid.height() - row * CELL);
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int dy = 0; dy < height; dy++) {
                int line = (row * CELL + dy) * grid.width();
                for (int dx = 0; dx < CELL; dx++) {
                    int count = (grid.width() - dx + CELL - 1) / CELL;
                    int channel = (colour * CELL + dy) * CELL + dx;
                    long at = ((long) channel * strip.rows + local) * columns;
                    strip.high.get(at, high, 0, count);
                    strip.low.get(at, low, 0, count);
                    strip.residual.get(
                            residualRow(strip, colour, dy, dx, local) * 2 * columns,
                            residual,
                            0,
                            2 * count);
                    int first = COLOURS * (line + dx) + colour;
                    combine(channel, high, low, residual, dx / RESIDUAL_CELL, rgb, first, count);
                }
            }
        }
    }

    private static long residualRow(Strip strip, int colour, int dy, int dx, int local) {
        int channel =
                (colour * RESIDUAL_CELL + dy % RESIDUAL_CELL) * RESIDUAL_CELL + dx % RESIDUAL_CELL;
        return channel * 2L * strip.rows + 2L * local + dy / RESIDUAL_CELL;
    }

    private void combine(
            int channel,
            int[] high,
            int[] low,
            byte[] residual,
            int half,
            byte[] rgb,
            int first,
            int count) {
        int down = shift[channel];
        int up = down - residualShift;
        int constant = bias[channel] + (1 << (down - 1)) - (ZERO_POINT << up);
        for (int i = 0; i < count; i++) {
            int sum = 64 * high[i] + low[i] + ((residual[2 * i + half] & 0xff) << up) + constant;
            rgb[first + COLOURS * CELL * i] = (byte) Math.clamp(sum >> down, 0, 255);
        }
    }
}
