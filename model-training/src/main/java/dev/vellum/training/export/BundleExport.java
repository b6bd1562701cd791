package dev.vellum.training.export;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.model.Cells;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Density;
import dev.vellum.training.model.Lambda;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Scaling;
import dev.vellum.training.script.CodecModule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns weights into the two files of a model: {@link IntegerGraphs} and integer tables for the
 * decoder, {@link FloatGraphs} for the encoder.
 */
public final class BundleExport {

    /** The residual's step is one half. */
    private static final int RESIDUAL_SHIFT = 1;

    /** Bits that a squared error of one step is worth, times 100; in theory 866 at high rates. */
    private static final int DISTORTION_WEIGHT = 1500;

    /** What 1 less MS-SSIM weighs beside a mean squared error, as in training. */
    private static final double SIMILARITY_WEIGHT = 2450;

    private static final double LOSS_UNIT = 1 << 20;

    private final NDManager manager;
    private final CodecModule module;
    private final Weights weights;
    private final Architecture architecture;
    private final Integers integers;
    private final QualityRows rows;

    /** An export of {@code weights}, whose script is {@code module}. */
    public BundleExport(NDManager manager, CodecModule module, Weights weights) {
        this.manager = manager;
        this.module = module;
        this.weights = weights;
        this.architecture = weights.architecture();
        this.integers = Integers.of(manager, module, weights);
        this.rows = QualityRows.of(manager, module, weights, integers);
    }

    /**
     * The decoder file.
     *
     * @param name of the model, for people
     * @param pictures over which latents and hyper-latents are counted; sides multiples of 64
     */
    public DecoderFile decoder(String name, List<Raster> pictures) throws CodecException {
        Map<String, int[]> tables = new HashMap<>(rows.decoder());
        int[] bands = new int[Manifest.QUALITIES];
        for (int q = 1; q <= bands.length; q++) {
            bands[q - 1] = HyperStatistics.band(q);
        }
        tables.put(DecoderFile.QUALITY_BAND, bands);
        DistributionTables latents =
                LatentStatistics.of(manager, module, weights, pictures).tables();
        tables.put(DecoderFile.LATENT_RANGE, latents.rangeTable());
        tables.put(DecoderFile.LATENT_FREQUENCY, latents.frequencyTable());
        HyperStatistics statistics = HyperStatistics.of(manager, module, weights, pictures);
        DistributionTables hyper = statistics.tables();
        tables.put(DecoderFile.HYPER_RANGE, hyper.rangeTable());
        tables.put(DecoderFile.HYPER_FREQUENCY, hyper.frequencyTable());
        tables.put(DecoderFile.HYPER_ABSENT, statistics.absent());
        linear(tables);
        return DecoderFile.of(
                manifest(name), new IntegerGraphs(weights, integers).graphs(), tables);
    }

    /**
     * The encoder file that belongs to {@code decoder}.
     *
     * @param pictures to which the fast analyses are fitted; sides multiples of 64
     * @param similarity share of MS-SSIM in the loss that searches for latents lower, 0 to 1
     */
    public EncoderFile encoder(DecoderFile decoder, List<Raster> pictures, double similarity)
            throws CodecException, OrtException {
        Map<String, byte[]> graphs = new HashMap<>(new FloatGraphs(weights).graphs());
        graphs.put(EncoderFile.FAST_ANALYSIS, new FastAnalysis(weights, pictures).graph());
        graphs.put(
                EncoderFile.FAST_HYPER_ANALYSIS,
                new FastHyperAnalysis(weights, rows, pictures).graph());
        graphs.put(
                EncoderFile.SYNTHESIS_GRADIENT,
                new IntegerGraphs(weights, integers).synthesisGradient());
        predictionGradients(decoder, graphs);
        Map<String, int[]> tables = new HashMap<>(rows.encoder());
        tables.put(EncoderFile.LOSS, loss(similarity));
        List<Layer> hyper = architecture.hyperAnalysis();
        return EncoderFile.of(
                new EncoderFile.Settings(
                        decoder.hash(),
                        Halo.of(architecture.analysis(), 1.0 / Architecture.CELL),
                        Halo.of(hyper, 1.0 / 4),
                        DISTORTION_WEIGHT),
                graphs,
                tables,
                decoder);
    }

    private void predictionGradients(DecoderFile decoder, Map<String, byte[]> graphs) {
        List<Manifest.Pass> passes = decoder.manifest().passes();
        for (int i = 0; i < passes.size(); i++) {
            graphs.put(
                    EncoderFile.gradient(passes.get(i)),
                    new IntegerGraphs(weights, integers)
                            .predictionGradient(architecture.passes().get(i)));
        }
    }

    /** The training's loss at each quality. */
    private static int[] loss(double similarity) {
        int[] loss = new int[2 * Manifest.QUALITIES];
        for (int q = 1; q <= Manifest.QUALITIES; q++) {
            double lambda = LOSS_UNIT * Lambda.of(q);
            loss[2 * q - 2] = (int) Math.rint(lambda * (1 - similarity));
            loss[2 * q - 1] = (int) Math.rint(lambda * similarity * SIMILARITY_WEIGHT);
        }
        return loss;
    }

    /** The tables that depend on the quality. */
    QualityRows rows() {
        return rows;
    }

    /** Shift and bias of each sample of the linear path. */
    private void linear(Map<String, int[]> tables) {
        Integers.Layer layer = integers.of(architecture.synthesisLinear());
        int[] shift = new int[DecoderFile.BLOCK];
        int[] bias = new int[DecoderFile.BLOCK];
        int gain = Exponent.of(Scaling.LINEAR) - Scaling.LATENT_BITS;
        for (int i = 0; i < shift.length; i++) {
            shift[i] = -(layer.exponent(i) + gain);
            bias[i] = layer.bias()[i] + (128 << shift[i]);
        }
        tables.put(DecoderFile.LINEAR_SHIFT, shift);
        tables.put(DecoderFile.LINEAR_BIAS, bias);
    }

    private Manifest manifest(String name) {
        List<Layer> hyper = new ArrayList<>(List.of(architecture.hyperFirst()));
        hyper.addAll(architecture.hyperRest());
        List<Manifest.Pass> passes = new ArrayList<>();
        List<ContextPass> described = architecture.passes();
        for (int i = 0; i < described.size(); i++) {
            passes.add(pass(i, described.get(i)));
        }
        return new Manifest(
                name,
                architecture.latents(),
                architecture.hyperLatents(),
                architecture.hyperFirst().outputs(),
                architecture.features(),
                HyperStatistics.BANDS,
                Density.CLASSES,
                Halo.of(hyper, 1),
                Halo.of(architecture.synthesis(), 1),
                RESIDUAL_SHIFT,
                architecture.hyperGroups(),
                architecture.groups(),
                passes);
    }

    private Manifest.Pass pass(int index, ContextPass pass) {
        String input = pass.hidden().getLast().name();
        int unit =
                Exponent.of(weights.scales()[architecture.activations().indexOf(input)])
                        + Exponent.of(Scaling.ENTROPY);
        int mean = unit + integers.of(pass.mean()).sharedExponent() + Scaling.LATENT_BITS;
        int scale =
                unit + integers.of(pass.scale()).sharedExponent() + Exponent.of(Density.SUBSTEPS);
        Cells cells =
                switch (pass.mask()) {
                    case EVEN -> Cells.EVEN;
                    case ODD -> Cells.ODD;
                    case ALL -> Cells.ALL;
                };
        int halo = pass.context().map(context -> context.kernel() / 2).orElse(0);
        return new Manifest.Pass(
                IntegerGraphs.name(index), pass.group(), cells, -mean, -scale, halo);
    }
}
