package dev.vellum.codec.encode;

import dev.vellum.codec.entropy.EntropyTable;
import dev.vellum.codec.latent.LatentTables;

/** What symbols cost, looked up instead of computed. */
final class SymbolBits {

    private final LatentTables tables;
    private final float[][] known;

    /** Those of a model with so many scale classes. */
    SymbolBits(LatentTables tables, int classes) {
        this.tables = tables;
        this.known = new float[classes][];
        for (int kind = 1; kind < classes; kind++) {
            EntropyTable table = tables.table((byte) kind);
            known[kind] = new float[table.most() - table.least() + 1];
            for (int i = 0; i < known[kind].length; i++) {
                known[kind][i] = (float) table.bits(table.least() + i);
            }
        }
    }

    /**
     * Bits of a symbol.
     *
     * @param scaleClass any but the skip class
     */
    float of(byte scaleClass, int symbol) {
        EntropyTable table = tables.table(scaleClass);
        float[] own = known[scaleClass & 0xff];
        int slot = symbol - table.least();
        return slot >= 0 && slot < own.length ? own[slot] : (float) table.bits(symbol);
    }

    /**
     * Bits that a symbol takes more in a scale class above its own: half the difference of both
     * neighbours, or that to the only one.
     *
     * @param scaleClass any but the skip class
     */
    float slope(byte scaleClass, int symbol) {
        int kind = scaleClass & 0xff;
        int above = Math.min(kind + 1, known.length - 1);
        int below = Math.max(kind - 1, 1);
        return above == below
                ? 0
                : (of((byte) above, symbol) - of((byte) below, symbol)) / (above - below);
    }
}
