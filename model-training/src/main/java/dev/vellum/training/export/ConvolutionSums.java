package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sums of the decoder's convolutions over sample pictures. */
final class ConvolutionSums {

    /** Keeps an anchor where few pictures are. */
    private static final double RELUCTANCE = 0.05;

    private final NDManager manager;
    private final ParameterLayout layout;
    private final String perQuality;
    private final float[] parameters;
    private final List<Integer> qualities;

    /**
     * Convolutions with the weights that {@code parameters} hold at the time of a call.
     *
     * @param qualities of the pictures: the first layer has a bias for each
     */
    ConvolutionSums(
            NDManager manager,
            Architecture architecture,
            float[] parameters,
            List<Integer> qualities) {
        this.manager = manager;
        this.layout = new ParameterLayout(architecture);
        this.perQuality = architecture.hyperFirst().name();
        this.parameters = parameters;
        this.qualities = qualities;
    }

    /** Where the weights of a convolution lie. */
    Parameter weight(Convolution convolution) {
        return layout.parameter(convolution.name() + ".weight");
    }

    /** Where its bias lies. */
    Parameter bias(Convolution convolution) {
        return layout.parameter(convolution.name() + ".bias");
    }

    /** Whether the bias depends on the quality. */
    boolean perQuality(Convolution convolution) {
        return convolution.name().equals(perQuality);
    }

    /** The parameters. */
    float[] parameters() {
        return parameters;
    }

    /** Products and bias. */
    FeatureMaps of(Convolution convolution, FeatureMaps x) {
        Parameter weight = weight(convolution);
        Parameter bias = bias(convolution);
        int outputs = convolution.outputs();
        int inputs = weight.length() / outputs;
        List<FeatureMaps.Map> maps = new ArrayList<>();
        float[] shared = part(bias);
        try (NDManager scope = manager.newSubManager()) {
            NDArray matrix = scope.create(part(weight), new Shape(outputs, inputs));
            for (int i = 0; i < x.maps().size(); i++) {
                FeatureMaps.Map map = x.maps().get(i);
                float[] own =
                        perQuality(convolution) ? interpolated(bias, qualities.get(i)) : shared;
                try (NDManager inner = scope.newSubManager()) {
                    NDArray columns = columns(inner, convolution, map);
                    NDArray sums = matrix.matMul(columns);
                    sums.attach(inner);
                    NDArray added = inner.create(own, new Shape(outputs, 1));
                    sums.addi(added);
                    maps.add(new FeatureMaps.Map(map.height(), map.width(), sums.toFloatArray()));
                }
            }
        }
        return new FeatureMaps(outputs, maps);
    }

    /** {@code [inputs * kernel * kernel, cells]}. */
    static NDArray columns(NDManager scope, Convolution convolution, FeatureMaps.Map map) {
        float[] columns = FeatureMaps.columns(map, convolution.inputs(), convolution.kernel());
        return scope.create(columns, new Shape(columns.length / map.cells(), map.cells()));
    }

    /**
     * Moves the bias that depends on the quality, at each of its anchors, by the mean error of the
     * pictures around it.
     */
    void moveFirstBias(Convolution convolution, FeatureMaps wanted, FeatureMaps made) {
        Parameter bias = bias(convolution);
        int outputs = convolution.outputs();
        double[][] normal = new double[Architecture.ANCHORS][Architecture.ANCHORS];
        double[][] errors = new double[outputs][Architecture.ANCHORS];
        for (int m = 0; m < wanted.maps().size(); m++) {
            double[] shares = shares(qualities.get(m));
            for (int a = 0; a < shares.length; a++) {
                for (int b = 0; b < shares.length; b++) {
                    normal[a][b] += shares[a] * shares[b];
                }
            }
            float[] from = made.maps().get(m).values();
            float[] to = wanted.maps().get(m).values();
            int cells = made.maps().get(m).cells();
            for (int o = 0; o < outputs; o++) {
                double error = 0;
                for (int i = o * cells; i < (o + 1) * cells; i++) {
                    error += to[i] - from[i];
                }
                for (int a = 0; a < shares.length; a++) {
                    errors[o][a] += shares[a] * error / cells;
                }
            }
        }
        RowRounding solver = new RowRounding(normal, RELUCTANCE);
        for (int o = 0; o < outputs; o++) {
            double[] moved = solver.solved(errors[o]);
            for (int a = 0; a < moved.length; a++) {
                parameters[bias.offset() + a * outputs + o] += (float) moved[a];
            }
        }
    }

    /** As the training interpolates between its anchors. */
    private static double[] shares(int quality) {
        double place = (quality - 1) * (Architecture.ANCHORS - 1) / 99.0;
        int below = Math.min((int) place, Architecture.ANCHORS - 2);
        double[] shares = new double[Architecture.ANCHORS];
        shares[below] = 1 - (place - below);
        shares[below + 1] = place - below;
        return shares;
    }

    private float[] interpolated(Parameter bias, int quality) {
        double[] shares = shares(quality);
        float[] row = new float[bias.length() / shares.length];
        for (int i = 0; i < bias.length(); i++) {
            row[i % row.length] += (float) (shares[i / row.length] * parameters[bias.offset() + i]);
        }
        return row;
    }

    private float[] part(Parameter parameter) {
        return Arrays.copyOfRange(
                parameters, parameter.offset(), parameter.offset() + parameter.length());
    }
}
