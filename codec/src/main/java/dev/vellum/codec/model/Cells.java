package dev.vellum.codec.model;

/** The cells of the latent grid that one pass of the context model fills. */
public enum Cells {
    /** Every cell. */
    ALL,
    /** The cells whose row and column add up to an even number. */
    EVEN,
    /** The cells whose row and column add up to an odd number. */
    ODD;

    /** First column of {@code row} that belongs to the pass: 0 or 1. */
    public int firstColumn(int row) {
        return switch (this) {
            case ALL -> 0;
            case EVEN -> row & 1;
            case ODD -> (row + 1) & 1;
        };
    }

    /** Distance between two neighbouring columns of the pass: 1 or 2. */
    public int columnStep() {
        return this == ALL ? 1 : 2;
    }

    /** Columns of {@code row} that belong to the pass, on a grid of {@code width} columns. */
    public int count(int row, int width) {
        int step = columnStep();
        return (width - firstColumn(row) + step - 1) / step;
    }
}
