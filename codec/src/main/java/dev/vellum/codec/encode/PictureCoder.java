package dev.vellum.codec.encode;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.StreamHeader;
import dev.vellum.codec.container.StreamWriter;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.HyperLatents;
import dev.vellum.codec.latent.LatentTables;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.SymbolCoder;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.pixels.Synthesis;

/**
 * Codes one picture with latents that its caller aims at, and knows what every decoder will make of
 * the stream: the latents that it wrote go through the decoder's own integers.
 */
public final class PictureCoder {

    private final Networks networks;
    private final Analysis analysis;
    private final Task task;
    private final Workspace workspace;
    private final Deadline deadline;

    /**
     * What a decoder runs.
     *
     * @param file of the model
     */
    public record Networks(
            DecoderFile file,
            HyperLatents hyperLatents,
            LatentTables tables,
            EntropyNetwork entropy,
            Synthesis synthesis) {}

    /**
     * What is coded.
     *
     * @param z hyper-latents, as they are coded
     * @param quality 1 to 100
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    public record Task(Grid grid, byte[] z, int quality) {}

    /** A coder for one picture. */
    public PictureCoder(
            Networks networks,
            Analysis analysis,
            Task task,
            Workspace workspace,
            Deadline deadline) {
        this.networks = networks;
        this.analysis = analysis;
        this.task = task;
        this.workspace = workspace;
        this.deadline = deadline;
    }

    /**
     * A whole stream of the nearest symbols.
     *
     * @param y latents {@code [M, h, w]} in canonical units
     */
    public Candidate rounded(float[] y) throws CodecException {
        return code(y, new Quantiser.Rounding());
    }

    /** A whole stream of the symbols that cost least, bits and error together. */
    public Candidate optimised(float[] y) throws CodecException {
        return code(y, new RateDistortion(bits(), analysis.distortionWeight()));
    }

    /** A coder of the same picture with other hyper-latents. */
    PictureCoder with(byte[] z) {
        Task other = new Task(task.grid, z, task.quality);
        return new PictureCoder(networks, analysis, other, workspace, deadline);
    }

    /** What the model's hyper-latents cost. */
    HyperLatents hyperLatents() {
        return networks.hyperLatents;
    }

    /** What the model's symbols cost. */
    SymbolBits bits() {
        return new SymbolBits(networks.tables, networks.file.manifest().scaleClasses());
    }

    /** A whole stream of the symbols that a quantiser chooses. */
    Candidate code(float[] y, Quantiser quantiser) throws CodecException {
        Grid grid = task.grid;
        StreamWriter writer =
                new StreamWriter(
                        new StreamHeader(
                                networks.file.hash().id(),
                                grid.width(),
                                grid.height(),
                                task.quality));
        CodingOrder order = CodingOrder.of(networks.file.manifest(), grid);
        for (CodingOrder.HyperPart part : order.hyperParts()) {
            writer.segment(part.type(), networks.hyperLatents.encode(task.z, part, task.quality));
        }
        Latents latents =
                latents(
                        new PictureSymbols(
                                analysis,
                                networks.tables,
                                quantiser,
                                y,
                                grid,
                                task.quality,
                                order.lanes(),
                                writer));
        return new Candidate(writer.toByteArray(), latents, pixels(latents));
    }

    /** The latents that a coder picks. */
    Latents latents(SymbolCoder coder) throws CodecException {
        return networks.entropy.run(task.z, task.quality, task.grid, coder, workspace, deadline);
    }

    /** Where predictions stand that lead to {@code latents}. */
    PredictionGradient.Place place(Latents latents) throws CodecException {
        byte[] features =
                networks.entropy.features(task.z, task.quality, task.grid, workspace, deadline);
        return new PredictionGradient.Place(task.z, task.quality, features, latents);
    }

    /** The picture that latents stand for. */
    byte[] pixels(Latents latents) throws CodecException {
        byte[] rgb = new byte[3 * task.grid.width() * task.grid.height()];
        networks.synthesis.run(latents, rgb, workspace, deadline);
        return rgb;
    }

    /** What is coded. */
    Task task() {
        return task;
    }
}
