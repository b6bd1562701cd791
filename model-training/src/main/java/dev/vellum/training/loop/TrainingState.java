package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Initialiser;
import dev.vellum.training.model.PrincipalComponents;
import dev.vellum.training.tensors.Safetensors;
import dev.vellum.training.tensors.Safetensors.Precision;
import dev.vellum.training.tensors.Safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a training changes: parameters, both moments of the optimiser, the average, the
 * 8-bit steps, and how far it is. Saved and restored it continues bit by bit as if uninterrupted.
 */
final class TrainingState {

    /** Name of the averaged parameters in a file. */
    static final String AVERAGE = "average";

    private static final List<String> NAMES = List.of("parameters", "first", "second", AVERAGE);

    private final Architecture architecture;
    private final NDArray parameters;
    private final NDArray first;
    private final NDArray second;
    private final NDArray average;
    private double[] scales;
    private long earlier;
    private long step;
    private double seconds;

    private TrainingState(Architecture architecture, List<NDArray> arrays, double[] scales) {
        this.architecture = architecture;
        this.parameters = arrays.get(0);
        this.first = arrays.get(1);
        this.second = arrays.get(2);
        this.average = arrays.get(3);
        this.scales = scales;
    }

    /** A state before the first step. */
    static TrainingState fresh(
            NDManager manager,
            Architecture architecture,
            long seed,
            PrincipalComponents components) {
        float[] parameters = new Initialiser(architecture, components).parameters(seed);
        return started(manager, architecture, parameters, wideScales(architecture));
    }

    /** A state before the first step of a training that goes on from trained weights. */
    static TrainingState from(NDManager manager, Weights weights) {
        TrainingState state =
                started(manager, weights.architecture(), weights.parameters(), weights.scales());
        state.earlier = weights.steps();
        state.seconds = weights.seconds();
        return state;
    }

    private static TrainingState started(
            NDManager manager, Architecture architecture, float[] parameters, double[] scales) {
        NDArray array = manager.create(parameters);
        return new TrainingState(
                architecture,
                List.of(array, array.zerosLike(), array.zerosLike(), array.duplicate()),
                scales);
    }

    /** Steps wide enough not to limit anything before the first calibration. */
    private static double[] wideScales(Architecture architecture) {
        double[] scales = new double[architecture.activations().size()];
        Arrays.fill(scales, 0.25);
        scales[architecture.activations().indexOf(Calibration.PINNED)] = Calibration.PINNED_STEP;
        return scales;
    }

    /** Restores what {@link #save} wrote. */
    static TrainingState restore(NDManager manager, Path file) throws IOException {
        Safetensors saved = Safetensors.read(file);
        List<NDArray> arrays =
                NAMES.stream().map(name -> manager.create(saved.tensor(name).values())).toList();
        TrainingState state =
                new TrainingState(
                        Architecture.parse(saved.text("architecture")),
                        arrays,
                        Weights.scales(saved.text("scales")));
        state.earlier = Long.parseLong(saved.text("earlier"));
        state.step = Long.parseLong(saved.text("step"));
        state.seconds = Double.parseDouble(saved.text("seconds"));
        return state;
    }

    /** Writes the state; the file appears whole or not at all. */
    void save(Path file) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("architecture", architecture.text());
        metadata.put("scales", Weights.scales(scales));
        metadata.put("earlier", String.valueOf(earlier));
        metadata.put("step", String.valueOf(step));
        metadata.put("seconds", String.valueOf(seconds));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<NDArray> arrays = List.of(parameters, first, second, average);
        for (int i = 0; i < NAMES.size(); i++) {
            float[] values = arrays.get(i).toFloatArray();
            tensors.put(NAMES.get(i), new Tensor(List.of(values.length), values));
        }
        new Safetensors(metadata, tensors).write(file, Precision.F32);
    }

    /** The averaged parameters, to be evaluated and exported. */
    Weights weights() {
        return new Weights(
                architecture,
                average.toFloatArray(),
                scales.clone(),
                earlier + step,
                Math.round(seconds));
    }

    Architecture architecture() {
        return architecture;
    }

    /** The arrays that a step changes, in the order of the step's arguments. */
    List<NDArray> arrays() {
        return List.of(parameters, first, second, average);
    }

    NDArray average() {
        return average;
    }

    double[] scales() {
        return scales.clone();
    }

    void calibrate(double[] steps) {
        this.scales = steps.clone();
    }

    /** Number of the next step, from 0. */
    long step() {
        return step;
    }

    double seconds() {
        return seconds;
    }

    void advance(double elapsed) {
        step++;
        seconds += elapsed;
    }
}
