package dev.vellum.training.export;

import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.List;

/** How far networks look. */
final class Halo {

    private Halo() {}

    /**
     * Rows above and below a row that {@code layers} see.
     *
     * @param input rows of the grid in which the answer counts that one row of the input spans
     * @return in rows of that grid, rounded up
     */
    static int of(List<Layer> layers, double input) {
        double reach = 0;
        double row = input;
        for (Layer layer : layers) {
            switch (layer) {
                case Convolution convolution -> {
                    reach += half(convolution) * row;
                    row *= convolution.stride();
                }
                case Residual residual ->
                        reach += (half(residual.first()) + half(residual.second())) * row;
                case Shuffle shuffle -> row /= shuffle.factor();
                case Unshuffle unshuffle -> row *= unshuffle.factor();
            }
        }
        return (int) Math.ceil(reach);
    }

    private static int half(Convolution convolution) {
        return convolution.kernel() / 2;
    }
}
