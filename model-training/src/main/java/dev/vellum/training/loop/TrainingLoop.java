package dev.vellum.training.loop;

import ai.djl.ndarray.NDManager;
import dev.vellum.training.curve.CurvePlot;
import dev.vellum.training.curve.RdCurve;
import dev.vellum.training.data.BatchSource;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.data.Prefetch;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Plan.Phase;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.tensors.Safetensors.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Trains one model in a directory of its own.
 *
 * <p>The directory holds {@code plan.txt}, {@code state.safetensors} (to go on from), {@code
 * weights.safetensors} (the average in half precision: what travels), {@code log.csv}, and after
 * each evaluation {@code curve-STEP.json} and {@code curves.png}. Killed at any moment and started
 * again with the same plan it ends with the same weights, bit by bit.
 */
public final class TrainingLoop {

    private static final int DEVELOPMENT_PICTURES = 16;
    private static final int DEVELOPMENT_SIDE = 512;

    private final NDManager manager;
    private final Plan plan;
    private final Settings settings;
    private final PictureFolder pictures;
    private final InstantSource clock;
    private final PrintStream out;
    private final AtomicBoolean stop = new AtomicBoolean();

    /**
     * Where and how often.
     *
     * @param directory of this training
     * @param checkpoint time between two checkpoints
     * @param evaluation steps between two evaluations; 0 for none
     * @param loaders threads that make batches
     * @param threads that compute parts of a batch side by side
     */
    public record Settings(
            Path directory, Duration checkpoint, long evaluation, int loaders, int threads) {}

    /** A training of {@code plan} on {@code pictures}; arrays belong to {@code manager}. */
    public TrainingLoop(
            NDManager manager,
            Plan plan,
            Settings settings,
            PictureFolder pictures,
            InstantSource clock,
            PrintStream out) {
        this.manager = manager;
        this.plan = plan;
        this.settings = settings;
        this.pictures = pictures;
        this.clock = clock;
        this.out = out;
    }

    /** Asks the training to save itself and return after the step it is at. */
    public void stop() {
        stop.set(true);
    }

    /**
     * Trains to the end of the plan, or until stopped.
     *
     * @param architecture of a new training
     * @param from weights to start from instead of fresh ones; ignored when resuming
     * @return the weights as they are when it returns
     */
    public Weights run(Architecture architecture, Optional<Weights> from)
            throws IOException, InterruptedException {
        Files.createDirectories(settings.directory());
        Path file = settings.directory().resolve("state.safetensors");
        Optional<TrainingState> before = Optional.empty();
        if (Files.exists(file)) {
            requireSamePlan();
            before = Optional.of(TrainingState.restore(manager, file));
            out.println("resuming at step " + before.get().step());
        } else {
            Files.writeString(settings.directory().resolve("plan.txt"), plan + "\n");
            before = from.map(weights -> TrainingState.from(manager, weights));
        }
        BatchSource source =
                BatchSource.read(
                        pictures,
                        new BatchSource.Settings(plan.samples(), plan.side(), plan.seed(), false),
                        before.map(TrainingState::architecture).orElse(architecture));
        TrainingState state =
                before.isPresent()
                        ? before.get()
                        : fresh(manager, architecture, plan.seed(), source);
        try (CodecModule module = new CodecModule(state.architecture(), manager)) {
            train(module, state, source, file);
        }
        return state.weights();
    }

    private static TrainingState fresh(
            NDManager manager, Architecture architecture, long seed, BatchSource source) {
        try (CodecModule module = new CodecModule(architecture, manager)) {
            return TrainingState.fresh(
                    manager, architecture, seed, Components.of(module, manager, source));
        }
    }

    /**
     * Writes the state before the first step of a training, for a machine elsewhere.
     *
     * @param source of pictures that fresh weights are fitted to
     */
    public static void writeStart(
            NDManager manager,
            Architecture architecture,
            Optional<Weights> from,
            long seed,
            BatchSource source,
            Path file)
            throws IOException {
        TrainingState state =
                from.isPresent()
                        ? TrainingState.from(manager, from.get())
                        : fresh(manager, architecture, seed, source);
        state.save(file);
    }

    private void requireSamePlan() throws IOException {
        String before = Files.readString(settings.directory().resolve("plan.txt")).strip();
        if (!before.equals(plan.toString())) {
            throw new IllegalArgumentException(
                    "plan: "
                            + plan
                            + " (expected: as begun in this directory, "
                            + before
                            + "; to go on differently, start elsewhere from its weights)");
        }
    }

    private void train(CodecModule module, TrainingState state, BatchSource plain, Path file)
            throws IOException, InterruptedException {
        Architecture architecture = state.architecture();
        long started = state.step();
        Calibration calibration = new Calibration(module, manager, architecture);
        Progress progress = new Progress(plan, settings.directory().resolve("log.csv"), out);
        Optional<Assessment> assessment = assessment(module, architecture);
        long saved = clock.millis();
        Prefetch prefetch = null;
        try (OptimisationStep steps =
                new OptimisationStep(module, manager, plan, settings.threads())) {
            while (state.step() < plan.steps() && !stop.get()) {
                long step = state.step();
                Phase phase = plan.phase(step);
                if (plan.calibrates(step)) {
                    state.calibrate(
                            calibration.steps(state.arrays().get(0), state.scales(), plain));
                }
                if (prefetch == null || plan.phase(Math.max(0, step - 1)) != phase) {
                    if (prefetch != null) {
                        prefetch.close();
                    }
                    prefetch =
                            new Prefetch(
                                    plain.with(
                                            new BatchSource.Settings(
                                                    plan.samples(),
                                                    plan.side(),
                                                    plan.seed(),
                                                    phase.drops())),
                                    step,
                                    settings.loaders());
                }
                long begun = System.nanoTime();
                float[] statistics = steps.step(state, prefetch.next());
                double elapsed = (System.nanoTime() - begun) / 1e9;
                state.advance(elapsed);
                progress.step(step, statistics, elapsed);
                boolean due = state.step() % Math.max(1, settings.evaluation()) == 0;
                if (settings.evaluation() > 0 && (due || state.step() == plan.steps())) {
                    evaluate(assessment, state, phase);
                }
                if (clock.millis() - saved >= settings.checkpoint().toMillis()) {
                    save(state, file);
                    saved = clock.millis();
                }
            }
        } finally {
            if (prefetch != null) {
                prefetch.close();
            }
        }
        if (state.step() > started) {
            save(state, file);
        }
    }

    private Optional<Assessment> assessment(CodecModule module, Architecture architecture)
            throws IOException {
        List<Raster> rasters = new ArrayList<>();
        for (Path picture : pictures.development()) {
            if (rasters.size() < DEVELOPMENT_PICTURES) {
                Raster raster = Raster.read(picture).middle(64, DEVELOPMENT_SIDE);
                if (raster.planes().length > 0) {
                    rasters.add(raster);
                }
            }
        }
        return rasters.isEmpty()
                ? Optional.empty()
                : Optional.of(new Assessment(module, manager, architecture, rasters));
    }

    private void evaluate(Optional<Assessment> assessment, TrainingState state, Phase phase)
            throws IOException {
        if (assessment.isEmpty()) {
            return;
        }
        RdCurve curve =
                assessment
                        .get()
                        .curve("step " + state.step(), state.average(), state.scales(), phase);
        curve.write(settings.directory().resolve("curve-" + state.step() + ".json"));
        for (RdCurve.Point point : curve.points()) {
            out.printf(
                    Locale.ROOT,
                    "  held out: %.4f bpp  %.2f dB  MS-SSIM %.4f (%.2f dB)%n",
                    point.bpp(),
                    point.psnr(),
                    point.similarity(),
                    point.similarityDecibel());
        }
        CurvePlot.write(curves(curve), settings.directory().resolve("curves.png"));
    }

    /** This curve and those of earlier evaluations: the last few. */
    private List<RdCurve> curves(RdCurve newest) throws IOException {
        List<RdCurve> curves = new ArrayList<>(List.of(newest));
        for (int back = 1; back <= 4; back++) {
            long step = Long.parseLong(newest.name().substring("step ".length()));
            Path file =
                    settings.directory()
                            .resolve("curve-" + (step - back * settings.evaluation()) + ".json");
            if (Files.exists(file)) {
                curves.add(RdCurve.read(file));
            }
        }
        return curves;
    }

    private void save(TrainingState state, Path file) throws IOException {
        state.weights().write(settings.directory().resolve("weights.safetensors"), Precision.F16);
        state.save(file);
    }
}
