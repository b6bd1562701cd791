package dev.vellum.codec.encode;

import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;

/**
 * Some rows of cells of a picture in the forms that analysis networks want. Beyond the picture's
 * edges the last pixels are repeated.
 */
final class PictureStrip {

    private static final int COLOURS = 3;
    private static final int CELL = Grid.CELL;
    private static final int QUARTER = 4;
    private static final int BLOCK = COLOURS * CELL * CELL;

    private final byte[] rgb;
    private final Grid grid;
    private final int top;
    private final int rows;
    private final int columns;

    /**
     * A part of a picture.
     *
     * @param rgb all its samples
     * @param from first row of the latent grid
     * @param rows of the latent grid
     */
    PictureStrip(byte[] rgb, Grid grid, int from, int rows) {
        this.rgb = rgb;
        this.grid = grid;
        this.top = from * CELL;
        this.rows = rows;
        this.columns = CELL * grid.columns();
    }

    /** Planes u8 {@code [1, 3, 16 rows, 16 columns]}. */
    Tensor planes(Workspace workspace) {
        int height = CELL * rows;
        Tensor pixels = workspace.tensor("pixels", UINT8, 1, COLOURS, height, columns);
        byte[] line = new byte[columns];
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int row = 0; row < height; row++) {
                read(row, colour, line);
                pixels.put(((long) colour * height + row) * columns, line, 0, columns);
            }
        }
        return pixels;
    }

    /** Squares of 4 x 4 pixels as channels: u8 {@code [1, 48, 4 rows, 4 columns]}. */
    Tensor quarters(Workspace workspace) {
        int height = CELL * rows / QUARTER;
        int width = columns / QUARTER;
        int channels = COLOURS * QUARTER * QUARTER;
        Tensor quarters = workspace.tensor("quarters", UINT8, 1, channels, height, width);
        byte[] line = new byte[columns];
        byte[] part = new byte[width];
        for (int row = 0; row < CELL * rows; row++) {
            for (int colour = 0; colour < COLOURS; colour++) {
                read(row, colour, line);
                for (int dx = 0; dx < QUARTER; dx++) {
                    for (int x = 0; x < width; x++) {
                        part[x] = line[QUARTER * x + dx];
                    }
                    int channel = (colour * QUARTER + row % QUARTER) * QUARTER + dx;
                    quarters.put(((long) channel * height + row / QUARTER) * width, part, 0, width);
                }
            }
        }
        return quarters;
    }

    /** The samples of each cell side by side: u8 {@code [1, rows, columns, 768]}. */
    Tensor blocks(Workspace workspace) {
        int width = grid.columns();
        Tensor blocks = workspace.tensor("blocks", UINT8, 1, rows, width, BLOCK);
        byte[] line = new byte[columns];
        byte[] cells = new byte[width * BLOCK];
        for (int row = 0; row < CELL * rows; row++) {
            int dy = row % CELL;
            for (int colour = 0; colour < COLOURS; colour++) {
                read(row, colour, line);
                int place = (colour * CELL + dy) * CELL;
                for (int cell = 0; cell < width; cell++) {
                    System.arraycopy(line, cell * CELL, cells, cell * BLOCK + place, CELL);
                }
            }
            if (dy == CELL - 1) {
                blocks.put((long) (row / CELL) * cells.length, cells, 0, cells.length);
            }
        }
        return blocks;
    }

    /** One colour of a row of pixels of this part. */
    private void read(int row, int colour, byte[] line) {
        int y = Math.min(top + row, grid.height() - 1);
        int at = COLOURS * y * grid.width() + colour;
        for (int x = 0; x < grid.width(); x++) {
            line[x] = rgb[at + COLOURS * x];
        }
        for (int x = grid.width(); x < columns; x++) {
            line[x] = line[grid.width() - 1];
        }
    }
}
