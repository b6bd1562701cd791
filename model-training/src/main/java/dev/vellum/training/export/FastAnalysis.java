package dev.vellum.training.export;

import ai.onnxruntime.OrtException;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
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
 * The analysis with 8-bit activations and weights, a third of the floating-point one's time. The
 * linear path has weights of two bytes and loses nothing; the rest is quantised to the ranges that
 * it has on pictures. Nothing that a decoder computes depends on it, so scales are any numbers.
 */
final class FastAnalysis {

    /** Largest weight that no kernel saturates on. */
    private static final int NARROWEST = 63;

    private static final int WIDEST = 64 * NARROWEST - 1;
    private static final int SIGNED_ZERO = 128;

    /** Value of one level of a pixel. */
    private static final float PIXEL = 1f / 128;

    private final Architecture architecture;
    private final FloatGraphs real;
    private final ActivationRanges ranges;

    /** An analysis for activations as they occur in {@code pictures}, sides multiples of 16. */
    FastAnalysis(Weights weights, List<Raster> pictures) throws OrtException {
        this.architecture = weights.architecture();
        this.real = new FloatGraphs(weights);
        this.ranges = ActivationRanges.of(real.transparentAnalysis(), pictures);
    }

    /** A value in the graph: its name, the real value of one unit, the byte that stands for 0. */
    private record Value(String name, float scale, int zero) {}

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
        Value x = new Value(quarters, PIXEL, SIGNED_ZERO);
        List<Layer> layers = architecture.analysis();
        for (Layer layer : layers.subList(0, layers.size() - 1)) {
            x =
                    switch (layer) {
                        case Unshuffle _ -> x; // done by the program
                        case Convolution convolution -> convolution(graph, convolution, x);
                        case Residual residual -> {
                            Value inner = convolution(graph, residual.first(), x);
                            Value outer = convolution(graph, residual.second(), inner);
                            yield sum(graph, residual.sum(), x, outer);
                        }
                        case Shuffle _ -> throw new IllegalArgumentException("in an encoder");
                    };
        }
        String deep = last(graph, (Convolution) layers.getLast(), x);
        String y = graph.node("Add", List.of(flat, deep));
        graph.output("y", y, ElementType.F32, "1", "" + architecture.latents(), "h", "w");
        return graph.model();
    }

    private String linear(OnnxGraph graph, String blocks) {
        Convolution linear = architecture.analysisLinear();
        int inputs = linear.inputs();
        int outputs = linear.outputs();
        Quantised quantised = quantise(linear, WIDEST);
        byte[] upper = new byte[inputs * outputs];
        byte[] lower = new byte[inputs * outputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int weight = quantised.weights[o * inputs + i];
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
        float[] scales = quantised.scales.clone();
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
        return graph.node("MatMulInteger", List.of(x, constant, zero(graph, SIGNED_ZERO)));
    }

    private Value convolution(OnnxGraph graph, Convolution convolution, Value x) {
        boolean positive = convolution.output() == Output.RELU;
        int zero = positive ? 0 : SIGNED_ZERO;
        float scale = ranges.largest(convolution.name()) / (positive ? 255 : 127);
        float[] outputs = new float[convolution.outputs()];
        Arrays.fill(outputs, scale);
        return new Value(convolution(graph, convolution, x, outputs, zero), scale, zero);
    }

    /** The last layer, each channel in steps of its own. */
    private String last(OnnxGraph graph, Convolution convolution, Value x) {
        float[] steps = ranges.each(convolution.name());
        for (int c = 0; c < steps.length; c++) {
            steps[c] /= 127;
        }
        String levels = convolution(graph, convolution, x, steps, SIGNED_ZERO);
        byte[] zeros = new byte[steps.length];
        Arrays.fill(zeros, (byte) SIGNED_ZERO);
        for (int c = 0; c < steps.length; c++) {
            steps[c] *= Scaling.ANALYSIS;
        }
        return graph.node(
                "DequantizeLinear",
                List.of(
                        levels,
                        graph.floats(steps, steps.length),
                        graph.bytes(ElementType.U8, zeros, zeros.length)));
    }

    /** Outputs in units of {@code steps}, one for each channel. */
    private String convolution(
            OnnxGraph graph, Convolution convolution, Value x, float[] steps, int zero) {
        int outputs = convolution.outputs();
        int kernel = convolution.kernel();
        Quantised quantised = quantise(convolution, NARROWEST);
        byte[] bytes = new byte[quantised.weights.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) quantised.weights[i];
        }
        float[] bias = real.values(convolution, "bias");
        int[] sums = new int[outputs];
        float[] scales = new float[outputs];
        for (int o = 0; o < outputs; o++) {
            sums[o] = Math.round(bias[o] / (x.scale * quantised.scales[o]));
            scales[o] = quantised.scales[o] / steps[o];
        }
        return graph.node(
                "QLinearConv",
                List.of(
                        x.name,
                        graph.floats(new float[] {x.scale}),
                        zero(graph, x.zero),
                        graph.bytes(
                                ElementType.S8,
                                bytes,
                                outputs,
                                convolution.inputs(),
                                kernel,
                                kernel),
                        graph.floats(scales, outputs),
                        graph.bytes(ElementType.S8, new byte[outputs], outputs),
                        graph.floats(new float[] {1}),
                        zero(graph, zero),
                        graph.integers(sums, outputs)),
                OnnxGraph.convolution(kernel, convolution.stride()));
    }

    private Value sum(OnnxGraph graph, String name, Value a, Value b) {
        float scale = ranges.largest(name) / 255;
        String sum =
                graph.node(
                        "QLinearAdd",
                        List.of(
                                a.name,
                                graph.floats(new float[] {a.scale}),
                                zero(graph, a.zero),
                                b.name,
                                graph.floats(new float[] {b.scale}),
                                zero(graph, b.zero),
                                graph.floats(new float[] {scale}),
                                zero(graph, 0)));
        return new Value(sum, scale, 0);
    }

    /** Whole weights and what one unit of each output's is worth. */
    @SuppressWarnings("ArrayRecordComponent") // handed over within the export
    private record Quantised(int[] weights, float[] scales) {}

    private Quantised quantise(Convolution convolution, int most) {
        float[] values = real.values(convolution, "weight");
        int each = values.length / convolution.outputs();
        int[] whole = new int[values.length];
        float[] scales = new float[convolution.outputs()];
        for (int o = 0; o < scales.length; o++) {
            float largest = Float.MIN_NORMAL;
            for (int i = o * each; i < (o + 1) * each; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            scales[o] = largest / most;
            for (int i = o * each; i < (o + 1) * each; i++) {
                whole[i] = Math.clamp(Math.round(values[i] / scales[o]), -most, most);
            }
        }
        return new Quantised(whole, scales);
    }

    private static String zero(OnnxGraph graph, int value) {
        return graph.bytes(ElementType.U8, new byte[] {(byte) value});
    }
}
