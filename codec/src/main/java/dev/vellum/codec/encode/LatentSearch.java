package dev.vellum.codec.encode;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import java.util.List;

/**
 * Searches for latents that cost less, bits and loss together, than those that the analysis gives:
 * stochastic Gumbel annealing (Yang et al. 2020, arXiv 2006.04240). In each step every latent falls
 * at random to one side or between, the decoder's integers make a picture of that, and the slope of
 * the loss there, with what the symbol would cost more or less, moves the latent that is aimed at.
 * The temperature falls until symbols are as good as decided.
 *
 * <p>Steps along the slope at rounded latents do not work: a latent is pushed to where it rounds
 * wrongly, then back, and at any time many are on the wrong side. Here the slope is that of an
 * expectation, and rests where no change of a symbol pays.
 *
 * <p>With the graphs for it in the encoder file, a latent's slope holds what it does to the
 * predictions of later ones, too, and hyper-latents are searched for likewise.
 *
 * <p>At the end whole streams are made, decided in different ways, and judged by their bytes and by
 * the pixels that every decoder makes of them; the best one is kept, the one without a search
 * included.
 */
public final class LatentSearch {

    /** The same picture gives the same stream. */
    private static final long SEED = 1;

    /** Quantisation steps by which a latent moves at most in a step, until symbols have settled. */
    private static final float PACE = 0.01f;

    /** In a short search latents move faster, so that they get about as far. */
    private static final float REACH = 0.25f;

    private static final float HOT = 0.5f;
    private static final float COLD = 0.05f;

    /** Hyper-latents fall wholly to one side: where that is far from their aim it says little. */
    private static final float HYPER_HOT = 0.2f;

    /** Parts of the search after which it cools down, has cooled down, and slows down. */
    private static final float COOLING = 0.15f;

    private static final float COOLED = 0.9f;

    /** Part of its time up to which a search does not look at the clock. */
    private static final float PLENTY = 0.25f;

    private static final float SLOWING = 0.6f;

    /**
     * Weights of a squared step beside bits, with which the last symbols are chosen: as without a
     * search, and for those who have found their places.
     */
    private static final List<Float> DECISIONS = List.of(1f, 2f, 50f);

    private final Analysis analysis;
    private final SynthesisGradient gradient;
    private final PredictionGradient predictions;
    private final EncoderFile file;

    /** A search with the networks of a model. */
    public LatentSearch(
            Analysis analysis,
            SynthesisGradient gradient,
            PredictionGradient predictions,
            EncoderFile file) {
        this.analysis = analysis;
        this.gradient = gradient;
        this.predictions = predictions;
        this.file = file;
    }

    /** Is told how far a search is. */
    @FunctionalInterface
    public interface Progress {

        /** {@code done} of {@code steps} steps are done. */
        void step(int done, int steps);
    }

    /**
     * What is searched for.
     *
     * @param rgb samples of the original
     * @param y its latents {@code [M, h, w]} in canonical units
     * @param steps how many to take, unless time runs short
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    public record Task(byte[] rgb, float[] y, int steps) {}

    /** The best candidate for a task. */
    public Candidate run(
            Task task,
            PictureCoder coder,
            Progress progress,
            Workspace workspace,
            Deadline deadline)
            throws CodecException {
        Grid grid = coder.task().grid();
        int quality = coder.task().quality();
        Loss loss = Loss.of(file, quality);
        float[] aim = task.y.clone();
        float[] slope = new float[task.rgb.length];
        SoftSymbols symbols = new SoftSymbols(analysis, coder.bits(), aim, grid, quality, SEED);
        Descent descent = new Descent(aim.length);
        SoftHyperLatents hyper =
                new SoftHyperLatents(
                        analysis.exactHyperLatents(
                                task.y, quality, grid, false, workspace, deadline),
                        coder.hyperLatents(),
                        quality,
                        grid.hyperCells(),
                        SEED);
        boolean hyperFree = predictions.present();
        for (int step = 0; step < task.steps; step++) {
            double done = done(step, task.steps, deadline);
            if (done >= 1) {
                break;
            }
            progress.step(step, task.steps);
            float temperature = temperature(done);
            float pace = pace(done, task.steps);
            symbols.temperature(temperature);
            PictureCoder own =
                    hyperFree ? coder.with(hyper.drawn(Math.min(temperature, HYPER_HOT))) : coder;
            Latents latents = own.latents(symbols);
            double _ = loss.of(grid, task.rgb, own.pixels(latents), slope);
            float[] change = gradient.of(latents, slope, workspace, deadline);
            if (hyperFree) {
                PredictionGradient.Place place = own.place(latents);
                hyper.move(predictions.add(place, symbols, change, workspace, deadline), pace);
            }
            move(aim, symbols, change, descent, pace);
        }
        progress.step(task.steps, task.steps);
        PictureCoder last = hyperFree ? coder.with(hyper.rounded()) : coder;
        Candidate best = coder.optimised(task.y);
        double least = cost(best, loss, grid, task.rgb, slope);
        for (float weight : DECISIONS) {
            Candidate candidate =
                    last.code(
                            aim,
                            new RateDistortion(coder.bits(), weight * analysis.distortionWeight()));
            double cost = cost(candidate, loss, grid, task.rgb, slope);
            if (cost < least) {
                least = cost;
                best = candidate;
            }
        }
        return best;
    }

    /**
     * The part of the search that is done. Where time runs short it cools down earlier: half of the
     * time is for the search. Where there is plenty, streams do not depend on it.
     */
    private static double done(int step, int steps, Deadline deadline) {
        double done = (double) step / steps;
        double gone = 2 * deadline.spent();
        return gone > PLENTY ? Math.max(done, gone) : done;
    }

    private static float temperature(double done) {
        double cooled = Math.clamp((done - COOLING) / (COOLED - COOLING), 0, 1);
        return (float) (HOT * Math.pow(COLD / HOT, cooled));
    }

    private static float pace(double done, int steps) {
        float pace = Math.max(PACE, REACH / steps);
        return done < SLOWING ? pace : (float) (pace * (1 - done) / (1 - SLOWING));
    }

    private static double cost(
            Candidate candidate, Loss loss, Grid grid, byte[] rgb, float[] slope) {
        return Byte.SIZE * (double) candidate.stream().length
                + loss.of(grid, rgb, candidate.rgb(), slope);
    }

    private void move(
            float[] aim, SoftSymbols symbols, float[] change, Descent descent, float pace) {
        descent.begin();
        int cells = aim.length / analysis.channels();
        for (int c = 0; c < analysis.channels(); c++) {
            float gain = symbols.gains()[c];
            for (int i = c * cells; i < (c + 1) * cells; i++) {
                float own = symbols.slopes()[i] * (change[i] / gain + symbols.rates()[i]);
                aim[i] += descent.move(i, own, pace) / gain;
            }
        }
    }
}
