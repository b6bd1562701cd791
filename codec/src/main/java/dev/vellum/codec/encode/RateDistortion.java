package dev.vellum.codec.encode;

/**
 * Chooses the symbol that costs least in bits plus weighted squared error, among the nearest ones
 * and zero.
 *
 * <p>One weight serves all channels: gains are trained so that a quantisation step costs the same
 * everywhere, {@code dD/dR} being equal. At high rates a step d of a latent that matters by w gives
 * {@code R = h - log2 d}, {@code D = w d^2 / 12}, so that {@code R + lambda D} is least at {@code
 * lambda w d^2 = 6 / ln 2}: 8.66 bits for the squared error of a step.
 *
 * @param bits of symbols
 * @param weight bits that the squared error of a step is worth
 */
record RateDistortion(SymbolBits bits, float weight) implements Quantiser {

    @Override
    public int symbol(float residual, float step, byte scaleClass, float importance) {
        int nearest = Math.round(residual / step);
        if (nearest == 0) {
            return 0;
        }
        float exchange = weight * importance;
        int inner = nearest - Integer.signum(nearest);
        int best = nearest;
        float least = cost(nearest, residual, step, scaleClass, exchange);
        float other = cost(inner, residual, step, scaleClass, exchange);
        if (other < least) {
            best = inner;
            least = other;
        }
        if (inner != 0 && cost(0, residual, step, scaleClass, exchange) < least) {
            best = 0;
        }
        return best;
    }

    private float cost(int symbol, float residual, float step, byte kind, float exchange) {
        float error = residual - symbol * step;
        return bits.of(kind, symbol) + exchange * error * error;
    }
}
