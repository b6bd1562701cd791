package dev.vellum.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.SamplePictures;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.Engine;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntegerFitTest {

    private static final Architecture TINY = Architecture.tiny();

    @Test
    void fittedIntegersPredictNearerToFloatingPointOnAnotherPicture(@TempDir Path folder)
            throws Exception {
        SamplePictures.write(folder, 3);
        Weights weights = uneven();
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(TINY, manager)) {
            List<Raster> pictures = List.of(middle(folder, 0), middle(folder, 1));
            Weights fitted = IntegerFit.of(manager, module, weights, pictures);
            Raster other = middle(folder, 2);
            double[] scales = weights.scales();
            List<float[]> real = run(manager, module, "codec_float", weights, scales, other);
            List<float[]> calibrated =
                    run(manager, module, "codec_integer", weights, scales, other);
            List<float[]> whole =
                    run(manager, module, "codec_integer", fitted, fitted.scales(), other);
            // bits, picture, penalty and hyper-latents come first, then three a pass
            double before = 0;
            double after = 0;
            for (int at = 4; at < 4 + 3 * TINY.passes().size(); at += 3) {
                before += error(calibrated.get(at), real.get(at));
                after += error(whole.get(at), real.get(at));
            }
            assertThat(after).isLessThan(0.5 * before);
        }
    }

    /** Weights of channels that differ much in size, at which one step for all of them is bad. */
    private static Weights uneven() {
        Weights weights = BundleExportTest.lively(TINY);
        ParameterLayout layout = new ParameterLayout(TINY);
        Random random = new Random(7);
        for (Convolution convolution : TINY.decoderConvolutions()) {
            Parameter parameter = layout.parameter(convolution.name() + ".weight");
            int each = parameter.length() / convolution.outputs();
            for (int o = 0; o < convolution.outputs(); o++) {
                double size = Math.pow(2, -4 * random.nextDouble()) * Math.sqrt(2.0 / each);
                for (int i = o * each; i < (o + 1) * each; i++) {
                    weights.parameters()[parameter.offset() + i] =
                            (float) (size * random.nextGaussian());
                }
            }
        }
        return weights;
    }

    private static double error(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    @Test
    void trainingsArithmeticFindsTheFittedIntegersAgain(@TempDir Path folder) throws Exception {
        SamplePictures.write(folder, 1);
        Weights weights = BundleExportTest.lively(TINY);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(TINY, manager)) {
            Weights fitted = IntegerFit.of(manager, module, weights, List.of(middle(folder, 0)));
            Integers integers = Integers.of(manager, module, fitted);
            ParameterLayout layout = new ParameterLayout(TINY);
            for (Convolution convolution : TINY.decoderConvolutions()) {
                if (convolution.equals(TINY.synthesisLinear())) {
                    continue; // is not fitted
                }
                Integers.Layer layer = integers.of(convolution);
                Parameter parameter = layout.parameter(convolution.name() + ".weight");
                int each = parameter.length() / convolution.outputs();
                for (int i = 0; i < parameter.length(); i++) {
                    float scale = layer.scales()[i / each];
                    assertThat(fitted.parameters()[parameter.offset() + i] / scale)
                            .as(convolution.name())
                            .isCloseTo(layer.weights()[i], within(1e-3f));
                }
            }
        }
    }

    @Test
    void equalisedNetworksComputeTheSameInFloatingPoint(@TempDir Path folder) throws Exception {
        SamplePictures.write(folder, 1);
        Weights weights = BundleExportTest.lively(TINY);
        float[] parameters = weights.parameters().clone();
        Random random = new Random(5);
        Map<String, double[]> steps = new HashMap<>();
        double[] any =
                random.doubles(256, 0.3 * Equalisation.STEP, 3 * Equalisation.STEP).toArray();
        for (Convolution convolution : TINY.decoderConvolutions()) {
            double[] some = Arrays.copyOf(any, Math.min(any.length, convolution.outputs()));
            steps.put(convolution.name(), some);
            steps.put(convolution.name() + "/sum", some);
        }
        Equalisation.apply(TINY, parameters, steps);
        assertThat(parameters).isNotEqualTo(weights.parameters());
        Weights scaled = new Weights(TINY, parameters, weights.scales(), 0, 0);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(TINY, manager)) {
            Raster picture = middle(folder, 0);
            float[] before = decoded(manager, module, weights, picture);
            float[] after = decoded(manager, module, scaled, picture);
            for (int i = 0; i < before.length; i++) {
                assertThat(after[i]).isCloseTo(before[i], within(0.02f));
            }
        }
    }

    @Test
    void roundingWithMomentsLeavesASmallerErrorThanTheNearestNumbers() {
        Random random = new Random(6);
        int n = 40;
        double[][] inputs = new double[400][n];
        for (double[] sample : inputs) {
            double common = random.nextGaussian();
            for (int i = 0; i < n; i++) {
                sample[i] = common + 0.5 * random.nextGaussian();
            }
        }
        double[][] moments = new double[n][n];
        for (double[] sample : inputs) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    moments[i][j] += sample[i] * sample[j] / inputs.length;
                }
            }
        }
        RowRounding rounding = new RowRounding(moments, 0);
        double chosen = 0;
        double nearest = 0;
        for (int row = 0; row < 20; row++) {
            double[] weights = random.doubles(n, -20, 20).toArray();
            int[] whole = new int[n];
            double claimed = rounding.round(weights, 1, 63, whole);
            double error = error(inputs, weights, whole);
            assertThat(error).isCloseTo(claimed, within(1e-6 * claimed + 1e-6));
            chosen += error;
            int[] near = Arrays.stream(weights).mapToInt(w -> (int) Math.rint(w)).toArray();
            nearest += error(inputs, weights, near);
        }
        assertThat(chosen).isLessThan(0.5 * nearest);
    }

    private static double error(double[][] inputs, double[] weights, int[] whole) {
        double sum = 0;
        for (double[] sample : inputs) {
            double off = 0;
            for (int i = 0; i < weights.length; i++) {
                off += (whole[i] - weights[i]) * sample[i];
            }
            sum += off * off / inputs.length;
        }
        return sum;
    }

    private static float[] decoded(
            NDManager manager, CodecModule module, Weights weights, Raster picture) {
        double[] wide = weights.scales().clone();
        Arrays.fill(wide, 1e3); // no activation is limited
        return run(manager, module, "codec_float", weights, wide, picture).get(1);
    }

    private static List<float[]> run(
            NDManager manager,
            CodecModule module,
            String method,
            Weights weights,
            double[] scales,
            Raster picture) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray parameters = scope.create(weights.parameters());
            NDList rows =
                    module.call(
                            scope,
                            "rows",
                            module.parameters(parameters),
                            Argument.of(scope.create(new float[] {60})));
            Shape shape = new Shape(1, 3, picture.height(), picture.width());
            int parts = TINY.groups().size() + Architecture.HYPER_GROUPS;
            return module
                    .call(
                            scope,
                            method,
                            module.parameters(parameters),
                            Argument.of(scales),
                            Argument.of(
                                    scope.create(
                                            ByteBuffer.wrap(picture.planes()),
                                            shape,
                                            DataType.UINT8)),
                            Argument.of(rows),
                            Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                            Argument.of(scope.ones(new Shape(1, parts))),
                            Argument.of(new double[] {0, 1, 1, 0, 0, 0}))
                    .stream()
                    .map(NDArray::toFloatArray)
                    .toList();
        }
    }

    private static Raster middle(Path folder, int index) throws Exception {
        return Raster.read(folder.resolve("s" + index + ".png")).middle(64, 128);
    }
}
