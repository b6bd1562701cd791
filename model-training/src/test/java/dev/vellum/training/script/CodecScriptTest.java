package dev.vellum.training.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.SampleWeights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.script.CodecModule.Argument;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecScriptTest {

    private static final int SIDE = 64;
    private static final int BATCH = 2;

    private final Architecture architecture = Architecture.tiny();
    private final NDManager manager = NDManager.newBaseManager();
    private final CodecModule module = new CodecModule(architecture, manager);
    private final Random random = new Random(7);
    private final double[] scales = scales();
    private final NDArray pixels = picture();
    private final NDArray quality = manager.create(new float[] {20.5f, 80});
    private final NDArray keep =
            manager.ones(
                    new Shape(BATCH, architecture.groups().size() + Architecture.HYPER_GROUPS));

    @AfterEach
    void close() {
        module.close();
        manager.close();
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        ParameterLayout layout = new ParameterLayout(architecture);
        float[] parameters = SampleWeights.of(architecture, 3);
        Parameter last = layout.parameter("synthesis.residual.weight");
        for (int i = last.offset(); i < last.offset() + last.length(); i++) {
            parameters[i] *= 40;
        }
        double[] options = {0, 0, 0, 0.35, 0.3, 0.5};
        NDArray noise = noise();
        float[] gradient = gradient("gradient_float", parameters, noise, options);
        int compared = 0;
        for (Parameter parameter : layout.parameters()) {
            // in front of a rounding the gradient is a surrogate's: differences cannot show it
            String name = parameter.name();
            if (!name.startsWith("synthesis")
                    && !name.startsWith("z.")
                    && !name.contains("scale")) {
                continue;
            }
            double norm = 0;
            for (int i = 0; i < parameter.length(); i++) {
                norm += Math.pow(gradient[parameter.offset() + i], 2);
            }
            norm = Math.sqrt(norm);
            // along the gradient itself, far enough for the difference to stand out of rounding
            double step = 5e-4 / norm;
            if (step > 0.3) {
                continue;
            }
            double high =
                    loss(shifted(parameters, gradient, parameter, step / norm), noise, options);
            double low =
                    loss(shifted(parameters, gradient, parameter, -step / norm), noise, options);
            assertThat((high - low) / (2 * step))
                    .as("slope along %s", name)
                    .isCloseTo(norm, within(0.06 * norm));
            compared++;
        }
        assertThat(compared).isGreaterThan(12);
    }

    @Test
    void everyParameterHasAGradientInBothArithmetics() {
        float[] parameters = SampleWeights.of(architecture, 3);
        // hyper-latents that are not all 0
        Parameter hyper = new ParameterLayout(architecture).parameter("hyper-analysis.out.weight");
        for (int i = hyper.offset(); i < hyper.offset() + hyper.length(); i++) {
            parameters[i] *= 20;
        }
        double[] options = {0, 1, 0, 0.35, 0.3, 0.5};
        for (String method : new String[] {"gradient_float", "gradient_integer"}) {
            float[] gradient = gradient(method, parameters, noise(), options);
            for (Parameter parameter : new ParameterLayout(architecture).parameters()) {
                float[] part =
                        Arrays.copyOfRange(
                                gradient,
                                parameter.offset(),
                                parameter.offset() + parameter.length());
                double sum = 0;
                for (float value : part) {
                    assertThat(value).as(parameter.name()).isFinite();
                    sum += Math.abs(value);
                }
                assertThat(sum).as("%s: %s", method, parameter.name()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepsLowerTheLoss(boolean orthogonal) {
        NDArray parameters = manager.create(SampleWeights.of(architecture, 3));
        NDArray first = parameters.zerosLike();
        NDArray second = parameters.zerosLike();
        NDArray average = parameters.duplicate();
        NDArray noise = noise();
        float before = 0;
        float after = 0;
        for (int step = 1; step <= 40; step++) {
            double[] rates = {
                2e-3 / (1 - Math.pow(0.9, step)),
                1 - Math.pow(0.999, step),
                0.9,
                0.999,
                1e-8,
                1,
                0.9,
                orthogonal ? 2e-3 : 0,
                step % 3
            };
            rates[1] = Math.sqrt(rates[1]);
            float[] statistics =
                    step(
                            List.of(parameters, first, second, average),
                            noise,
                            new double[] {1, 0, 0, 0, 0.3, 0},
                            rates);
            before = step == 1 ? statistics[1] : before;
            after = statistics[1];
        }
        assertThat(after).isLessThan(0.95f * before);
    }

    @Test
    void partsOfAStepAddUpToTheWhole() {
        double[] rates = {1e-3, 1, 0.9, 0.99, 1e-8, 1, 0.9, 1e-3, 0};
        double[] options = {0, 1, 0, 0.35, 0.3, 0.5};
        float[] start = SampleWeights.of(architecture, 3);
        NDArray noise = noise();
        List<NDArray> whole = state(start);
        float[] statistics = step(whole, noise, options, rates);
        NDArray gradient = manager.create(gradient("gradient_float", start, noise, options));
        List<NDArray> divided = state(start);
        for (int part = 0; part < 2; part++) {
            float[] told =
                    module.call(
                                    manager,
                                    "apply",
                                    Argument.of(divided.get(0)),
                                    Argument.of(divided.get(1)),
                                    Argument.of(divided.get(2)),
                                    Argument.of(divided.get(3)),
                                    Argument.of(new double[] {1}),
                                    Argument.of(new NDList(gradient, gradient)),
                                    Argument.of(rates),
                                    Argument.of(new double[] {part, 2}))
                            .singletonOrThrow()
                            .toFloatArray();
            assertThat(told).containsExactly(statistics, within(1e-4f));
        }
        for (int i = 0; i < whole.size(); i++) {
            assertThat(divided.get(i).toFloatArray())
                    .containsExactly(whole.get(i).toFloatArray(), within(1e-6f));
        }
        assertThat(whole.get(0).toFloatArray()).isNotEqualTo(start);
    }

    private List<NDArray> state(float[] parameters) {
        NDArray all = manager.create(parameters);
        return List.of(all, all.zerosLike(), all.zerosLike(), all.duplicate());
    }

    @Test
    void blurCostsWhereContoursCount() {
        float[] parameters = SampleWeights.of(architecture, 3);
        for (Parameter parameter : new ParameterLayout(architecture).parameters()) {
            if (parameter.name().startsWith("synthesis.")) { // decodes to a flat picture
                int end = parameter.offset() + parameter.length();
                Arrays.fill(parameters, parameter.offset(), end, 0);
            }
        }
        NDArray noise = noise();
        float without = loss(parameters, noise, new double[] {0, 0, 1, 0, 0.3, 0});
        float with = loss(parameters, noise, new double[] {0, 0, 1, 0, 0.3, 0.5});
        assertThat(with).isGreaterThan(without);
    }

    private float[] step(List<NDArray> state, NDArray noise, double[] options, double[] rates) {
        List<NDArray> arguments = new ArrayList<>(state);
        arguments.add(manager.create(new double[] {1}));
        arguments.add(manager.create(scales));
        arguments.add(pixels);
        arguments.add(quality);
        arguments.add(noise);
        arguments.add(keep);
        arguments.add(manager.create(options));
        arguments.add(manager.create(rates));
        return module.train(manager, "step_float", arguments.toArray(NDArray[]::new))
                .toFloatArray();
    }

    private float loss(float[] parameters, NDArray noise, double[] options) {
        return module.call(
                        manager,
                        "objective_float",
                        module.parameters(manager.create(parameters)),
                        Argument.of(scales),
                        Argument.of(pixels),
                        Argument.of(quality),
                        Argument.of(noise),
                        Argument.of(keep),
                        Argument.of(options))
                .get(0)
                .getFloat();
    }

    private static float[] shifted(
            float[] parameters, float[] direction, Parameter parameter, double amount) {
        float[] shifted = parameters.clone();
        for (int i = parameter.offset(); i < parameter.offset() + parameter.length(); i++) {
            shifted[i] += (float) (amount * direction[i]);
        }
        return shifted;
    }

    private float[] gradient(String method, float[] parameters, NDArray noise, double[] options) {
        return module.train(
                        manager,
                        method,
                        manager.create(parameters),
                        manager.create(scales),
                        pixels,
                        quality,
                        noise,
                        keep,
                        manager.create(options))
                .toFloatArray();
    }

    private double[] scales() {
        double[] steps = new double[architecture.activations().size()];
        Arrays.fill(steps, 1.0 / 16);
        steps[architecture.activations().indexOf("synthesis.residual")] = 0.5;
        return steps;
    }

    private NDArray noise() {
        int cells = SIDE / 16 * SIDE / 16;
        byte[] bytes =
                new byte
                        [BATCH
                                * (cells * architecture.latents()
                                        + cells / 16 * architecture.hyperLatents())];
        random.nextBytes(bytes);
        return manager.create(ByteBuffer.wrap(bytes), new Shape(bytes.length), DataType.UINT8);
    }

    /** Smooth ramps with some noise. */
    private NDArray picture() {
        byte[] bytes = new byte[BATCH * 3 * SIDE * SIDE];
        for (int i = 0; i < bytes.length; i++) {
            int x = i % SIDE;
            int y = i / SIDE % SIDE;
            int c = i / SIDE / SIDE;
            bytes[i] = (byte) (2 * x + y + 20 * c % 50 + random.nextInt(16));
        }
        return manager.create(
                ByteBuffer.wrap(bytes), new Shape(BATCH, 3, SIDE, SIDE), DataType.UINT8);
    }
}
