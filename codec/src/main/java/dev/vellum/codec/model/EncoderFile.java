package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The encoder file of a model: what only an encoder needs. It names its decoder file, and may
 * improve without orphaning a stream.
 */
public final class EncoderFile {

    /** Largest file that is read, in bytes. */
    public static final int MAX_BYTES = 64 << 20;

    /**
     * Graph: {@code pixels} u8 {@code [1, 3, 16h, 16w]} to {@code y} f32 {@code [1, M, h, w]}, the
     * latents in canonical units.
     */
    public static final String ANALYSIS = "analysis";

    /**
     * Graph that a file may have: the same with less precision in less time. {@code quarters} u8
     * {@code [1, 48, 4h, 4w]}, ordered by colour, row and column within a 4 x 4 square, and {@code
     * blocks} u8 {@code [1, h, w, 768]}, likewise within a cell, to {@code y}.
     */
    public static final String FAST_ANALYSIS = "fast-analysis";

    /**
     * Graph: {@code y} f32 {@code [1, M, h, w]}, latents times gain, to {@code z} f32 {@code [1, Z,
     * ceil(h/4), ceil(w/4)]}, to be rounded.
     */
    public static final String HYPER_ANALYSIS = "hyper-analysis";

    /**
     * Graph that a file may have: the same with less precision in less time. {@code levels} u8
     * {@code [1, M, h, w]}, for latents times gain {@code v} the nearest to {@code 128 + 128 v /
     * (32 + |v|)}, at most 255, to {@code z}.
     */
    public static final String FAST_HYPER_ANALYSIS = "fast-hyper-analysis";

    /**
     * Table {@code [100, M]}: quantisation steps in one canonical unit, times 2<sup>16</sup>, from
     * 1.
     */
    public static final String GAIN = "gain";

    /**
     * Graph that a file may have, together with {@link #LOSS}: how a loss that depends on the
     * samples changes with the latents. It goes on from the decoder file's {@link
     * DecoderFile#SYNTHESIS}: its nodes may name that graph's constants and values, and with its
     * bytes behind that graph's the two are one, since a protocol buffer continues so. Inputs
     * beside {@code coarse} and {@code fine} are the slopes of the loss by each sample, {@code
     * residual-slope} f32 {@code [1, 192, 2h, 2w]}, ordered as the residual, and {@code
     * linear-slope} f32 {@code [1, h, w, 768]}, ordered as the linear outputs. Outputs, in loss for
     * one canonical unit: {@code plane-change} f32 {@code [1, 2M, h, w]} through the coarse and
     * through the fine plane, and {@code linear-change} f32 {@code [1, h, w, M]}.
     */
    public static final String SYNTHESIS_GRADIENT = "synthesis-gradient";

    /**
     * Ends the names of graphs that a file may have beside {@link #SYNTHESIS_GRADIENT}, one for
     * each pass: how costs that depend on its predictions change with what it sees. Each goes on
     * from the decoder file's graph of the pass, as above. Another input is {@code raw-slope} f32
     * {@code [1, h, 2C, w]}, the slopes by the raw means and then scales of the pass's C channels.
     * Outputs are {@code context-change} f32 {@code [1, c, h, w]}, for one canonical unit, and
     * {@code features-change} f32 {@code [1, F, h, w]}, in the features' own unit. The first pass,
     * which has no context, takes the sum of the others' as {@code features-slope} and gives {@code
     * z-change} f32 {@code [1, Z, zh, zw]}, for one step of the hyper-latents.
     */
    private static final String GRADIENT = "-gradient";

    /**
     * Table {@code [100, 2]}: bits a pixel that a mean squared error of one level is worth, and
     * what 1 less MS-SSIM is worth, times 2<sup>20</sup>, from 0.
     */
    public static final String LOSS = "loss";

    private static final String MAGIC = "VLME";

    private final Settings settings;
    private final Entries entries;
    private final boolean predictionGradients;

    private EncoderFile(Settings settings, Entries entries, boolean predictionGradients) {
        this.settings = settings;
        this.entries = entries;
        this.predictionGradients = predictionGradients;
    }

    /**
     * What the manifest of an encoder file says.
     *
     * @param decoder the decoder file that this encoder belongs to
     * @param analysisHalo rows of the latent grid that {@link #ANALYSIS} sees above and below a row
     * @param hyperAnalysisHalo rows of the hyper grid that {@link #HYPER_ANALYSIS} sees likewise
     * @param distortionWeight bits that a squared error of one quantisation step is worth, times
     *     100: the exchange rate of rate-distortion-optimised quantisation; 866 follows from theory
     *     at high rates
     */
    public record Settings(
            ModelHash decoder, int analysisHalo, int hyperAnalysisHalo, int distortionWeight) {

        static Settings parse(byte[] bytes) throws CodecException.WrongModel {
            ManifestText text = ManifestText.parse(bytes);
            text.number("vellum-encoder", 1, 1);
            try {
                Settings settings =
                        new Settings(
                                new ModelHash(text.word("decoder")),
                                text.number("analysis-halo", 0, 64),
                                text.number("hyper-analysis-halo", 0, 64),
                                text.number("distortion-weight", 0, 100_000));
                text.end();
                return settings;
            } catch (IllegalArgumentException e) {
                throw ManifestText.wrong("manifest: " + e.getMessage());
            }
        }

        byte[] text() {
            return """
            vellum-encoder 1
            decoder %s
            analysis-halo %d
            hyper-analysis-halo %d
            distortion-weight %d
            """
                    .formatted(decoder.hex(), analysisHalo, hyperAnalysisHalo, distortionWeight)
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    /**
     * Reads a file and checks that it belongs to {@code decoder}.
     *
     * @throws CodecException.WrongModel if it belongs to another, or is not a complete encoder file
     * @throws CodecException.TooLarge if it is longer than {@link #MAX_BYTES}
     */
    public static EncoderFile read(byte[] file, DecoderFile decoder) throws CodecException {
        Entries entries = Entries.read(file.clone(), MAGIC, MAX_BYTES);
        Settings settings = Settings.parse(entries.manifest());
        if (!settings.decoder().equals(decoder.hash())) {
            throw ManifestText.wrong(
                    "encoder of model "
                            + settings.decoder().hex()
                            + " (expected: "
                            + decoder.hash().hex()
                            + ")");
        }
        EntryChecks.graph(entries, ANALYSIS);
        EntryChecks.graph(entries, HYPER_ANALYSIS);
        int gains = Manifest.QUALITIES * decoder.manifest().latentChannels();
        EntryChecks.table(entries, GAIN, gains, 1, Integer.MAX_VALUE);
        if (entries.hasGraph(SYNTHESIS_GRADIENT)) {
            EntryChecks.table(entries, LOSS, 2 * Manifest.QUALITIES, 0, Integer.MAX_VALUE);
        }
        return new EncoderFile(settings, entries, predictionGradients(entries, decoder.manifest()));
    }

    /** Whether all of these graphs are there. */
    private static boolean predictionGradients(Entries entries, Manifest manifest)
            throws CodecException.WrongModel {
        List<String> names = manifest.passes().stream().map(EncoderFile::gradient).toList();
        if (names.stream().noneMatch(entries::hasGraph)) {
            return false;
        }
        for (String name : names) {
            EntryChecks.graph(entries, name);
        }
        return true;
    }

    /**
     * Puts a file together, and checks it as {@link #read} would.
     *
     * @throws CodecException if parts are missing or do not fit the decoder
     */
    public static EncoderFile of(
            Settings settings,
            Map<String, byte[]> graphs,
            Map<String, int[]> tables,
            DecoderFile decoder)
            throws CodecException {
        return read(Entries.write(MAGIC, settings.text(), graphs, tables), decoder);
    }

    /** What the manifest says. */
    public Settings settings() {
        return settings;
    }

    /** Whether the file has {@link #FAST_ANALYSIS}. */
    public boolean hasFastAnalysis() {
        return entries.hasGraph(FAST_ANALYSIS);
    }

    /** Whether the file has {@link #FAST_HYPER_ANALYSIS}. */
    public boolean hasFastHyperAnalysis() {
        return entries.hasGraph(FAST_HYPER_ANALYSIS);
    }

    /** Whether the file has {@link #SYNTHESIS_GRADIENT}. */
    public boolean hasSynthesisGradient() {
        return entries.hasGraph(SYNTHESIS_GRADIENT);
    }

    /** Name of the graph that leads costs back through a pass. */
    public static String gradient(Manifest.Pass pass) {
        return pass.graph() + GRADIENT;
    }

    /** Whether the file has the graphs of {@link #gradient}: all or none. */
    public boolean hasPredictionGradients() {
        return predictionGradients;
    }

    /** An ONNX graph: {@link #ANALYSIS}, {@link #HYPER_ANALYSIS} or one that is there. */
    public byte[] graph(String name) {
        return Objects.requireNonNull(entries.graph(name), name);
    }

    /** A table: {@link #GAIN}, or {@link #LOSS} where it is there. */
    public int[] table(String name) {
        return Objects.requireNonNull(entries.tables().get(name), name).clone();
    }

    /** The whole file. */
    public byte[] bytes() {
        return entries.file().clone();
    }
}
