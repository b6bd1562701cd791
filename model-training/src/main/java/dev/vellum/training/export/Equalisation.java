package dev.vellum.training.export;

import dev.vellum.training.export.DecoderWalk.Importance;
import dev.vellum.training.export.DecoderWalk.Value;
import dev.vellum.training.export.DecoderWalk.Visitor;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scales the channels inside the decoder's networks so that each fills the bytes that it will be
 * rounded to. A ReLU passes a positive factor on, so what one layer gains the next can lose: in
 * floating point nothing changes (Nagel et al. 2019, arXiv 1906.04721).
 */
final class Equalisation {

    /** The 8-bit step that every channel is scaled to; any power of two would do. */
    static final double STEP = 1.0 / 32;

    /** Layers whose channels have to be scaled alike. */
    private static final class Tie {
        private final List<String> activations = new ArrayList<>();
        private final List<Convolution> producers = new ArrayList<>();
        private final List<Convolution> consumers = new ArrayList<>();

        /** Channels that one has behind a shuffle, of those before. */
        private final Map<String, Integer> shuffled = new HashMap<>();

        private Tie(Convolution first) {
            produced(first, first.name());
        }

        private void produced(Convolution convolution, String... names) {
            producers.add(convolution);
            activations.addAll(List.of(names));
        }

        private void shuffle(int factor) {
            activations.forEach(name -> shuffled.put(name, factor * factor));
        }

        private int each(String name) {
            return shuffled.getOrDefault(name, 1);
        }
    }

    private final ParameterLayout layout;
    private final List<Tie> ties = new ArrayList<>();

    private Equalisation(Architecture architecture) {
        this.layout = new ParameterLayout(architecture);
        List<Layer> hyper = new ArrayList<>(List.of(architecture.hyperFirst()));
        hyper.addAll(architecture.hyperRest());
        Tie features = layers(hyper);
        for (ContextPass pass : architecture.passes()) {
            features.consumers.add(pass.features());
            Tie branches = tie(pass.features());
            if (pass.context().isPresent()) {
                Convolution context = pass.context().get();
                branches.produced(context, context.name(), pass.sum());
            }
            for (Convolution hidden : pass.hidden()) {
                branches.consumers.add(hidden);
                branches = tie(hidden);
            }
            branches.consumers.addAll(List.of(pass.mean(), pass.scale()));
        }
        Tie last = layers(architecture.synthesis());
        ties.remove(last); // the format fixes its step
    }

    private Tie tie(Convolution first) {
        Tie tie = new Tie(first);
        ties.add(tie);
        return tie;
    }

    private Tie layers(List<Layer> layers) {
        Tie open = tie((Convolution) layers.getFirst());
        for (Layer layer : layers.subList(1, layers.size())) {
            switch (layer) {
                case Convolution convolution -> {
                    open.consumers.add(convolution);
                    open = tie(convolution);
                }
                case Residual residual -> {
                    open.consumers.add(residual.first());
                    tie(residual.first()).consumers.add(residual.second());
                    open.produced(residual.second(), residual.second().name(), residual.sum());
                }
                case Shuffle shuffle -> open.shuffle(shuffle.factor());
                case Unshuffle _ -> throw new IllegalArgumentException("unshuffle in a decoder");
            }
        }
        return open;
    }

    /**
     * Scales {@code parameters} in place.
     *
     * @param steps the best 8-bit step of each channel, by name of the activation
     */
    static void apply(Architecture architecture, float[] parameters, Map<String, double[]> steps) {
        Equalisation equalisation = new Equalisation(architecture);
        for (Tie tie : equalisation.ties) {
            equalisation.scale(parameters, tie, factors(tie, steps));
        }
    }

    private static double[] factors(Tie tie, Map<String, double[]> steps) {
        double[] logs = new double[0];
        for (String name : tie.activations) {
            double[] own = steps.getOrDefault(name, new double[0]);
            int each = tie.each(name);
            logs = logs.length == 0 ? new double[own.length / each] : logs;
            for (int c = 0; c < own.length; c++) {
                logs[c / each] += Math.log(own[c]) / each / tie.activations.size();
            }
        }
        return Arrays.stream(logs).map(log -> STEP / Math.exp(log)).toArray();
    }

    private void scale(float[] parameters, Tie tie, double[] factors) {
        for (Convolution convolution : tie.producers) {
            int each = convolution.outputs() / factors.length;
            Parameter weight = layout.parameter(convolution.name() + ".weight");
            Parameter bias = layout.parameter(convolution.name() + ".bias");
            int row = weight.length() / convolution.outputs();
            for (int i = 0; i < weight.length(); i++) {
                parameters[weight.offset() + i] *= (float) factors[i / row / each];
            }
            for (int i = 0; i < bias.length(); i++) {
                int output = i % convolution.outputs();
                parameters[bias.offset() + i] *= (float) factors[output / each];
            }
        }
        for (Convolution convolution : tie.consumers) {
            Parameter weight = layout.parameter(convolution.name() + ".weight");
            int taps = convolution.kernel() * convolution.kernel();
            for (int i = 0; i < weight.length(); i++) {
                parameters[weight.offset() + i] /= (float) factors[i / taps % convolution.inputs()];
            }
        }
    }

    /** Notes the best step of every channel, in floating point. */
    static final class Survey implements Visitor {

        private final ConvolutionSums sums;
        private final Map<String, double[]> steps = new HashMap<>();

        Survey(ConvolutionSums sums) {
            this.sums = sums;
        }

        /** By name of the activation. */
        Map<String, double[]> steps() {
            return steps;
        }

        @Override
        public Value convolution(Convolution convolution, Value x, Importance cells) {
            FeatureMaps y = sums.of(convolution, x.real());
            return new Value(y, y, 0);
        }

        @Override
        public Value activation(String name, Value sums, boolean signed, Importance cells) {
            FeatureMaps real = sums.real();
            double[] best = new double[real.channels()];
            for (int c = 0; c < best.length; c++) {
                best[c] = ByteStep.of(real, c, signed, cells);
            }
            steps.put(name, best);
            return new Value(real, real, 0);
        }
    }
}
