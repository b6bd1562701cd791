package dev.vellum.training.export;

import dev.vellum.codec.model.DecoderFile;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The decoder's networks as ONNX graphs of integers.
 *
 * <p>Activations are unsigned bytes whose scales are powers of two, with zero point 0 behind a ReLU
 * and 128 otherwise; weights are signed bytes within +-63, so that no kernel on any processor
 * saturates its 16-bit intermediates. Every number that a runtime handles as a float is then either
 * exact or the result of one IEEE multiplication.
 */
final class IntegerGraphs {

    /** Behind the name of a value: that value, shuffled. */
    static final String SHUFFLED = "/shuffled";

    private static final int SIGNED_ZERO = 128;

    private final Architecture architecture;
    private final Weights weights;
    private final Integers integers;

    /** Names in the graph that was written last, by layer: of weights, and of what layers give. */
    private final Map<String, String> weightNames = new HashMap<>();

    private final Map<String, String> valueNames = new HashMap<>();

    IntegerGraphs(Weights weights, Integers integers) {
        this.architecture = weights.architecture();
        this.weights = weights;
        this.integers = integers;
    }

    /** What leads a gradient back through the synthesis, and goes on from its graph. */
    byte[] synthesisGradient() {
        byte[] _ = synthesis(); // gives the names
        OnnxGraph graph = OnnxGraph.continuing();
        return new SynthesisGradientGraph(architecture, integers, backward(graph), graph)
                .continuation();
    }

    /** What leads a gradient back through a pass, and goes on from its graph. */
    byte[] predictionGradient(ContextPass pass) {
        boolean first = pass.context().isEmpty();
        byte[] _ = first ? hyper(pass) : pass(pass); // gives the names
        OnnxGraph graph = OnnxGraph.continuing();
        PredictionGradientGraph gradient =
                new PredictionGradientGraph(architecture, backward(graph), graph);
        double scale = scale(pass.hidden().getLast().name());
        return first ? gradient.hyperContinuation(pass, scale) : gradient.continuation(pass, scale);
    }

    private BackwardLayers backward(OnnxGraph graph) {
        return new BackwardLayers(graph, integers, weightNames, valueNames);
    }

    /** A value in the graph: its name, the real value of one unit, the byte that stands for 0. */
    private record Value(String name, double scale, int zero) {}

    /** Name of the graph of a pass, from 0. */
    static String name(int pass) {
        return pass == 0 ? DecoderFile.HYPER : "pass" + (pass + 1);
    }

    /** All graphs by name. */
    Map<String, byte[]> graphs() {
        Map<String, byte[]> graphs = new LinkedHashMap<>();
        List<ContextPass> passes = architecture.passes();
        graphs.put(DecoderFile.HYPER, hyper(passes.getFirst()));
        for (int i = 1; i < passes.size(); i++) {
            graphs.put(name(i), pass(passes.get(i)));
        }
        graphs.put(DecoderFile.SYNTHESIS, synthesis());
        graphs.put(DecoderFile.LINEAR, linear());
        return graphs;
    }

    private byte[] hyper(ContextPass pass) {
        OnnxGraph graph = new OnnxGraph();
        Convolution first = architecture.hyperFirst();
        Value z =
                new Value(
                        graph.input("z", ElementType.U8, "1", "" + first.inputs(), "zh", "zw"),
                        1,
                        SIGNED_ZERO);
        String bias = graph.input("bias", ElementType.S32, "" + first.outputs());
        Value x = layers(graph, architecture.hyperRest(), convolution(graph, first, z, bias));
        graph.output(
                "features", x.name(), ElementType.U8, "1", "" + architecture.features(), "h", "w");
        raw(graph, pass, convolution(graph, pass.features(), x));
        return graph.model();
    }

    private byte[] pass(ContextPass pass) {
        OnnxGraph graph = new OnnxGraph();
        Convolution branch = pass.context().orElseThrow();
        String features =
                graph.input(
                        "features", ElementType.U8, "1", "" + architecture.features(), "h", "w");
        String context =
                graph.input("context", ElementType.U8, "1", "" + branch.inputs(), "h", "w");
        Value a = convolution(graph, branch, new Value(context, 0.25, SIGNED_ZERO));
        double scale = scale(((Convolution) architecture.hyperRest().getLast()).name());
        Value b = convolution(graph, pass.features(), new Value(features, scale, 0));
        raw(graph, pass, sum(graph, pass.sum(), a, b));
        return graph.model();
    }

    /** Hidden layers and the last one: 32-bit sums, means and then scales. */
    private void raw(OnnxGraph graph, ContextPass pass, Value branches) {
        Value x = branches;
        for (Convolution hidden : pass.hidden()) {
            x = convolution(graph, hidden, x);
        }
        Integers.Layer mean = integers.of(pass.mean());
        Integers.Layer scale = integers.of(pass.scale());
        int outputs = 2 * pass.channels();
        String matrix = matrix(graph, joined(mean.bytes(), scale.bytes()), pass.mean().inputs());
        weightNames.put(pass.mean().name(), matrix);
        String products = product(graph, x.name(), matrix, 0);
        int[] bias = Arrays.copyOf(mean.bias(), outputs);
        System.arraycopy(scale.bias(), 0, bias, pass.channels(), pass.channels());
        String raw = graph.node("Add", List.of(products, graph.integers(bias, outputs)));
        graph.output("raw", raw, ElementType.S32, "1", "h", "w", "" + outputs);
    }

    /** The weights {@code [outputs, inputs]} of a 1x1 convolution for {@link #product}. */
    private static String matrix(OnnxGraph graph, byte[] weights, int inputs) {
        int outputs = weights.length / inputs;
        byte[] transposed = new byte[weights.length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                transposed[i * outputs + o] = weights[o * inputs + i];
            }
        }
        return graph.bytes(ElementType.S8, transposed, inputs, outputs);
    }

    /**
     * A 1x1 convolution whose sums stay 32 bits wide, channels last. ONNX Runtime's ConvInteger
     * knows only slow ways for signed weights; a matrix product does not.
     */
    private static String product(OnnxGraph graph, String x, String matrix, int zero) {
        return graph.node(
                "MatMulInteger", List.of(channelsLast(graph, x), matrix, zero(graph, zero)));
    }

    /** {@link #product} with weights of two bytes: 7 bits would show as a pattern in flat areas. */
    private static String wideProduct(
            OnnxGraph graph, String x, String upper, String lower, int zero) {
        String high =
                graph.node(
                        "Mul",
                        List.of(product(graph, x, upper, zero), graph.integers(new int[] {64})));
        return graph.node("Add", List.of(high, product(graph, x, lower, zero)));
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private byte[] synthesis() {
        OnnxGraph graph = new OnnxGraph();
        String channels = "" + architecture.latents();
        String coarse = graph.input("coarse", ElementType.U8, "1", channels, "h", "w");
        String fine = graph.input("fine", ElementType.U8, "1", channels, "h", "w");
        String planes = graph.node("Concat", List.of(coarse, fine), OnnxGraph.number("axis", 1));
        Value residual =
                layers(graph, architecture.synthesis(), new Value(planes, 1.0 / 16, SIGNED_ZERO));
        graph.output(
                "residual",
                channelsLast(graph, residual.name()),
                ElementType.U8,
                "1",
                "hh",
                "ww",
                "" + Architecture.RESIDUAL_CHANNELS);
        return graph.model();
    }

    private byte[] linear() {
        OnnxGraph graph = new OnnxGraph();
        String channels = "" + architecture.latents();
        String high = graph.input("high", ElementType.U8, "1", channels, "h", "w");
        String low = graph.input("low", ElementType.U8, "1", channels, "h", "w");
        Convolution linear = architecture.synthesisLinear();
        Integers.Layer layer = integers.of(linear);
        String upper = matrix(graph, layer.upper(), linear.inputs());
        String lower = matrix(graph, layer.lower(), linear.inputs());
        String highSums = wideProduct(graph, high, upper, lower, SIGNED_ZERO);
        String lowSums = wideProduct(graph, low, upper, lower, 0);
        String outputs = "" + linear.outputs();
        graph.output("linear-high", highSums, ElementType.S32, "1", "h", "w", outputs);
        graph.output("linear-low", lowSums, ElementType.S32, "1", "h", "w", outputs);
        return graph.model();
    }

    /** The samples of one pixel block side by side, as the program reads them. */
    private static String channelsLast(OnnxGraph graph, String x) {
        return graph.node("Transpose", List.of(x), OnnxGraph.numbers("perm", 0, 2, 3, 1));
    }

    private Value layers(OnnxGraph graph, List<Layer> layers, Value input) {
        Value x = input;
        for (Layer layer : layers) {
            x =
                    switch (layer) {
                        case Convolution convolution -> convolution(graph, convolution, x);
                        case Residual residual -> {
                            Value inner = convolution(graph, residual.first(), x);
                            Value outer = convolution(graph, residual.second(), inner);
                            yield sum(graph, residual.sum(), x, outer);
                        }
                        case Shuffle shuffle -> {
                            String name =
                                    graph.node(
                                            "DepthToSpace",
                                            List.of(x.name()),
                                            OnnxGraph.number("blocksize", shuffle.factor()),
                                            OnnxGraph.text("mode", "CRD"));
                            valueNames.put(x.name() + SHUFFLED, name);
                            yield new Value(name, x.scale(), x.zero());
                        }
                        case Unshuffle _ ->
                                throw new IllegalArgumentException("unshuffle in a decoder");
                    };
        }
        return x;
    }

    private Value convolution(OnnxGraph graph, Convolution convolution, Value x) {
        int[] bias = integers.of(convolution).bias();
        return convolution(graph, convolution, x, graph.integers(bias, bias.length));
    }

    private Value convolution(OnnxGraph graph, Convolution convolution, Value x, String bias) {
        Integers.Layer layer = integers.of(convolution);
        int outputs = convolution.outputs();
        int kernel = convolution.kernel();
        double scale = scale(convolution.name());
        int zero = convolution.output() == Output.SIGNED ? SIGNED_ZERO : 0;
        String matrix =
                graph.bytes(
                        ElementType.S8,
                        layer.bytes(),
                        outputs,
                        convolution.inputs(),
                        kernel,
                        kernel);
        weightNames.put(convolution.name(), matrix);
        String name =
                graph.node(
                        "QLinearConv",
                        List.of(
                                x.name(),
                                single(graph, x.scale()),
                                zero(graph, x.zero()),
                                matrix,
                                graph.floats(layer.scales(), outputs),
                                graph.bytes(ElementType.S8, new byte[outputs], outputs),
                                single(graph, scale),
                                zero(graph, zero),
                                bias),
                        OnnxGraph.convolution(kernel, convolution.stride()));
        valueNames.put(convolution.name(), name);
        return new Value(name, scale, zero);
    }

    private Value sum(OnnxGraph graph, String activation, Value a, Value b) {
        double scale = scale(activation);
        String name =
                graph.node(
                        "QLinearAdd",
                        List.of(
                                a.name(),
                                single(graph, a.scale()),
                                zero(graph, a.zero()),
                                b.name(),
                                single(graph, b.scale()),
                                zero(graph, b.zero()),
                                single(graph, scale),
                                zero(graph, 0)));
        valueNames.put(activation, name);
        return new Value(name, scale, 0);
    }

    private double scale(String activation) {
        double scale = weights.scales()[architecture.activations().indexOf(activation)];
        int _ = Exponent.of(scale);
        return scale;
    }

    private static String single(OnnxGraph graph, double value) {
        return graph.floats(new float[] {(float) value});
    }

    private static String zero(OnnxGraph graph, int value) {
        return graph.bytes(ElementType.U8, new byte[] {(byte) value});
    }
}
