package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.encode.Analysis;
import dev.vellum.codec.encode.PictureCoder;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.HyperLatents;
import dev.vellum.codec.latent.LatentTables;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.pixels.Synthesis;
import dev.vellum.training.data.Raster;
import dev.vellum.training.evaluation.FileEvaluation;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What the training's density promises that a picture takes, beside the bytes of a whole stream of
 * it. Both round the latents of the same analysis in floating point. Between the two lie integer
 * networks, counted tables, the precision of the entropy coder, and headers.
 */
public final class FilePromise implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final NDManager manager;
    private final CodecModule module;
    private final Weights weights;
    private final DecoderFile decoder;
    private final Analysis analysis;
    private final EntropyNetwork entropy;
    private final Synthesis synthesis;

    /** A comparison of {@code weights}, whose script is {@code module}, with what they became. */
    public FilePromise(
            NDManager manager,
            CodecModule module,
            Weights weights,
            DecoderFile decoder,
            EncoderFile encoder)
            throws CodecException {
        this.manager = manager;
        this.module = module;
        this.weights = weights;
        this.decoder = decoder;
        this.analysis = new Analysis(decoder, encoder, Execution.DEFAULT);
        this.entropy = new EntropyNetwork(decoder, Execution.DEFAULT);
        this.synthesis = new Synthesis(decoder, Execution.DEFAULT);
    }

    /**
     * Bits of one picture.
     *
     * @param floating -log2 p of all latents and hyper-latents, networks in floating point
     * @param integer the same, networks in the exported integers
     * @param file the whole stream
     */
    public record Bits(double floating, double integer, double file) {

        /** Both together. */
        public Bits plus(Bits other) {
            return new Bits(floating + other.floating, integer + other.integer, file + other.file);
        }
    }

    /**
     * Measures one picture.
     *
     * @param picture sides multiples of 64
     * @param quality 1 to 100
     */
    public Bits of(Raster picture, int quality) throws CodecException {
        return new Bits(
                promised("objective_float", picture, quality),
                promised("objective_integer", picture, quality),
                8.0 * file(picture, quality));
    }

    private double promised(String method, Raster picture, int quality) {
        Architecture architecture = weights.architecture();
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        int parts = architecture.groups().size() + Architecture.HYPER_GROUPS;
        try (NDManager scope = manager.newSubManager()) {
            NDArray pixels = scope.create(ByteBuffer.wrap(picture.planes()), shape, DataType.UINT8);
            float bitsPerPixel =
                    module.call(
                                    scope,
                                    method,
                                    module.parameters(scope.create(weights.parameters())),
                                    Argument.of(weights.scales()),
                                    Argument.of(pixels),
                                    Argument.of(scope.create(new float[] {quality})),
                                    Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                                    Argument.of(scope.ones(new Shape(1, parts))),
                                    // single precision, classes skipped, symbols rounded
                                    Argument.of(new double[] {0, 1, 1, 0, 0}))
                            .get(1)
                            .toFloatArray()[1];
            return (double) bitsPerPixel * picture.width() * picture.height();
        }
    }

    private int file(Raster picture, int quality) throws CodecException {
        Deadline deadline = new Deadline(PATIENCE, System::nanoTime);
        Grid grid = new Grid(picture.width(), picture.height());
        byte[] rgb = FileEvaluation.picture(picture).rgb();
        try (Workspace workspace = new Workspace()) {
            float[] y = analysis.latents(rgb, grid, false, workspace, deadline);
            byte[] z = analysis.hyperLatents(y, quality, grid, workspace, deadline);
            PictureCoder.Networks networks =
                    new PictureCoder.Networks(
                            decoder,
                            new HyperLatents(decoder),
                            new LatentTables(decoder),
                            entropy,
                            synthesis);
            PictureCoder.Task task = new PictureCoder.Task(grid, z, quality);
            return new PictureCoder(networks, analysis, task, workspace, deadline)
                    .rounded(y).stream().length;
        }
    }

    /** Gives the memory of the networks back. */
    @Override
    public void close() {
        analysis.close();
        entropy.close();
        synthesis.close();
    }
}
