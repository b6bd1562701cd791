package dev.vellum.training.export;

import dev.vellum.training.model.Layer.Convolution;
import java.util.List;
import java.util.Map;

/**
 * Layers of an integer graph run backwards, in a graph that goes on from it and uses its weights.
 * Rounding and saturation count as if they were not there; a ReLU passes on what its output is
 * above 0.
 */
final class BackwardLayers {

    private static final int BOOLEAN = 9;
    private static final int FLOAT = 1;

    private final OnnxGraph graph;
    private final Integers integers;
    private final Map<String, String> weightNames;
    private final Map<String, String> valueNames;
    private final String zero;

    /**
     * Layers backwards.
     *
     * @param graph in which
     * @param weightNames of the integer graph's constants, by convolution
     * @param valueNames of what its layers give, by activation
     */
    BackwardLayers(
            OnnxGraph graph,
            Integers integers,
            Map<String, String> weightNames,
            Map<String, String> valueNames) {
        this.graph = graph;
        this.integers = integers;
        this.weightNames = weightNames;
        this.valueNames = valueNames;
        this.zero = graph.floats(new float[] {0});
    }

    /** Name of what a layer gives. */
    String value(String activation) {
        return name(valueNames, activation);
    }

    private static String name(Map<String, String> names, String of) {
        String name = names.get(of);
        if (name == null) {
            throw new IllegalArgumentException("layer " + of);
        }
        return name;
    }

    /** What a ReLU passes on. */
    String active(String activation, String slope) {
        return masked(value(activation), slope);
    }

    /** Slopes where {@code bytes} are above 0. */
    String masked(String bytes, String slope) {
        String positive = graph.node("Cast", List.of(bytes), OnnxGraph.number("to", BOOLEAN));
        return graph.node("Where", List.of(positive, slope, zero));
    }

    /** The weights of a layer as the integer graph has them, in floating point. */
    String matrix(String convolution) {
        return floats(name(weightNames, convolution));
    }

    /** A constant in floating point. */
    String floats(String constant) {
        return graph.node("Cast", List.of(constant), OnnxGraph.number("to", FLOAT));
    }

    /** From the slopes by a convolution's outputs to those by its inputs. */
    String turned(Convolution convolution, String slope) {
        float[] scales = integers.of(convolution).scales();
        return turned(convolution, scales, name(weightNames, convolution.name()), slope);
    }

    /** The same with a constant of weights, and scales, in another order. */
    String turned(Convolution convolution, float[] scales, String constant, String slope) {
        String scaled =
                graph.node("Mul", List.of(slope, graph.floats(scales, scales.length, 1, 1)));
        return graph.node(
                "ConvTranspose",
                List.of(scaled, floats(constant)),
                OnnxGraph.convolution(convolution.kernel(), convolution.stride()));
    }
}
