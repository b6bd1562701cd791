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

    /** Largest weight of a signed byte that no kernel saturates on. */
    private static final int NARROWEST = 63;

    /** Largest weight of two such bytes, the upper one 64-fold. */
    private static final int WIDEST = 64 * NARROWEST - 1;

    /**
     * One convolution.
     *
     * @param weights within +-63, +-4031 in the linear path, in the order [outputs, inputs, kernel,
     *     kernel]
     * @param scales of the weights, one for each output
     * @param bias added to the sums of products
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over within the export
    record Layer(int[] weights, float[] scales, int[] bias) {

        /** The weights of a layer whose weights fit one byte. */
        byte[] bytes() {
            byte[] bytes = new byte[weights.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) integer(weights[i], NARROWEST);
            }
            return bytes;
        }

        /** The rest of the weights divided by 64, from -32 to 31. */
        byte[] lower() {
            byte[] bytes = new byte[weights.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (((weights[i] + 32) & 63) - 32);
            }
            return bytes;
        }

        /** The weights divided by 64, rounded: {@code 64 upper + lower} is the weight. */
        byte[] upper() {
            byte[] bytes = new byte[weights.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) integer((weights[i] + 32) >> 6, NARROWEST);
            }
            return bytes;
        }

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
                            module.parameters(scope.create(weights.parameters())),
                            Argument.of(weights.scales()));
            for (int i = 0; i < order.size(); i++) {
                float[] values = arrays.get(3 * i).toFloatArray();
                int[] whole = new int[values.length];
                for (int j = 0; j < values.length; j++) {
                    whole[j] = integer(values[j], WIDEST);
                }
                layers.put(
                        order.get(i),
                        new Layer(
                                whole,
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
