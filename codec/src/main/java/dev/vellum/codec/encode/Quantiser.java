package dev.vellum.codec.encode;

import dev.vellum.codec.latent.LatentTables;

/** Chooses the symbol of one latent, any class but the skip class. */
sealed interface Quantiser permits Quantiser.Rounding, RateDistortion {

    /**
     * Chooses a symbol.
     *
     * @param residual latent less mean, in the encoder's quantisation steps
     * @param step that the decoder takes for each symbol, in the same unit
     * @param scaleClass as in {@link LatentTables}
     * @param importance how much more an error costs than its own share, because other predictions
     *     build on the latent; 1 or more
     */
    int symbol(float residual, float step, byte scaleClass, float importance);

    /** The nearest one. */
    record Rounding() implements Quantiser {

        @Override
        public int symbol(float residual, float step, byte scaleClass, float importance) {
            return Math.round(residual);
        }
    }
}
