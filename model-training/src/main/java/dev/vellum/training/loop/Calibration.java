package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Batch;
import dev.vellum.training.data.BatchSource;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.CodecScript;
import java.util.List;

/** Chooses the 8-bit step of every activation: the power of two with the least rounding error. */
final class Calibration {

    /** The activation whose step the stream format fixes. */
    static final String PINNED = "synthesis.residual";

    /** Step of {@link #PINNED}, 8-bit levels. */
    static final double PINNED_STEP = 0.5;

    private static final int BATCHES = 4;

    private final CodecModule module;
    private final NDManager manager;
    private final Architecture architecture;

    Calibration(CodecModule module, NDManager manager, Architecture architecture) {
        this.module = module;
        this.manager = manager;
        this.architecture = architecture;
    }

    /** The steps for {@code parameters}, from a few batches that training does not draw. */
    double[] steps(NDArray parameters, double[] scales, BatchSource source) {
        List<String> activations = architecture.activations();
        int candidates = CodecScript.CANDIDATE_STEPS.size();
        double[][] errors = new double[activations.size()][candidates];
        for (int i = 1; i <= BATCHES; i++) {
            try (NDManager scope = manager.newSubManager()) {
                Batch batch = source.batch(-i);
                Feed feed = Feed.of(scope, batch);
                NDList rows =
                        module.call(
                                scope,
                                "rows",
                                module.parameters(parameters),
                                Argument.of(feed.quality()));
                NDList result =
                        module.call(
                                scope,
                                "codec_calibration",
                                module.parameters(parameters),
                                Argument.of(scales),
                                Argument.of(feed.pixels()),
                                Argument.of(rows),
                                Argument.of(feed.noise()),
                                Argument.of(feed.keep()),
                                Argument.of(new double[] {0, 1, 1, 0, 0}));
                // bits, picture and penalty come first
                for (int a = 0; a < activations.size(); a++) {
                    float[] measured = result.get(3 + a).toFloatArray();
                    for (int c = 0; c < candidates; c++) {
                        errors[a][c] += measured[c];
                    }
                }
            }
        }
        double[] steps = new double[activations.size()];
        for (int a = 0; a < steps.length; a++) {
            int best = 0;
            for (int c = 1; c < candidates; c++) {
                best = errors[a][c] < errors[a][best] ? c : best;
            }
            steps[a] =
                    activations.get(a).equals(PINNED)
                            ? PINNED_STEP
                            : Math.scalb(1.0, CodecScript.CANDIDATE_STEPS.get(best));
        }
        return steps;
    }
}
