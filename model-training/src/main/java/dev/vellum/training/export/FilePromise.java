package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.encode.Analysis;
import dev.vellum.codec.encode.PictureCoder;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.HyperLatents;
import dev.vellum.codec.latent.LatentTables;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.StreamSymbols;
import dev.vellum.codec.latent.SymbolCoder;
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
import dev.vellum.training.model.Density;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.CodecScript;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * What the training's density promises that a picture takes, beside the bytes of a whole stream of
 * it. Both round the latents of the same analysis in floating point. Between the two lie integer
 * networks, counted tables, the precision of the entropy coder, and headers.
 */
public final class FilePromise implements AutoCloseable {

    /** Where the training limits a probability. */
    private static final double LEAST = 1e-30;

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
     * @param integer what the stream's symbols take under the same density, with the scales that
     *     the model's integers give them, and its hyper-latents under the model's tables
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
        double promised = promised(picture, quality);
        Deadline deadline = new Deadline(PATIENCE, System::nanoTime);
        Grid grid = new Grid(picture.width(), picture.height());
        byte[] rgb = FileEvaluation.picture(picture).rgb();
        HyperLatents hyperLatents = new HyperLatents(decoder);
        LatentTables tables = new LatentTables(decoder);
        try (Workspace workspace = new Workspace()) {
            float[] y = analysis.latents(rgb, grid, false, workspace, deadline);
            byte[] z = analysis.hyperLatents(y, quality, grid, false, workspace, deadline);
            PictureCoder.Networks networks =
                    new PictureCoder.Networks(decoder, hyperLatents, tables, entropy, synthesis);
            PictureCoder.Task task = new PictureCoder.Task(grid, z, quality);
            byte[] stream =
                    new PictureCoder(networks, analysis, task, workspace, deadline)
                            .rounded(y).stream();
            CodingOrder order = CodingOrder.of(decoder.manifest(), grid);
            List<Segment> segments = StreamReader.read(stream).segments();
            int first = order.hyperParts().size();
            DensityBits counted =
                    new DensityBits(
                            new StreamSymbols(
                                    stream,
                                    segments.subList(first, segments.size()),
                                    tables,
                                    order.lanes()));
            var _ = entropy.run(z, quality, grid, counted, workspace, deadline);
            double integer = counted.bits + hyperLatents.bits(z, quality, grid);
            return new Bits(promised, integer, 8.0 * stream.length);
        }
    }

    /** Adds up what the symbols of a stream take under the density of their scale classes. */
    private static final class DensityBits implements SymbolCoder {

        private final SymbolCoder symbols;
        private double bits;

        private DensityBits(SymbolCoder symbols) {
            this.symbols = symbols;
        }

        @Override
        public void begin(CodingOrder.Part part) throws CodecException {
            symbols.begin(part);
        }

        @Override
        public void code(PassRow row) throws CodecException {
            symbols.code(row);
            for (int i = 0; i < row.count(); i++) {
                int index = row.classes()[i] & 0xff;
                if (index > 0) {
                    double p = Density.probability(row.symbols()[i], index);
                    bits -= Math.log(Math.max(p, LEAST)) / Math.log(2);
                }
            }
        }

        @Override
        public void end(CodingOrder.Part part) throws CodecException {
            symbols.end(part);
        }
    }

    private double promised(Raster picture, int quality) {
        Architecture architecture = weights.architecture();
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        int parts = architecture.groups().size() + Architecture.HYPER_GROUPS;
        try (NDManager scope = manager.newSubManager()) {
            NDArray pixels = scope.create(ByteBuffer.wrap(picture.planes()), shape, DataType.UINT8);
            float bitsPerPixel =
                    module.call(
                                    scope,
                                    "objective_float",
                                    module.parameters(scope.create(weights.parameters())),
                                    Argument.of(weights.scales()),
                                    Argument.of(pixels),
                                    Argument.of(scope.create(new float[] {quality})),
                                    Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                                    Argument.of(scope.ones(new Shape(1, parts))),
                                    // single precision, classes skipped, symbols rounded
                                    Argument.of(CodecScript.promised()))
                            .get(1)
                            .toFloatArray()[1];
            return (double) bitsPerPixel * picture.width() * picture.height();
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
