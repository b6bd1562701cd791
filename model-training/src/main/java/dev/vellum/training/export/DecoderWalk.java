package dev.vellum.training.export;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.List;

/** The decoder's networks layer by layer over sample pictures, for whoever looks at each layer. */
final class DecoderWalk {

    private final Architecture architecture;
    private final Visitor visitor;

    DecoderWalk(Architecture architecture, Visitor visitor) {
        this.architecture = architecture;
        this.visitor = visitor;
    }

    /**
     * What a layer gives: in floating point, and in the integers of the export. The two follow
     * networks of their own, so the second has the errors of all layers before.
     */
    record Value(FeatureMaps real, FeatureMaps whole, double step) {}

    /** What is done at each layer. */
    interface Visitor {

        /** Sums of a convolution, before its activation. */
        Value convolution(Convolution convolution, Value x, Importance cells);

        /** Rounds to bytes; {@code real} has had its ReLU already. */
        Value activation(String name, Value sums, boolean signed, Importance cells);
    }

    /** What an error counts for. */
    interface Importance {

        /** All cells alike. */
        Importance EVEN = (_, _) -> 1;

        /** Sums this far below 0 leave a ReLU at 0 whatever their error. */
        float CLIPPED = (float) (-64 * Equalisation.STEP);

        /** What they count for. */
        float HARDLY = 0.02f;

        /** Weight of a cell of one map, 0 or more. */
        float of(int map, int cell);

        /** Weight of an output that is to be {@code sum} in a cell of one map, 0 or more. */
        default float of(int map, int cell, int output, float sum) {
            return of(map, cell);
        }

        /** The same for sums that an activation follows, scaled by {@link Equalisation}. */
        default Importance behind(Convolution convolution) {
            if (convolution.output() != Output.RELU) {
                return this;
            }
            Importance all = this;
            return new Importance() {
                @Override
                public float of(int map, int cell) {
                    return all.of(map, cell);
                }

                @Override
                public float of(int map, int cell, int output, float sum) {
                    return all.of(map, cell) * (sum > CLIPPED ? 1 : HARDLY);
                }
            };
        }
    }

    /** Walks through all networks on these pictures. */
    void run(DecoderSamples samples) {
        Value x = convolution(architecture.hyperFirst(), samples.hyperLatents(), Importance.EVEN);
        Value features = layers(architecture.hyperRest(), x);
        for (ContextPass pass : architecture.passes()) {
            Importance cells = samples.importance(pass);
            Value branch = convolution(pass.features(), features, cells);
            if (pass.context().isPresent()) {
                Value context = convolution(pass.context().get(), samples.context(pass), cells);
                branch = sum(pass.sum(), context, branch, cells);
            }
            for (Convolution hidden : pass.hidden()) {
                branch = convolution(hidden, branch, cells);
            }
            convolution(pass.mean(), branch, samples.ofMeans(pass));
            convolution(pass.scale(), branch, samples.ofScales(pass));
        }
        layers(architecture.synthesis(), samples.planes());
    }

    private Value layers(List<Layer> layers, Value input) {
        Value x = input;
        for (Layer layer : layers) {
            x =
                    switch (layer) {
                        case Convolution convolution ->
                                convolution(convolution, x, Importance.EVEN);
                        case Residual residual -> {
                            Value inner = convolution(residual.first(), x, Importance.EVEN);
                            Value outer = convolution(residual.second(), inner, Importance.EVEN);
                            yield sum(residual.sum(), x, outer, Importance.EVEN);
                        }
                        case Shuffle shuffle ->
                                new Value(
                                        x.real.shuffled(shuffle.factor()),
                                        x.whole.shuffled(shuffle.factor()),
                                        x.step);
                        case Unshuffle _ ->
                                throw new IllegalArgumentException("unshuffle in a decoder");
                    };
        }
        return x;
    }

    private Value convolution(Convolution convolution, Value x, Importance cells) {
        Value sums = visitor.convolution(convolution, x, cells);
        return switch (convolution.output()) {
            case RELU ->
                    visitor.activation(
                            convolution.name(),
                            new Value(sums.real.positive(), sums.whole, sums.step),
                            false,
                            cells);
            case SIGNED -> visitor.activation(convolution.name(), sums, true, cells);
            case WIDE -> sums;
        };
    }

    private Value sum(String name, Value a, Value b, Importance cells) {
        FeatureMaps real = FeatureMaps.sum(a.real, b.real);
        FeatureMaps whole = FeatureMaps.sum(a.whole, b.whole);
        return visitor.activation(name, new Value(real, whole, 0), false, cells);
    }
}
