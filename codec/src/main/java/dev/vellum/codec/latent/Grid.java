package dev.vellum.codec.latent;

/**
 * The grids over a picture: one cell of the latent grid for each 16 x 16 pixels, one of the hyper
 * grid for each 4 x 4 of those. Cells at the right and lower edge may reach beyond the picture.
 *
 * @param width of the picture in pixels, from 1
 * @param height of the picture in pixels, from 1
 */
public record Grid(int width, int height) {

    /** Pixels along one side of a cell of the latent grid. */
    public static final int CELL = 16;

    /** Cells of the latent grid along one side of a cell of the hyper grid. */
    public static final int HYPER_CELL = 4;

    /** Columns of the latent grid. */
    public int columns() {
        return ceilDiv(width, CELL);
    }

    /** Rows of the latent grid. */
    public int rows() {
        return ceilDiv(height, CELL);
    }

    /** Cells of the latent grid. */
    public int cells() {
        return columns() * rows();
    }

    /** Columns of the hyper grid. */
    public int hyperColumns() {
        return ceilDiv(columns(), HYPER_CELL);
    }

    /** Rows of the hyper grid. */
    public int hyperRows() {
        return ceilDiv(rows(), HYPER_CELL);
    }

    /** Cells of the hyper grid. */
    public int hyperCells() {
        return hyperColumns() * hyperRows();
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}
