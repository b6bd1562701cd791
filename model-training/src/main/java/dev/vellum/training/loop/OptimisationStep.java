package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Batch;
import dev.vellum.training.loop.Plan.Phase;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Steps of a training. With several threads each computes the gradient of a part of the batch, and
 * moves a part of the parameters along the mean of all: a step of a small batch is many operations
 * on little memory, which do not get faster by being divided themselves.
 */
final class OptimisationStep implements AutoCloseable {

    private static final double FIRST_DECAY = 0.9;
    private static final double SECOND_DECAY = 0.99;
    private static final double EPSILON = 1e-8;
    private static final int AVERAGING = 4; // steps: each costs a pass over all parameters

    private final CodecModule module;
    private final NDManager manager;
    private final Plan plan;
    private final int parts;
    private final ExecutorService threads;

    OptimisationStep(CodecModule module, NDManager manager, Plan plan, int parts) {
        this.module = module;
        this.manager = manager;
        this.plan = plan;
        this.parts = parts;
        this.threads = Executors.newFixedThreadPool(parts, Engine.threads());
    }

    /**
     * Takes the step that the state is at.
     *
     * @return norm of the gradient, then means of loss, bits per pixel, mean square error and
     *     MS-SSIM, then what else the script says
     */
    float[] step(TrainingState state, Batch batch) throws InterruptedException {
        Phase phase = plan.phase(state.step());
        double[] options = {
            1,
            phase.drops() ? 1 : 0,
            0,
            plan.similarity(state.step()),
            plan.balance(),
            plan.contours()
        };
        String arithmetic = phase.integer() ? "integer" : "float";
        if (plan.linear(state.step())) {
            arithmetic = "linear";
        }
        try (NDManager scope = manager.newSubManager()) {
            return parts == 1
                    ? whole(scope, state, batch, arithmetic, options)
                    : divided(scope, state, batch, arithmetic, options);
        }
    }

    private float[] whole(
            NDManager scope,
            TrainingState state,
            Batch batch,
            String arithmetic,
            double[] options) {
        Feed feed = Feed.of(scope, batch);
        List<NDArray> arguments = new ArrayList<>(state.arrays());
        arguments.add(scope.create(factors(state)));
        arguments.add(scope.create(state.scales()));
        arguments.addAll(feed.arrays());
        arguments.add(scope.create(options));
        arguments.add(scope.create(rates(state.step())));
        return module.train(scope, "step_" + arithmetic, arguments.toArray(NDArray[]::new))
                .toFloatArray();
    }

    private float[] divided(
            NDManager scope, TrainingState state, Batch batch, String arithmetic, double[] options)
            throws InterruptedException {
        List<NDArray> gradients =
                sideBySide(part -> {
                    List<NDArray> arguments = new ArrayList<>();
                    arguments.add(state.arrays().getFirst());
                    arguments.add(scope.create(state.scales()));
                    arguments.addAll(Feed.of(scope, batch.part(part, parts)).arrays());
                    arguments.add(scope.create(options));
                    return module.train(
                            scope, "gradient_" + arithmetic, arguments.toArray(NDArray[]::new));
                });
        double[] factors = factors(state);
        double[] rates = rates(state.step());
        return sideBySide(
                        part -> {
                            List<Argument> arguments = new ArrayList<>();
                            state.arrays().forEach(array -> arguments.add(Argument.of(array)));
                            arguments.add(Argument.of(factors));
                            arguments.add(Argument.of(new NDList(gradients)));
                            arguments.add(Argument.of(rates));
                            arguments.add(Argument.of(new double[] {part, parts}));
                            return module.call(scope, "apply", arguments.toArray(Argument[]::new))
                                    .singletonOrThrow();
                        })
                .getFirst()
                .toFloatArray();
    }

    private <T> List<T> sideBySide(IntFunction<T> work) throws InterruptedException {
        List<Future<T>> running = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int own = part;
            running.add(threads.submit(() -> work.apply(own)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : running) {
            try {
                results.add(one.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a part of a step failed", e.getCause());
            }
        }
        return results;
    }

    private double[] rates(long step) {
        double rate = plan.rate(step);
        double decay = Math.min(plan.average(), (1.0 + step) / (10.0 + step));
        return new double[] {
            rate / (1 - Math.pow(FIRST_DECAY, step + 1.0)),
            Math.sqrt(1 - Math.pow(SECOND_DECAY, step + 1.0)),
            FIRST_DECAY,
            SECOND_DECAY,
            EPSILON,
            plan.clip(),
            (step + 1) % AVERAGING == 0 ? Math.pow(decay, AVERAGING) : 1,
            plan.orthogonal() ? rate : 0,
            step % 2
        };
    }

    /** Factor of the learning rate of each parameter. */
    private double[] factors(TrainingState state) {
        Phase phase = plan.phase(state.step());
        return new ParameterLayout(state.architecture())
                .parameters().stream()
                        .mapToDouble(parameter -> factor(parameter.name(), phase))
                        .toArray();
    }

    private static double factor(String name, Phase phase) {
        if (phase.frozen() && !name.startsWith("analysis.") && !name.startsWith("synthesis.")) {
            return 0;
        }
        if (name.equals("gain") || name.startsWith("z.")) {
            return 8; // in octaves: what a weight moves in a step is too little for them
        }
        return name.endsWith(".linear.weight") ? 0.25 : 1; // these start well
    }

    @Override
    public void close() {
        threads.close();
    }
}
