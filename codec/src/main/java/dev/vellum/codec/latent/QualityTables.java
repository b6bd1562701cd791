package dev.vellum.codec.latent;

import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;
import java.util.Arrays;

/** The integers that one quality picks from a model: quantisation steps, scale offsets, bias. */
final class QualityTables {

    private static final int STEP_BITS = 12;

    private final int[] steps;
    private final int[] scaleOffsets;
    private final int[] hyperBias;
    private final int band;

    QualityTables(DecoderFile file, int quality) {
        Manifest manifest = file.manifest();
        steps = row(file.table(DecoderFile.STEP), quality, manifest.latentChannels());
        scaleOffsets =
                row(file.table(DecoderFile.SCALE_OFFSET), quality, manifest.latentChannels());
        hyperBias = row(file.table(DecoderFile.HYPER_BIAS), quality, manifest.hyperBiasChannels());
        band = file.table(DecoderFile.QUALITY_BAND)[quality - 1];
    }

    /** Rows of a table {@code [100, length]}. */
    static int[] row(int[] table, int quality, int length) {
        return Arrays.copyOfRange(table, (quality - 1) * length, quality * length);
    }

    /** A latent from its mean and symbol. */
    int reconstruct(int mean, int symbol, int channel) {
        long offset = ((long) symbol * steps[channel] + (1 << (STEP_BITS - 1))) >> STEP_BITS;
        return Math.clamp(mean + offset, Latents.LEAST, Latents.MOST);
    }

    int scaleOffset(int channel) {
        return scaleOffsets[channel];
    }

    int[] hyperBias() {
        return hyperBias;
    }

    int band() {
        return band;
    }
}
