package dev.vellum.training.export;

import ai.onnxruntime.OrtException;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Scaling;
import java.util.List;

/**
 * The analysis with 8-bit activations and weights, a third of the floating-point one's time. The
 * linear path has weights of two bytes and loses nothing; the rest is quantised to the ranges that
 * it has on pictures. Nothing that a decoder computes depends on it, so scales are any numbers.
 */
final class FastAnalysis {

    private static final int WIDEST = 64 * FastLayers.NARROWEST - 1;
    private static final int SIGNED_ZERO = 128;

    /** Value of one level of a pixel. */
    private static final float PIXEL = 1f / 128;

    private final Architecture architecture;
    private final FloatGraphs real;
    private final FastLayers layers;

    /** An analysis for activations as they occur in {@code pictures}, sides multiples of 16. */
    FastAnalysis(Weights weights, List<Raster> pictures) throws OrtException {
        this.architecture = weights.architecture();
        this.real = new FloatGraphs(weights);
        this.layers =
                new FastLayers(
                        real, ActivationRanges.of(List.of(real.transparentAnalysis()), pictures));
    }

    /**
     * The graph: {@code quarters} u8 {@code [1, 48, 4h, 4w]} (colour, row and column within a 4 x 4
     * square) and {@code blocks} u8 {@code [1, h, w, 768]} (the same within a cell) to {@code y}
     * f32 {@code [1, M, h, w]}.
     */
    byte[] graph() {
        OnnxGraph graph = new OnnxGraph();
        String block = "" + Architecture.LINEAR_CHANNELS;
        String quarters = graph.input("quarters", ElementType.U8, "1", "48", "hh", "ww");
        String blocks = graph.input("blocks", ElementType.U8, "1", "h", "w", block);
        String flat = linear(graph, blocks);
        List<Layer> all = architecture.analysis();
        FastLayers.Value x = layers.of(graph, all.subList(0, all.size() - 1), quarters, PIXEL);
        String deep = layers.last(graph, (Convolution) all.getLast(), x, Scaling.ANALYSIS);
        String y = graph.node("Add", List.of(flat, deep));
        graph.output("y", y, ElementType.F32, "1", "" + architecture.latents(), "h", "w");
        return graph.model();
    }

    private String linear(OnnxGraph graph, String blocks) {
        Convolution linear = architecture.analysisLinear();
        int inputs = linear.inputs();
        int outputs = linear.outputs();
        FastLayers.Quantised quantised = layers.quantise(linear, WIDEST);
        byte[] upper = new byte[inputs * outputs];
        byte[] lower = new byte[inputs * outputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int weight = quantised.weights()[o * inputs + i];
                upper[i * outputs + o] = (byte) ((weight + 32) >> 6);
                lower[i * outputs + o] = (byte) (((weight + 32) & 63) - 32);
            }
        }
        String high = product(graph, blocks, upper, inputs, outputs);
        String low = product(graph, blocks, lower, inputs, outputs);
        String sums =
                graph.node(
                        "Add",
                        List.of(
                                graph.node("Mul", List.of(high, graph.integers(new int[] {64}))),
                                low));
        float[] scales = quantised.scales().clone();
        for (int o = 0; o < outputs; o++) {
            scales[o] *= PIXEL;
        }
        String levels = graph.node("Cast", List.of(sums), OnnxGraph.number("to", 1));
        String scaled = graph.node("Mul", List.of(levels, graph.floats(scales, outputs)));
        float[] bias = real.values(linear, "bias");
        String biased = graph.node("Add", List.of(scaled, graph.floats(bias, outputs)));
        return graph.node("Transpose", List.of(biased), OnnxGraph.numbers("perm", 0, 3, 1, 2));
    }

    private static String product(
            OnnxGraph graph, String x, byte[] matrix, int inputs, int outputs) {
        String constant = graph.bytes(ElementType.S8, matrix, inputs, outputs);
        return graph.node(
                "MatMulInteger", List.of(x, constant, FastLayers.zero(graph, SIGNED_ZERO)));
    }
}
