package dev.vellum.training.export;

import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.Arrays;
import java.util.List;

/**
 * Layers of an encoder's network with 8-bit activations and weights, quantised to the ranges that
 * they have on pictures. Nothing that a decoder computes depends on them, so scales are any
 * numbers.
 */
final class FastLayers {

    /** Largest weight that no kernel saturates on. */
    static final int NARROWEST = 63;

    private static final int SIGNED_ZERO = 128;

    private final FloatGraphs real;
    private final ActivationRanges ranges;

    /** Layers with the weights of {@code real}. */
    FastLayers(FloatGraphs real, ActivationRanges ranges) {
        this.real = real;
        this.ranges = ranges;
    }

    /** A value in the graph: its name, the real value of one unit, the byte that stands for 0. */
    record Value(String name, float scale, int zero) {}

    /**
     * Layers one after the other.
     *
     * @param x bytes around 128
     * @param scale real value of one unit
     */
    Value of(OnnxGraph graph, List<Layer> layers, String x, float scale) {
        Value value = new Value(x, scale, SIGNED_ZERO);
        for (Layer layer : layers) {
            value =
                    switch (layer) {
                        case Unshuffle _ -> value; // done by the program
                        case Convolution convolution -> convolution(graph, convolution, value);
                        case Residual residual -> {
                            Value inner = convolution(graph, residual.first(), value);
                            Value outer = convolution(graph, residual.second(), inner);
                            yield sum(graph, residual.sum(), value, outer);
                        }
                        case Shuffle _ -> throw new IllegalArgumentException("in an encoder");
                    };
        }
        return value;
    }

    /** The real values, f32. */
    static String real(OnnxGraph graph, Value value) {
        String scale = graph.floats(new float[] {value.scale});
        return graph.node("DequantizeLinear", List.of(value.name, scale, zero(graph, value.zero)));
    }

    private Value convolution(OnnxGraph graph, Convolution convolution, Value x) {
        boolean positive = convolution.output() == Output.RELU;
        int zero = positive ? 0 : SIGNED_ZERO;
        float scale = ranges.largest(convolution.name()) / (positive ? 255 : 127);
        float[] outputs = new float[convolution.outputs()];
        Arrays.fill(outputs, scale);
        return new Value(convolution(graph, convolution, x, outputs, zero), scale, zero);
    }

    /** The last layer, each channel in steps of its own, times {@code factor}; f32. */
    String last(OnnxGraph graph, Convolution convolution, Value x, float factor) {
        float[] steps = ranges.each(convolution.name());
        for (int c = 0; c < steps.length; c++) {
            steps[c] /= 127;
        }
        String levels = convolution(graph, convolution, x, steps, SIGNED_ZERO);
        byte[] zeros = new byte[steps.length];
        Arrays.fill(zeros, (byte) SIGNED_ZERO);
        for (int c = 0; c < steps.length; c++) {
            steps[c] *= factor;
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
    record Quantised(int[] weights, float[] scales) {}

    /** Rounds to at most {@code most} units. */
    Quantised quantise(Convolution convolution, int most) {
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

    /** A zero point. */
    static String zero(OnnxGraph graph, int value) {
        return graph.bytes(ElementType.U8, new byte[] {(byte) value});
    }
}
