package dev.vellum.training;

import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.loop.Plan;
import dev.vellum.training.loop.TrainingLoop;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        subcommands = GpuCommand.class,
        description = {
            "Trains a model on a folder of pictures (PNG, JPEG).",
            "Stopped or killed at any moment it goes on where it was when started again with the"
                    + " same options."
        })
final class TrainCommand implements Callable<Integer> {

    @Option(names = "--data", paramLabel = "DIR", description = "Pictures.")
    private @Nullable Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "This training's own directory: state, weights, log, plots.")
    private @Nullable Path out;

    @Option(
            names = "--from",
            paramLabel = "WEIGHTS",
            description = "Start from trained weights; give a short --warm-up.")
    private @Nullable Path from;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            description = "shipped, tiny, or the twelve values of Architecture.text().")
    private String architecture = "shipped";

    @Option(names = "--steps", description = "Length of the whole training.")
    private long steps = 150_000;

    @Option(names = "--batch", description = "Crops in a step.")
    private int batch = 8;

    @Option(names = "--crop", description = "Side of a crop, a multiple of 64.")
    private int crop = 256;

    @Option(names = "--seed", description = "Of weights, crops and noise.")
    private long seed = 1;

    @Option(names = "--rate", description = "Highest learning rate.")
    private double rate = 4e-4;

    @Option(names = "--warm-up", description = "Steps to reach it.")
    private long warmUp = 500;

    @Option(names = "--mse-steps", description = "First steps without MS-SSIM.")
    private long plainSteps = 4000;

    @Option(
            names = "--ms-ssim",
            description = "Share of MS-SSIM in the distortion: 0 is MSE alone, 1 MS-SSIM alone.")
    private double similarity = 0.35;

    @Option(names = "--balance", description = "Samples weigh lambda^-BALANCE.")
    private double balance = 0.3;

    @Option(
            names = "--contours",
            description =
                    "Weight of what the amplitude of contours (the Laplacian) lacks, squared,"
                            + " beside the squared error; 0: pictures may be blurred.")
    private double contours = 0.5;

    @Option(
            names = "--phases",
            split = ",",
            description = "Shares of the steps at which drops, integers and freezing begin.")
    private List<Double> phases = List.of(0.7, 0.8, 0.95);

    @Option(
            names = "--decay",
            description = "Share of the steps, the last ones, over which the rate falls.")
    private double decay = 0.3;

    @Option(names = "--clip", description = "Largest norm of a gradient.")
    private double clip = 1;

    @Option(names = "--average", description = "Decay of the average that is exported.")
    private double average = 0.9995;

    @Option(
            names = "--linear-steps",
            description = "First steps with the linear paths of the transforms alone.")
    private long linearSteps = 0;

    @Option(
            names = "--adam",
            description = "Adam for every parameter; else matrices take orthogonal steps.")
    private boolean adam;

    @Option(
            names = "--threads",
            description = "Threads that share a step; they divide the batch among them.")
    private int threads = 1;

    @Option(names = "--loaders", description = "Threads that make batches.")
    private int loaders = 1;

    @Option(names = "--checkpoint-minutes", description = "Time between checkpoints.")
    private long checkpointMinutes = 5;

    @Option(names = "--evaluate-every", description = "Steps between evaluations; 0: none.")
    private long evaluation = 2000;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Plan plan =
                new Plan(
                        steps,
                        batch,
                        crop,
                        seed,
                        rate,
                        warmUp,
                        plainSteps,
                        similarity,
                        balance,
                        contours,
                        phases,
                        decay,
                        clip,
                        average,
                        linearSteps,
                        !adam);
        Path folder = Options.given("--data", data);
        Path directory = Options.given("--out", out);
        Optional<Weights> start = from == null ? Optional.empty() : Optional.of(Weights.read(from));
        try (NDManager manager = Engine.start(1)) {
            TrainingLoop loop =
                    new TrainingLoop(
                            manager,
                            plan,
                            new TrainingLoop.Settings(
                                    directory,
                                    Duration.ofMinutes(checkpointMinutes),
                                    evaluation,
                                    loaders,
                                    threads),
                            PictureFolder.of(folder),
                            InstantSource.system(),
                            System.out);
            CountDownLatch finished = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> save(loop, finished)));
            try {
                Weights weights = loop.run(Architecture.parse(architecture), start);
                System.out.printf(
                        "%d steps, %.1f h in all; weights in %s%n",
                        weights.steps(),
                        weights.seconds() / 3600.0,
                        directory.resolve("weights.safetensors"));
            } finally {
                finished.countDown();
            }
        }
        return 0;
    }

    /** At an interruption: a step takes a second or so, saving another. */
    private static void save(TrainingLoop loop, CountDownLatch finished) {
        loop.stop();
        try {
            if (!finished.await(60, TimeUnit.SECONDS)) {
                System.err.println("not saved: the last checkpoint stands");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
