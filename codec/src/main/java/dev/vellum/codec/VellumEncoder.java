package dev.vellum.codec;

import dev.vellum.codec.container.StreamHeader;
import dev.vellum.codec.container.StreamWriter;
import dev.vellum.codec.encode.Analysis;
import dev.vellum.codec.encode.PictureSymbols;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import java.util.List;

/**
 * Turns pictures into streams, and verifies each by decoding it. Any number of threads may use an
 * encoder at once.
 */
public final class VellumEncoder {

    /** Highest effort. */
    public static final int MAX_EFFORT = 9;

    /** From this effort on latents are computed in floating point. */
    private static final int PRECISE_EFFORT = 3;

    private final Model model;
    private final Limits limits;
    private final int effort;
    private final VellumDecoder verifier;

    /**
     * Makes an encoder.
     *
     * @param model one that encodes; the caller closes it
     * @param limits of each call; {@code time} covers encoding and verification each
     * @param effort 0, fastest, to 9: from 3 on symbols are chosen for the least rate and
     *     distortion
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
        this.verifier = new VellumDecoder(new ModelRegistry(List.of(model)), limits);
    }

    /**
     * Encodes a picture, decodes the stream and compares.
     *
     * @param picture to encode
     * @param quality of the result
     * @return the stream, and what a client will see
     * @throws CodecException.TooLarge if the picture would cost more than the limits allow
     * @throws CodecException if the model's networks fail
     */
    public Encoded encode(Picture picture, Quality quality) throws CodecException {
        limits.requirePixels((long) picture.width() * picture.height());
        limits.requireMemory(MemoryEstimate.encode(model, picture.width(), picture.height()));
        byte[] stream = model.use(() -> write(picture, quality));
        Picture decoded = verifier.decode(stream);
        return new Encoded(stream, decoded, Fidelity.between(picture, decoded));
    }

    private byte[] write(Picture picture, Quality quality) throws CodecException {
        Deadline deadline = new Deadline(limits.time(), System::nanoTime);
        Grid grid = new Grid(picture.width(), picture.height());
        Analysis analysis = model.analysis();
        StreamWriter writer =
                new StreamWriter(
                        new StreamHeader(
                                model.id(), picture.width(), picture.height(), quality.value()));
        try (Workspace workspace = new Workspace()) {
            float[] y =
                    analysis.latents(
                            picture.rgb(), grid, effort < PRECISE_EFFORT, workspace, deadline);
            byte[] z = analysis.hyperLatents(y, quality.value(), grid, workspace, deadline);
            for (CodingOrder.HyperPart part :
                    CodingOrder.of(model.decoderFile().manifest(), grid).hyperParts()) {
                writer.segment(part.type(), model.hyperLatents().encode(z, part, quality.value()));
            }
            PictureSymbols symbols =
                    new PictureSymbols(
                            analysis,
                            model.decoderFile().manifest(),
                            model.latentTables(),
                            y,
                            grid,
                            quality.value(),
                            effort,
                            writer);
            Latents _ =
                    model.entropyNetwork()
                            .run(z, quality.value(), grid, symbols, workspace, deadline);
            return writer.toByteArray();
        }
    }
}
