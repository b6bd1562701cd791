package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.export.DecoderWalk.Importance;
import dev.vellum.training.model.Layer.Convolution;
import java.util.ArrayList;
import java.util.List;

/**
 * Weighted second moments of what a layer reads, and of that with what it is to give, both about
 * their means.
 *
 * @param inputs {@code [n, n]}
 * @param cross {@code [outputs, n]}
 * @param means of the inputs
 * @param wanted means of what is to come out
 */
@SuppressWarnings("ArrayRecordComponent") // handed over within the export
record InputMoments(double[][] inputs, double[][] cross, double[] means, double[] wanted) {

    /** Of all outputs together. */
    static InputMoments of(
            NDManager manager,
            Convolution convolution,
            FeatureMaps x,
            FeatureMaps wanted,
            Importance importance) {
        int outputs = convolution.outputs();
        int inputs = convolution.weights() / outputs;
        try (NDManager scope = manager.newSubManager()) {
            NDArray squares = scope.zeros(new Shape(inputs, inputs));
            NDArray cross = scope.zeros(new Shape(outputs, inputs));
            NDArray sums = scope.zeros(new Shape(inputs));
            NDArray targets = scope.zeros(new Shape(outputs));
            double count = 0;
            for (int i = 0; i < x.maps().size(); i++) {
                FeatureMaps.Map map = x.maps().get(i);
                float[] weights = new float[map.cells()];
                for (int cell = 0; cell < weights.length; cell++) {
                    weights[cell] = importance.of(i, cell);
                    count += weights[cell];
                }
                try (NDManager inner = scope.newSubManager()) {
                    NDArray weight = inner.create(weights, new Shape(1, weights.length));
                    NDArray columns = ConvolutionSums.columns(inner, convolution, map);
                    NDArray turned = kept(inner, columns.transpose());
                    NDArray weighted = kept(inner, columns.mul(weight));
                    float[] values = wanted.maps().get(i).values();
                    NDArray plain = inner.create(values, new Shape(outputs, weights.length));
                    NDArray target = kept(inner, plain.mul(weight));
                    squares.addi(kept(inner, weighted.matMul(turned)));
                    cross.addi(kept(inner, target.matMul(turned)));
                    sums.addi(kept(inner, weighted.sum(new int[] {1})));
                    targets.addi(kept(inner, target.sum(new int[] {1})));
                }
            }
            return centred(squares, cross, sums, targets, count);
        }
    }

    /** Of a 1x1 convolution's outputs one by one, each with the weights of its own cells. */
    static List<InputMoments> each(
            NDManager manager,
            Convolution convolution,
            FeatureMaps x,
            FeatureMaps wanted,
            Importance importance) {
        int inputs = convolution.inputs();
        int all = x.maps().stream().mapToInt(FeatureMaps.Map::cells).sum();
        List<InputMoments> moments = new ArrayList<>();
        try (NDManager scope = manager.newSubManager()) {
            NDArray columns = scope.create(x.joined(), new Shape(inputs, all));
            NDArray turned = kept(scope, columns.transpose());
            float[] targets = wanted.joined();
            for (int o = 0; o < convolution.outputs(); o++) {
                float[] weights = weights(x, wanted, importance, o, all);
                double count = 1e-9;
                for (float weight : weights) {
                    count += weight;
                }
                try (NDManager inner = scope.newSubManager()) {
                    NDArray weight = inner.create(weights, new Shape(1, all));
                    NDArray weighted = kept(inner, columns.mul(weight));
                    float[] own = new float[all];
                    System.arraycopy(targets, o * all, own, 0, all);
                    NDArray plain = inner.create(own, new Shape(1, all));
                    NDArray target = kept(inner, plain.mul(weight));
                    moments.add(
                            centred(
                                    kept(inner, weighted.matMul(turned)),
                                    kept(inner, target.matMul(turned)),
                                    kept(inner, weighted.sum(new int[] {1})),
                                    kept(inner, target.sum(new int[] {1})),
                                    count));
                }
            }
        }
        return moments;
    }

    private static float[] weights(
            FeatureMaps x, FeatureMaps wanted, Importance importance, int output, int all) {
        float[] weights = new float[all];
        int at = 0;
        for (int m = 0; m < x.maps().size(); m++) {
            int cells = x.maps().get(m).cells();
            float[] values = wanted.maps().get(m).values();
            for (int cell = 0; cell < cells; cell++) {
                weights[at++] = importance.of(m, cell, output, values[output * cells + cell]);
            }
        }
        return weights;
    }

    private static InputMoments centred(
            NDArray squares, NDArray cross, NDArray sums, NDArray targets, double count) {
        double[] means = means(sums, count);
        double[] wanted = means(targets, count);
        return new InputMoments(
                centred(squares, count, means, means),
                centred(cross, count, wanted, means),
                means,
                wanted);
    }

    private static double[] means(NDArray sums, double count) {
        float[] values = sums.toFloatArray();
        double[] means = new double[values.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = values[i] / count;
        }
        return means;
    }

    private static double[][] centred(NDArray sums, double count, double[] left, double[] right) {
        float[] values = sums.toFloatArray();
        double[][] rows = new double[left.length][right.length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right.length; j++) {
                rows[i][j] = values[i * right.length + j] / count - left[i] * right[j];
            }
        }
        return rows;
    }

    private static NDArray kept(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }
}
