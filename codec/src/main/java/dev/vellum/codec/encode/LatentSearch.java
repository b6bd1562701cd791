package dev.vellum.codec.encode;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;

/**
 * Searches for latents that cost less, bits and loss together, than those that the analysis gives.
 *
 * <p>Each step codes the picture with the latents that it aims at, decodes it with the decoder's
 * integers, and asks for the gradient g of the loss there. If an error e of a latent costs {@code w
 * e^2}, the loss is least at {@code latent - g / 2w}; the aim moves a part of the way there and so
 * becomes a mean over the steps: a latent makes up for what rounding did to its neighbours. What
 * bits cost is the quantiser's business, which weighs them against the distance from the aim.
 * (Gradients through a codec at encoding time: Campos et al. 2019, arXiv 1906.01223; Yang et al.
 * 2020, arXiv 2006.04240.)
 *
 * <p>Every candidate is a whole stream, judged by its bytes and by the pixels that every decoder
 * makes of it; the best one is kept, the first included.
 */
public final class LatentSearch {

    /** How far the aim moves to where the gradient points. */
    private static final float PACE = 0.1f;

    /**
     * Latents move at the same time, so an error of all of them costs more than its parts: twice
     * the weight of one. With 1.3 times bits rose by 1 % and the sum of bits and loss fell less.
     */
    private static final float TOGETHER = 2;

    private static final float FRACTION = 64;

    private final Analysis analysis;
    private final SynthesisGradient gradient;
    private final EncoderFile file;

    /** A search with the networks of a model. */
    public LatentSearch(Analysis analysis, SynthesisGradient gradient, EncoderFile file) {
        this.analysis = analysis;
        this.gradient = gradient;
        this.file = file;
    }

    /**
     * A stream, and what it decodes to.
     *
     * @param stream all its bytes
     * @param latents that it codes
     * @param rgb samples, {@code 3 * width * height}, interleaved
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from step to step
    public record Candidate(byte[] stream, Latents latents, byte[] rgb) {}

    /** Codes a picture. */
    @FunctionalInterface
    public interface Coder {

        /**
         * The candidate that comes of aiming at {@code y}.
         *
         * @param y latents {@code [M, h, w]} in canonical units
         */
        Candidate code(float[] y) throws CodecException;
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
     * @param y its latents
     * @param quality 1 to 100
     * @param steps how many to take, unless time runs short
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    public record Task(byte[] rgb, float[] y, int quality, int steps) {}

    /** The best candidate for a task. */
    public Candidate run(
            Task task, Coder coder, Progress progress, Workspace workspace, Deadline deadline)
            throws CodecException {
        Loss loss = Loss.of(file, task.quality);
        float[] aim = task.y.clone();
        float[] slope = new float[task.rgb.length];
        Candidate current = coder.code(aim);
        Grid grid = current.latents.grid();
        Candidate best = current;
        double least = Double.POSITIVE_INFINITY;
        for (int step = 0; ; step++) {
            double distance = loss.of(grid, task.rgb, current.rgb, slope);
            double cost = Byte.SIZE * (double) current.stream.length + distance;
            if (cost < least) {
                least = cost;
                best = current;
            }
            progress.step(step, task.steps);
            if (step == task.steps || deadline.halfOver()) {
                return best;
            }
            float[] change = gradient.of(current.latents, slope, workspace, deadline);
            move(aim, current.latents, task.quality, change);
            current = coder.code(aim);
        }
    }

    private void move(float[] aim, Latents latents, int quality, float[] change) {
        int cells = latents.grid().cells();
        float weight = TOGETHER * analysis.distortionWeight();
        for (int c = 0; c < analysis.channels(); c++) {
            float gain = analysis.gain(quality, c);
            float reach = 1 / (2 * weight * gain * gain);
            for (int i = c * cells; i < (c + 1) * cells; i++) {
                float least = latents.values()[i] / FRACTION - change[i] * reach;
                aim[i] += PACE * (least - aim[i]);
            }
        }
    }
}
