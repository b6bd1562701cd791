package dev.vellum.codec.encode;

import dev.vellum.codec.entropy.EntropyTable;
import dev.vellum.codec.latent.LatentTables;

/**
 * Chooses the symbol that costs least in bits plus weighted squared error, among the nearest ones
 * and zero.
 *
 * <p>One weight serves all channels: gains are trained so that a quantisation step costs the same
 * everywhere, {@code dD/dR} being equal. At high rates a step d of a latent that matters by w gives
 * {@code R = h - log2 d}, {@code D = w d^2 / 12}, so that {@code R + lambda D} is least at {@code
 * lambda w d^2 = 6 / ln 2}: 8.66 bits for the squared error of a step.
 */
final class RateDistortion implements Quantiser {

    private final LatentTables tables;
    private final float[][] costs;
    private final float weight;

    RateDistortion(LatentTables tables, int classes, float weight) {
        this.tables = tables;
        this.weight = weight;
        this.costs = new float[classes][];
        for (int kind = 1; kind < classes; kind++) {
            EntropyTable table = tables.table((byte) kind);
            costs[kind] = new float[table.most() - table.least() + 1];
            for (int i = 0; i < costs[kind].length; i++) {
                costs[kind][i] = (float) table.bits(table.least() + i);
            }
        }
    }

    @Override
    public int symbol(float residual, float step, byte scaleClass, float importance) {
        int nearest = Math.round(residual / step);
        if (nearest == 0) {
            return 0;
        }
        EntropyTable table = tables.table(scaleClass);
        float exchange = weight * importance;
        int inner = nearest - Integer.signum(nearest);
        int best = nearest;
        float least = cost(nearest, residual, step, table, scaleClass, exchange);
        float other = cost(inner, residual, step, table, scaleClass, exchange);
        if (other < least) {
            best = inner;
            least = other;
        }
        if (inner != 0 && cost(0, residual, step, table, scaleClass, exchange) < least) {
            best = 0;
        }
        return best;
    }

    private float cost(
            int symbol, float residual, float step, EntropyTable table, byte kind, float exchange) {
        float error = residual - symbol * step;
        int slot = symbol - table.least();
        float[] known = costs[kind & 0xff];
        float bits = slot >= 0 && slot < known.length ? known[slot] : (float) table.bits(symbol);
        return bits + exchange * error * error;
    }
}
