package dev.vellum.training.export;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Density;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import java.util.Map;

/**
 * The tables that depend on the quality, as integers: one row for each quality.
 *
 * @param gain quantisation steps in one canonical unit, times 2^16
 * @param step dequantisation step in 1/64 units, times 2^12
 * @param offset added to scales, in 1/16 classes
 * @param bias of the first hyper-synthesis layer
 */
@SuppressWarnings("ArrayRecordComponent") // handed over within the export
record QualityRows(int[] gain, int[] step, int[] offset, int[] bias) {

    /** Binary exponent of one unit of the gain table. */
    static final int GAIN_BITS = 16;

    /** Binary exponent of one unit of the step table, in canonical units. */
    static final int STEP_BITS = 18;

    /** Asks the script for the rows of every quality. */
    static QualityRows of(
            NDManager manager, CodecModule module, Weights weights, Integers integers) {
        float[] qualities = new float[Manifest.QUALITIES];
        for (int i = 0; i < qualities.length; i++) {
            qualities[i] = i + 1;
        }
        try (NDManager scope = manager.newSubManager()) {
            NDList rows =
                    module.call(
                            scope,
                            "rows",
                            module.parameters(scope.create(weights.parameters())),
                            Argument.of(scope.create(qualities)));
            float[] scales = integers.of(weights.architecture().hyperFirst()).scales();
            float[] bias = rows.get(3).toFloatArray();
            int[] biases = new int[bias.length];
            for (int i = 0; i < bias.length; i++) {
                biases[i] = (int) Math.rint(bias[i] / scales[i % scales.length]);
            }
            return new QualityRows(
                    fixed(rows.get(0).toFloatArray(), Math.scalb(1.0, GAIN_BITS)),
                    fixed(rows.get(1).toFloatArray(), Math.scalb(1.0, STEP_BITS)),
                    fixed(rows.get(2).toFloatArray(), Density.SUBSTEPS),
                    biases);
        }
    }

    private static int[] fixed(float[] values, double unit) {
        int[] result = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (int) Math.rint(values[i] * unit);
        }
        return result;
    }

    /** Quantisation steps in one canonical unit, by channel. */
    float[] gains(int quality) {
        int channels = gain.length / Manifest.QUALITIES;
        float[] gains = new float[channels];
        for (int c = 0; c < channels; c++) {
            gains[c] = Math.scalb(gain[(quality - 1) * channels + c], -GAIN_BITS);
        }
        return gains;
    }

    /** The decoder's part of the tables. */
    Map<String, int[]> decoder() {
        return Map.of(
                DecoderFile.STEP,
                step,
                DecoderFile.SCALE_OFFSET,
                offset,
                DecoderFile.HYPER_BIAS,
                bias);
    }

    /** The encoder's part of the tables. */
    Map<String, int[]> encoder() {
        return Map.of(EncoderFile.GAIN, gain);
    }
}
