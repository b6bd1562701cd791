package dev.vellum.training.export;

import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import dev.vellum.training.model.Scaling;
import java.util.Arrays;
import java.util.List;

/**
 * The synthesis run backwards: from the slopes of a loss by samples to those by latents, at the
 * activations of the integer graph, which it goes on from and whose weights it uses (see {@code
 * EncoderFile.SYNTHESIS_GRADIENT}). Rounding and saturation count as if they were not there; a ReLU
 * passes on what its output is above 0.
 */
final class SynthesisGradientGraph {

    /** By which the synthesis shuffles. */
    private static final int FACTOR = 2;

    private final Architecture architecture;
    private final Integers integers;
    private final BackwardLayers backward;
    private final OnnxGraph graph;

    /** A graph whose layers {@code backward} turns around, in {@code graph}. */
    SynthesisGradientGraph(
            Architecture architecture,
            Integers integers,
            BackwardLayers backward,
            OnnxGraph graph) {
        this.architecture = architecture;
        this.integers = integers;
        this.backward = backward;
        this.graph = graph;
    }

    /** What goes behind the integer graph. */
    byte[] continuation() {
        String squares =
                graph.input(
                        "residual-slope",
                        ElementType.F32,
                        "1",
                        "" + Architecture.RESIDUAL_CHANNELS,
                        "hh",
                        "ww");
        String cells =
                graph.input(
                        "linear-slope",
                        ElementType.F32,
                        "1",
                        "h",
                        "w",
                        "" + Architecture.LINEAR_CHANNELS);
        List<Layer> layers = architecture.synthesis();
        String slope = squares;
        boolean shuffled = false;
        for (int i = layers.size() - 1; i >= 0; i--) {
            switch (layers.get(i)) {
                case Convolution convolution -> {
                    slope =
                            shuffled
                                    ? turnedShuffled(convolution, slope)
                                    : backward.turned(convolution, active(convolution, slope));
                    shuffled = false;
                }
                case Residual residual -> {
                    String outer = backward.active(residual.sum(), slope);
                    String inner =
                            active(residual.first(), backward.turned(residual.second(), outer));
                    slope =
                            graph.node(
                                    "Add",
                                    List.of(outer, backward.turned(residual.first(), inner)));
                }
                case Shuffle shuffle -> {
                    if (shuffle.factor() != FACTOR) {
                        throw new IllegalArgumentException("shuffle by " + shuffle.factor());
                    }
                    Convolution before = (Convolution) layers.get(i - 1);
                    String mask =
                            backward.value(backward.value(before.name()) + IntegerGraphs.SHUFFLED);
                    slope =
                            graph.node(
                                    "SpaceToDepth",
                                    List.of(backward.masked(mask, slope)),
                                    OnnxGraph.number("blocksize", FACTOR));
                    shuffled = true;
                }
                case Unshuffle _ -> throw new IllegalArgumentException("unshuffle in a decoder");
            }
        }
        int latents = architecture.latents();
        float[] units = new float[2 * latents];
        Arrays.fill(units, 0, latents, 1f / 16);
        Arrays.fill(units, latents, 2 * latents, 1);
        String planes = graph.node("Mul", List.of(slope, graph.floats(units, 2L * latents, 1, 1)));
        graph.output("plane-change", planes, ElementType.F32, "1", "" + 2 * latents, "h", "w");
        graph.output("linear-change", linear(cells), ElementType.F32, "1", "h", "w", "" + latents);
        return graph.continuation();
    }

    /** What a convolution's output passes on: where a ReLU ends it, only what is above 0. */
    private String active(Convolution convolution, String slope) {
        return convolution.output() == Output.RELU
                ? backward.active(convolution.name(), slope)
                : slope;
    }

    /**
     * The same for a 1x1 convolution in front of a shuffle. SpaceToDepth orders channels (dy, dx,
     * c), the shuffle (c, dy, dx).
     */
    private String turnedShuffled(Convolution convolution, String slope) {
        Integers.Layer layer = integers.of(convolution);
        int positions = FACTOR * FACTOR;
        int channels = convolution.outputs() / positions;
        int inputs = convolution.inputs();
        byte[] bytes = layer.bytes();
        byte[] ordered = new byte[bytes.length];
        float[] scales = new float[convolution.outputs()];
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < positions; p++) {
                int from = c * positions + p;
                int to = p * channels + c;
                System.arraycopy(bytes, from * inputs, ordered, to * inputs, inputs);
                scales[to] = layer.scales()[from];
            }
        }
        String constant = graph.bytes(ElementType.S8, ordered, convolution.outputs(), inputs, 1, 1);
        return backward.turned(convolution, scales, constant, slope);
    }

    /** The linear path: a product of matrices, channels last. */
    private String linear(String cells) {
        Convolution linear = architecture.synthesisLinear();
        Integers.Layer layer = integers.of(linear);
        float[] matrix = new float[linear.weights()];
        for (int i = 0; i < matrix.length; i++) {
            // [768, M] as it stands
            matrix[i] = Scaling.LINEAR * layer.weights()[i] * layer.scales()[i / linear.inputs()];
        }
        return graph.node(
                "MatMul", List.of(cells, graph.halves(matrix, linear.outputs(), linear.inputs())));
    }
}
