package dev.vellum.codec;

import dev.vellum.codec.encode.Candidate;
import dev.vellum.codec.encode.LatentSearch;
import dev.vellum.codec.encode.PictureCoder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;

/**
 * Turns pictures into streams, and verifies each: from the latents that a stream holds it computes
 * the pixels that every decoder will show. Any number of threads may use an encoder at once.
 */
public final class VellumEncoder {

    /** Highest effort. */
    public static final int MAX_EFFORT = 9;

    /** From this effort on latents are computed in floating point. */
    private static final int PRECISE_EFFORT = 3;

    /** From this effort on latents are searched for, in 16 steps, and twice as many each. */
    private static final int SEARCHING_EFFORT = 6;

    private final Model model;
    private final Limits limits;
    private final int effort;

    /** Is told how far an encoder is. */
    @FunctionalInterface
    public interface Progress {

        /**
         * A step is done.
         *
         * @param done steps
         * @param steps that there will be, unless time runs short
         */
        void step(int done, int steps);
    }

    /**
     * Makes an encoder.
     *
     * @param model one that encodes; the caller closes it
     * @param limits of each call; a search ends early where time runs short
     * @param effort 0, fastest, to 9: from 3 on symbols are chosen for the least rate and
     *     distortion, from 6 on latents are searched for, where model and limits allow
     */
    public VellumEncoder(Model model, Limits limits, int effort) {
        if (!model.encodes()) {
            throw new IllegalArgumentException(
                    "model: " + model.hash() + " (expected: one with an encoder file)");
        }
        if (effort < 0 || effort > MAX_EFFORT) {
            throw new IllegalArgumentException("effort: " + effort + " (expected: 0 to 9)");
        }
        this.model = model;
        this.limits = limits;
        this.effort = effort;
    }

    /**
     * Encodes a picture, decodes it and compares.
     *
     * @param picture to encode
     * @param quality of the result
     * @return the stream, and what a client will see
     * @throws CodecException.TooLarge if the picture would cost more than the limits allow
     * @throws CodecException if the model's networks fail
     */
    public Encoded encode(Picture picture, Quality quality) throws CodecException {
        return encode(picture, quality, (_, _) -> {});
    }

    /**
     * As {@link #encode(Picture, Quality)}, with word of how far it is.
     *
     * @param picture to encode
     * @param quality of the result
     * @param progress told of each step of a search, on the caller's thread
     * @return the stream, and what a client will see
     * @throws CodecException as above
     */
    public Encoded encode(Picture picture, Quality quality, Progress progress)
            throws CodecException {
        limits.requirePixels((long) picture.width() * picture.height());
        limits.requireMemory(memory(picture, false));
        boolean searching = model.searches() && limits.allowsMemory(memory(picture, true));
        int own = searching ? effort : Math.min(effort, SEARCHING_EFFORT - 1);
        return model.use(() -> encode(picture, quality, own, progress));
    }

    private long memory(Picture picture, boolean searching) {
        return MemoryEstimate.encode(model, picture.width(), picture.height(), searching);
    }

    private Encoded encode(Picture picture, Quality quality, int own, Progress progress)
            throws CodecException {
        Deadline deadline = new Deadline(limits.time(), System::nanoTime);
        Grid grid = new Grid(picture.width(), picture.height());
        try (Workspace workspace = new Workspace()) {
            boolean fast = own < PRECISE_EFFORT;
            float[] y = model.analysis().latents(picture.rgb(), grid, fast, workspace, deadline);
            byte[] z =
                    model.analysis()
                            .hyperLatents(y, quality.value(), grid, fast, workspace, deadline);
            PictureCoder coder =
                    new PictureCoder(
                            networks(),
                            model.analysis(),
                            new PictureCoder.Task(grid, z, quality.value()),
                            workspace,
                            deadline);
            Candidate best =
                    own < PRECISE_EFFORT
                            ? coder.rounded(y)
                            : own < SEARCHING_EFFORT
                                    ? coder.optimised(y)
                                    : model.search()
                                            .run(
                                                    new LatentSearch.Task(
                                                            picture.rgb(), y, steps(own)),
                                                    coder,
                                                    progress::step,
                                                    workspace,
                                                    deadline);
            return new Encoded(best.stream(), picture, decoded(best), own);
        }
    }

    private PictureCoder.Networks networks() {
        return new PictureCoder.Networks(
                model.decoderFile(),
                model.hyperLatents(),
                model.latentTables(),
                model.entropyNetwork(),
                model.synthesis());
    }

    private static int steps(int effort) {
        return 16 << (effort - SEARCHING_EFFORT);
    }

    private static Picture decoded(Candidate candidate) {
        Grid grid = candidate.latents().grid();
        return new Picture(grid.width(), grid.height(), candidate.rgb());
    }
}
