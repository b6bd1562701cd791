package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoder file of a model: manifest, integer graphs and integer tables. {@code codec/FORMAT.md}
 * says what each is and how a decoder uses it.
 */
public final class DecoderFile {

    /** Largest file that is read, in bytes. */
    public static final int MAX_BYTES = 4 << 20;

    /**
     * Graph: {@code z} u8 {@code [1, Z, zh, zw]} and {@code bias} s32 {@code [K]} to {@code
     * features} u8 {@code [1, F, 4zh, 4zw]} and {@code raw} s32 {@code [1, 2n, 4zh, 4zw]}, the
     * means and then the scales of the first pass.
     */
    public static final String HYPER = "hyper";

    /**
     * Graph: {@code coarse} and {@code fine}, u8 {@code [1, M, h, w]}, to {@code residual} u8
     * {@code [1, 2h, 2w, 192]} (192 = 3 x 8 x 8).
     */
    public static final String SYNTHESIS = "synthesis";

    /**
     * Graph: {@code high} and {@code low}, u8 {@code [1, M, h, w]}, to {@code linear-high} and
     * {@code linear-low} s32 {@code [1, h, w, 768]} (768 = 3 x 16 x 16), each cell on its own.
     */
    public static final String LINEAR = "linear";

    /** Table {@code [100]}: the band of hyper-latent tables of each quality, from 0. */
    public static final String QUALITY_BAND = "quality-band";

    /** Table {@code [100, M]}: dequantisation step in 1/64 units times 2<sup>12</sup>, from 1. */
    public static final String STEP = "step";

    /** Table {@code [100, M]}: added to the scale, in 1/16 classes. */
    public static final String SCALE_OFFSET = "scale-offset";

    /** Table {@code [100, K]}: the input {@code bias} of {@link #HYPER}. */
    public static final String HYPER_BIAS = "hyper-bias";

    /** Table {@code [classes - 1, 2]}: least symbol and number of symbols of classes 1, 2, ... */
    public static final String LATENT_RANGE = "latent-range";

    /**
     * Table: for each of these classes the frequencies of its symbols and then that of the escape;
     * each at least 1, 65536 together.
     */
    public static final String LATENT_FREQUENCY = "latent-frequency";

    /** Table {@code [bands, Z, 2]}: as {@link #LATENT_RANGE}, for the hyper-latents. */
    public static final String HYPER_RANGE = "hyper-range";

    /** Table: as {@link #LATENT_FREQUENCY}, for the hyper-latents. */
    public static final String HYPER_FREQUENCY = "hyper-frequency";

    /** Table {@code [bands, Z]}: what a hyper-latent is where its group is missing. */
    public static final String HYPER_ABSENT = "hyper-absent";

    /** Table {@code [768]}: added to the linear part before its shift. */
    public static final String LINEAR_BIAS = "linear-bias";

    /**
     * Table {@code [768]}: right shift of the linear part to levels: 1 to 24, and at least the
     * manifest's residual shift.
     */
    public static final String LINEAR_SHIFT = "linear-shift";

    /** Positions in a 16 x 16 block of three colours: the linear path's output channels. */
    public static final int BLOCK = 768;

    private static final String MAGIC = "VLMD";

    private final Manifest manifest;
    private final Entries entries;
    private final ModelHash hash;

    private DecoderFile(Manifest manifest, Entries entries) {
        this.manifest = manifest;
        this.entries = entries;
        this.hash = ModelHash.of(entries.file());
    }

    /**
     * Reads a file.
     *
     * @throws CodecException.WrongModel if it is not a complete decoder file
     * @throws CodecException.TooLarge if it is longer than {@link #MAX_BYTES}
     */
    public static DecoderFile read(byte[] file) throws CodecException {
        Entries entries = Entries.read(file.clone(), MAGIC, MAX_BYTES);
        Manifest manifest = Manifest.parse(entries.manifest());
        check(manifest, entries);
        return new DecoderFile(manifest, entries);
    }

    /**
     * Puts a file together, and checks it as {@link #read} would.
     *
     * @throws CodecException if parts are missing or do not fit the manifest
     */
    public static DecoderFile of(
            Manifest manifest, Map<String, byte[]> graphs, Map<String, int[]> tables)
            throws CodecException {
        return read(Entries.write(MAGIC, manifest.text(), graphs, tables));
    }

    /** What the model looks like. */
    public Manifest manifest() {
        return manifest;
    }

    /**
     * An ONNX graph: {@link #HYPER}, {@link #SYNTHESIS}, {@link #LINEAR} or one that a pass names.
     */
    public byte[] graph(String name) {
        return known(name, entries.graph(name));
    }

    /** A table by its name, one of this class's constants. */
    public int[] table(String name) {
        return known(name, entries.tables().get(name)).clone();
    }

    /** The whole file. */
    public byte[] bytes() {
        return entries.file().clone();
    }

    /** Identity of the file. */
    public ModelHash hash() {
        return hash;
    }

    private static <T> T known(String name, @Nullable T entry) {
        if (entry == null) {
            throw new IllegalArgumentException("entry: " + name + " (expected: one of the model)");
        }
        return entry;
    }

    private static void check(Manifest manifest, Entries entries) throws CodecException {
        for (Manifest.Pass pass : manifest.passes()) {
            EntryChecks.graph(entries, pass.graph());
        }
        EntryChecks.graph(entries, SYNTHESIS);
        EntryChecks.graph(entries, LINEAR);
        int qualities = Manifest.QUALITIES;
        int latents = qualities * manifest.latentChannels();
        int bands = manifest.qualityBands();
        EntryChecks.table(entries, QUALITY_BAND, qualities, 0, bands - 1);
        EntryChecks.table(entries, STEP, latents, 1, 1 << 26);
        EntryChecks.table(entries, SCALE_OFFSET, latents, -(1 << 16), 1 << 16);
        EntryChecks.table(
                entries,
                HYPER_BIAS,
                qualities * manifest.hyperBiasChannels(),
                Integer.MIN_VALUE,
                Integer.MAX_VALUE);
        EntryChecks.table(
                entries,
                HYPER_ABSENT,
                bands * manifest.hyperChannels(),
                Byte.MIN_VALUE,
                Byte.MAX_VALUE);
        EntryChecks.table(entries, LINEAR_BIAS, BLOCK, -(1 << 30), 1 << 30);
        EntryChecks.table(entries, LINEAR_SHIFT, BLOCK, Math.max(1, manifest.residualShift()), 24);
        EntryChecks.frequencies(
                entries, LATENT_RANGE, LATENT_FREQUENCY, manifest.scaleClasses() - 1);
        EntryChecks.frequencies(
                entries, HYPER_RANGE, HYPER_FREQUENCY, bands * manifest.hyperChannels());
    }
}
