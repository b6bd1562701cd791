package dev.vellum.training.export;

import dev.vellum.codec.model.EncoderFile;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.model.Scaling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The encoder's networks as ONNX graphs in floating point, weights stored in half precision. */
final class FloatGraphs {

    /** Output of {@link #transparentHyperAnalysis}: latents times gain. */
    static final String GAINED = "gained";

    private final Architecture architecture;
    private final Weights weights;
    private final ParameterLayout layout;

    FloatGraphs(Weights weights) {
        this.architecture = weights.architecture();
        this.weights = weights;
        this.layout = new ParameterLayout(architecture);
    }

    /** All graphs by name. */
    Map<String, byte[]> graphs() {
        return Map.of(
                EncoderFile.ANALYSIS, analysis(), EncoderFile.HYPER_ANALYSIS, hyperAnalysis());
    }

    private byte[] analysis() {
        OnnxGraph graph = new OnnxGraph();
        output(graph, analysis(graph, (_, _) -> {}));
        return graph.model();
    }

    private void output(OnnxGraph graph, String y) {
        graph.output("y", y, ElementType.F32, "1", "" + architecture.latents(), "h", "w");
    }

    /** The analysis with all that its layers hand on as outputs, under the names of activations. */
    byte[] transparentAnalysis() {
        OnnxGraph graph = new OnnxGraph();
        output(graph, analysis(graph, (name, value) -> shown(graph, name, value)));
        return graph.model();
    }

    /**
     * Pixels to hyper-latents, with all that the layers of the hyper-analysis hand on as outputs.
     *
     * @param gains of the latents
     */
    byte[] transparentHyperAnalysis(float[] gains) {
        OnnxGraph graph = new OnnxGraph();
        String y = analysis(graph, (_, _) -> {});
        String factors = graph.floats(gains, 1, gains.length, 1, 1);
        String gained = graph.node("Mul", List.of(y, factors));
        shown(graph, GAINED, gained);
        String _ = hyperAnalysis(graph, gained, (name, value) -> shown(graph, name, value));
        return graph.model();
    }

    private static void shown(OnnxGraph graph, String name, String value) {
        graph.output(name, value, ElementType.F32, "1", "channels", "rows", "columns");
    }

    private String analysis(OnnxGraph graph, BiConsumer<String, String> seen) {
        String pixels = graph.input("pixels", ElementType.U8, "1", "3", "H", "W");
        String levels = graph.node("Cast", List.of(pixels), OnnxGraph.number("to", 1));
        String x =
                graph.node(
                        "Sub",
                        List.of(
                                graph.node("Mul", List.of(levels, scalar(graph, 1.0f / 128))),
                                scalar(graph, 1)));
        // a 1x1 convolution behind an unshuffle is one convolution with that kernel and stride
        Convolution linear = architecture.analysisLinear();
        int cell = Architecture.CELL;
        String flat =
                graph.node(
                        "Conv",
                        List.of(
                                x,
                                graph.halves(
                                        values(linear, "weight"), linear.outputs(), 3, cell, cell),
                                graph.floats(values(linear, "bias"), linear.outputs())),
                        OnnxGraph.numbers("kernel_shape", cell, cell),
                        OnnxGraph.numbers("strides", cell, cell));
        String deep = layers(graph, architecture.analysis(), x, seen);
        String scaled = graph.node("Mul", List.of(deep, scalar(graph, Scaling.ANALYSIS)));
        return graph.node("Add", List.of(flat, scaled));
    }

    private byte[] hyperAnalysis() {
        OnnxGraph graph = new OnnxGraph();
        String y = graph.input("y", ElementType.F32, "1", "" + architecture.latents(), "h", "w");
        String z = hyperAnalysis(graph, y, (_, _) -> {});
        graph.output("z", z, ElementType.F32, "1", "" + architecture.hyperLatents(), "zh", "zw");
        return graph.model();
    }

    private String hyperAnalysis(OnnxGraph graph, String y, BiConsumer<String, String> seen) {
        String size =
                graph.node("Mul", List.of(graph.node("Abs", List.of(y)), scalar(graph, 1.0f / 32)));
        String compressed =
                graph.node("Div", List.of(y, graph.node("Add", List.of(size, scalar(graph, 1)))));
        String x = graph.node("Mul", List.of(compressed, scalar(graph, 0.25f)));
        return layers(graph, architecture.hyperAnalysis(), x, seen);
    }

    private static String scalar(OnnxGraph graph, float value) {
        return graph.floats(new float[] {value});
    }

    private String layers(
            OnnxGraph graph, List<Layer> layers, String input, BiConsumer<String, String> seen) {
        String x = input;
        int unshuffled = 1;
        for (Layer layer : layers) {
            switch (layer) {
                case Convolution convolution -> {
                    x = convolution(graph, convolution, x, unshuffled);
                    seen.accept(convolution.name(), x);
                    unshuffled = 1;
                }
                case Residual residual -> {
                    String inner = convolution(graph, residual.first(), x, 1);
                    String outer = convolution(graph, residual.second(), inner, 1);
                    x = graph.node("Relu", List.of(graph.node("Add", List.of(x, outer))));
                    seen.accept(residual.first().name(), inner);
                    seen.accept(residual.second().name(), outer);
                    seen.accept(residual.sum(), x);
                }
                case Unshuffle unshuffle -> {
                    x =
                            graph.node(
                                    "SpaceToDepth",
                                    List.of(x),
                                    OnnxGraph.number("blocksize", unshuffle.factor()));
                    unshuffled = unshuffle.factor();
                }
                case Shuffle _ -> throw new IllegalArgumentException("shuffle in an encoder");
            }
        }
        return x;
    }

    /**
     * A convolution of f32 and its activation; {@code unshuffled} is the factor right before it.
     */
    String convolution(OnnxGraph graph, Convolution convolution, String x, int unshuffled) {
        int outputs = convolution.outputs();
        int kernel = convolution.kernel();
        float[] weight =
                blockFirst(values(convolution, "weight"), convolution, unshuffled * unshuffled);
        String sums =
                graph.node(
                        "Conv",
                        List.of(
                                x,
                                graph.halves(weight, outputs, convolution.inputs(), kernel, kernel),
                                graph.floats(values(convolution, "bias"), outputs)),
                        OnnxGraph.convolution(kernel, convolution.stride()));
        return convolution.output() == Output.RELU ? graph.node("Relu", List.of(sums)) : sums;
    }

    /** SpaceToDepth orders channels (dy, dx, c), the training's unshuffle (c, dy, dx). */
    private static float[] blockFirst(float[] weight, Convolution convolution, int positions) {
        if (positions == 1) {
            return weight;
        }
        int inputs = convolution.inputs();
        int colours = inputs / positions;
        int taps = convolution.kernel() * convolution.kernel();
        float[] ordered = new float[weight.length];
        for (int o = 0; o < convolution.outputs(); o++) {
            for (int c = 0; c < colours; c++) {
                for (int p = 0; p < positions; p++) {
                    System.arraycopy(
                            weight,
                            (o * inputs + c * positions + p) * taps,
                            ordered,
                            (o * inputs + p * colours + c) * taps,
                            taps);
                }
            }
        }
        return ordered;
    }

    /** The parameters of a convolution: {@code weight} or {@code bias}. */
    float[] values(Convolution convolution, String part) {
        Parameter parameter = layout.parameter(convolution.name() + "." + part);
        return Arrays.copyOfRange(
                weights.parameters(), parameter.offset(), parameter.offset() + parameter.length());
    }
}
