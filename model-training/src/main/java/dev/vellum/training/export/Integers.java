package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.CodecScript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The integers of the decoder's convolutions, as the training script computes them.
 *
 * @param layers by name
 */
record Integers(Map<String, Layer> layers) {

    /**
     * One convolution.
     *
     * @param weights within +-63, in the order [outputs, inputs, kernel, kernel]
     * @param scales of the weights, one for each output
     * @param bias added to the sums of products
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over within the export
    record Layer(byte[] weights, float[] scales, int[] bias) {

        /** Binary exponent of the scale that all outputs share. */
        int sharedExponent() {
            for (float scale : scales) {
                if (scale != scales[0]) {
                    throw new IllegalStateException(
                            "scales " + scales[0] + " and " + scale + " (expected: one)");
                }
            }
            return exponent(0);
        }

        /** Binary exponent of an output's scale. */
        int exponent(int output) {
            return Exponent.of(scales[output]);
        }
    }

    /** Asks the script for the integers of {@code weights}. */
    static Integers of(NDManager manager, CodecModule module, Weights weights) {
        List<String> order = CodecScript.integerOrder(weights.architecture());
        Map<String, Layer> layers = new HashMap<>();
        try (NDManager scope = manager.newSubManager()) {
            NDList arrays =
                    module.call(
                            scope,
                            "integers",
                            Argument.of(scope.create(weights.parameters())),
                            Argument.of(weights.scales()));
            for (int i = 0; i < order.size(); i++) {
                float[] values = arrays.get(3 * i).toFloatArray();
                byte[] bytes = new byte[values.length];
                for (int j = 0; j < values.length; j++) {
                    bytes[j] = (byte) integer(values[j], 63);
                }
                layers.put(
                        order.get(i),
                        new Layer(
                                bytes,
                                arrays.get(3 * i + 1).toFloatArray(),
                                integers(arrays.get(3 * i + 2))));
            }
        }
        return new Integers(layers);
    }

    private static int[] integers(NDArray array) {
        float[] values = array.toFloatArray();
        int[] result = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = integer(values[i], 1 << 24);
        }
        return result;
    }

    /** A whole number that arrived in single precision. */
    static int integer(double value, int limit) {
        if (value != Math.rint(value) || Math.abs(value) > limit) {
            throw new IllegalStateException(
                    "value " + value + " (expected: whole, within +-" + limit + ")");
        }
        return (int) value;
    }

    /** The integers of {@code convolution}. */
    Layer of(Convolution convolution) {
        Layer layer = layers.get(convolution.name());
        if (layer == null) {
            throw new IllegalArgumentException("layer " + convolution.name());
        }
        return layer;
    }
}
