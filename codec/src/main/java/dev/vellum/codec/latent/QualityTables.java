package dev.vellum.codec.latent;

import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The integers that one quality picks from a model: quantisation steps, scale offsets, bias. */
final class QualityTables {

    private static final int STEP_BITS = 12;

    private final int[] steps;
    private final int[] scaleOffsets;
    private final int[] hyperBias;

    private QualityTables(int[] steps, int[] scaleOffsets, int[] hyperBias) {
        this.steps = steps;
        this.scaleOffsets = scaleOffsets;
        this.hyperBias = hyperBias;
    }

    /** Those of all qualities, from 1 on. */
    static List<QualityTables> of(DecoderFile file) {
        Manifest manifest = file.manifest();
        int channels = manifest.latentChannels();
        int[] steps = file.table(DecoderFile.STEP);
        int[] offsets = file.table(DecoderFile.SCALE_OFFSET);
        int[] bias = file.table(DecoderFile.HYPER_BIAS);
        List<QualityTables> all = new ArrayList<>();
        for (int quality = 1; quality <= Manifest.QUALITIES; quality++) {
            all.add(
                    new QualityTables(
                            row(steps, quality, channels),
                            row(offsets, quality, channels),
                            row(bias, quality, manifest.hyperBiasChannels())));
        }
        return List.copyOf(all);
    }

    /** One row of a table {@code [100, length]}. */
    private static int[] row(int[] table, int quality, int length) {
        return Arrays.copyOfRange(table, (quality - 1) * length, quality * length);
    }

    /** A latent from its mean and symbol. */
    int reconstruct(int mean, int symbol, int channel) {
        if (symbol == 0) {
            return mean; // a mean is in range
        }
        long offset = ((long) symbol * steps[channel] + (1 << (STEP_BITS - 1))) >> STEP_BITS;
        return Math.clamp(mean + offset, Latents.LEAST, Latents.MOST);
    }

    int scaleOffset(int channel) {
        return scaleOffsets[channel];
    }

    int[] hyperBias() {
        return hyperBias;
    }
}
