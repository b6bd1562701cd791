package dev.vellum.codec.samples;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.entropy.Frequencies;
import dev.vellum.codec.model.Cells;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.model.Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A model for tests that nobody trained. Its linear path is a cosine transform of 16 x 16 blocks,
 * so that it really codes pictures; all its other networks have random integer weights of the kinds
 * and sizes that a trained model has.
 */
public final class SampleModel {

    private static final double OCTAVES = 11.2;

    private final Shape shape;
    private final Random random = new Random(20);
    private final int channels;
    private final int hyperChannels;

    /**
     * Widths of the networks.
     *
     * @param groups channels of each group
     * @param hyper channels of each group of hyper-latents
     * @param hyperWide channels behind the first layer of the hyper-synthesis
     * @param features channels of the features
     * @param context channels inside the context networks
     * @param wide channels of the synthesis at 1/16
     * @param fine channels of the synthesis at 1/8
     * @param blocks residual blocks at 1/16; half as many, rounded up, at 1/8
     * @param classes scale classes
     */
    public record Shape(
            List<Integer> groups,
            List<Integer> hyper,
            int hyperWide,
            int features,
            int context,
            int wide,
            int fine,
            int blocks,
            int classes) {}

    /** Small enough to check in and to run thousands of times. */
    public static final Shape TINY =
            new Shape(List.of(3, 9, 12), List.of(1, 3), 32, 16, 8, 16, 8, 1, 32);

    /** The size of a model for real use. */
    public static final Shape FULL =
            new Shape(List.of(32, 64, 96), List.of(8, 8, 16, 32), 512, 128, 112, 192, 128, 2, 64);

    private SampleModel(Shape shape) {
        this.shape = shape;
        this.channels = shape.groups.stream().mapToInt(Integer::intValue).sum();
        this.hyperChannels = shape.hyper.stream().mapToInt(Integer::intValue).sum();
    }

    /** Both files of a model. */
    public record Files(DecoderFile decoder, EncoderFile encoder) {}

    /** Makes a model; the same one for the same shape. */
    public static Files of(Shape shape) {
        try {
            return new SampleModel(shape).files();
        } catch (CodecException e) {
            throw new AssertionError(e);
        }
    }

    private Files files() throws CodecException {
        List<Manifest.Pass> passes =
                List.of(
                        new Manifest.Pass(DecoderFile.HYPER, 0, Cells.EVEN, 9, 5, 0),
                        new Manifest.Pass("pass2", 0, Cells.ODD, 9, 5, 1),
                        new Manifest.Pass("pass3", 1, Cells.ALL, 9, 5, 1),
                        new Manifest.Pass("pass4", 2, Cells.ALL, 9, 5, 1));
        Manifest manifest =
                new Manifest(
                        "sample",
                        channels,
                        hyperChannels,
                        shape.hyperWide,
                        shape.features,
                        2,
                        shape.classes,
                        2,
                        2 * shape.blocks + (shape.blocks + 1) / 2 + 2,
                        1,
                        shape.hyper,
                        shape.groups,
                        passes);
        Map<String, byte[]> graphs = new HashMap<>();
        graphs.put(DecoderFile.HYPER, hyper());
        for (int pass = 1; pass < passes.size(); pass++) {
            graphs.put(passes.get(pass).graph(), context(manifest, pass));
        }
        graphs.put(DecoderFile.SYNTHESIS, synthesis());
        graphs.put(DecoderFile.LINEAR, linear());
        DecoderFile decoder = DecoderFile.of(manifest, graphs, tables());
        EncoderFile encoder =
                EncoderFile.of(
                        new EncoderFile.Settings(decoder.hash(), 0, 2, 866),
                        Map.of(
                                EncoderFile.ANALYSIS,
                                analysis(),
                                EncoderFile.FAST_ANALYSIS,
                                fastAnalysis(),
                                EncoderFile.HYPER_ANALYSIS,
                                hyperAnalysis()),
                        Map.of(
                                EncoderFile.GAIN,
                                perQuality(channels, (q, c) -> (int) (65536 * gain(q)))),
                        decoder);
        return new Files(decoder, encoder);
    }

    // ---- decoder graphs

    private byte[] hyper() {
        OnnxGraph g = new OnnxGraph();
        String z = g.input("z", OnnxGraph.UINT8, "1", "" + hyperChannels, "zh", "zw");
        String bias = g.input("bias", OnnxGraph.INT32, "" + shape.hyperWide);
        String x = conv(g, z, 128, hyperChannels, shape.hyperWide, 1, 0, 4, bias);
        x = shuffle(g, x);
        x = conv(g, x, 0, shape.hyperWide / 4, 4 * shape.features, 3, 0, 40, null);
        x = shuffle(g, x);
        x = conv(g, x, 0, shape.features, shape.features, 3, 0, 40, null);
        g.output("features", x, OnnxGraph.UINT8, "1", "" + shape.features, "h", "w");
        int group = shape.groups.getFirst();
        x = conv(g, x, 0, shape.features, shape.context, 1, 0, 40, null);
        x = predictions(g, x, group, 0);
        g.output("raw", x, OnnxGraph.INT32, "1", "h", "w", "" + 2 * group);
        return g.model();
    }

    private byte[] context(Manifest manifest, int pass) {
        OnnxGraph g = new OnnxGraph();
        int seen = manifest.contextChannels(pass);
        int group = manifest.passes().get(pass).group();
        int count = shape.groups.get(group);
        String f = g.input("features", OnnxGraph.UINT8, "1", "" + shape.features, "h", "w");
        String c = g.input("context", OnnxGraph.UINT8, "1", "" + seen, "h", "w");
        String a = conv(g, c, 128, seen, shape.context, 3, 128, 30, null);
        String b = conv(g, f, 0, shape.features, shape.context, 1, 128, 40, null);
        String x = add(g, a, 128, b, 128, 0);
        x = conv(g, x, 0, shape.context, shape.context, 1, 0, 40, null);
        x = predictions(g, x, count, manifest.firstChannel(group));
        g.output("raw", x, OnnxGraph.INT32, "1", "h", "w", "" + 2 * count);
        return g.model();
    }

    /** Raw means around 0, raw scales around what the frequency of a channel makes likely. */
    private String predictions(OnnxGraph g, String x, int count, int first) {
        int[] bias = new int[2 * count];
        for (int c = 0; c < count; c++) {
            double deviation = 40.0 / (1 + (first + c) / 3);
            bias[count + c] =
                    (int) (32 * 16 * Math.log(deviation / 0.11) / Math.log(2) * perOctave());
        }
        byte[] weights = weights(shape.context * 2 * count, 20);
        String raw = matMul(g, x, 0, weights, shape.context, 2 * count);
        return g.op("Add", List.of(raw, g.ints(bias, 2L * count)));
    }

    /**
     * A 1 x 1 convolution without rounding: {@code [1, in, h, w]} to s32 {@code [1, h, w, out]}.
     */
    private static String matMul(
            OnnxGraph g, String x, int zeroIn, byte[] weights, int in, int out) {
        String last = g.op("Transpose", List.of(x), OnnxGraph.numbers("perm", 0, 2, 3, 1));
        String constant = g.bytes(OnnxGraph.INT8, weights, in, out);
        return g.op("MatMulInteger", List.of(last, constant, zero(g, zeroIn)));
    }

    private byte[] synthesis() {
        OnnxGraph g = new OnnxGraph();
        String coarse = g.input("coarse", OnnxGraph.UINT8, "1", "" + channels, "h", "w");
        String fine = g.input("fine", OnnxGraph.UINT8, "1", "" + channels, "h", "w");
        String x = g.op("Concat", List.of(coarse, fine), OnnxGraph.number("axis", 1));
        x = conv(g, x, 128, 2 * channels, shape.wide, 1, 0, 30, null);
        for (int i = 0; i < shape.blocks; i++) {
            x = block(g, x, shape.wide);
        }
        x = conv(g, x, 0, shape.wide, 4 * shape.fine, 1, 0, 40, null);
        x = shuffle(g, x);
        for (int i = 0; i < (shape.blocks + 1) / 2; i++) {
            x = block(g, x, shape.fine);
        }
        x = conv(g, x, 0, shape.fine, 192, 3, 128, 3, null);
        x = g.op("Transpose", List.of(x), OnnxGraph.numbers("perm", 0, 2, 3, 1));
        g.output("residual", x, OnnxGraph.UINT8, "1", "h2", "w2", "192");
        return g.model();
    }

    private byte[] linear() {
        OnnxGraph g = new OnnxGraph();
        String high = g.input("high", OnnxGraph.UINT8, "1", "" + channels, "h", "w");
        String low = g.input("low", OnnxGraph.UINT8, "1", "" + channels, "h", "w");
        byte[] weights = cosineWeights();
        String linear = matMul(g, high, 128, weights, channels, 768);
        g.output("linear-high", linear, OnnxGraph.INT32, "1", "h", "w", "768");
        linear = matMul(g, low, 0, weights, channels, 768);
        g.output("linear-low", linear, OnnxGraph.INT32, "1", "h", "w", "768");
        return g.model();
    }

    private String block(OnnxGraph g, String x, int width) {
        String inner = conv(g, x, 0, width, width, 3, 0, 40, null);
        inner = conv(g, inner, 0, width, width, 3, 128, 30, null);
        return add(g, x, 0, inner, 128, 0);
    }

    private static String shuffle(OnnxGraph g, String x) {
        return g.op(
                "DepthToSpace",
                List.of(x),
                OnnxGraph.number("blocksize", 2),
                OnnxGraph.text("mode", "CRD"));
    }

    private static String add(OnnxGraph g, String a, int zeroA, String b, int zeroB, int zero) {
        String one = g.floats(new float[] {1});
        return g.op(
                "QLinearAdd",
                List.of(a, one, zero(g, zeroA), b, one, zero(g, zeroB), one, zero(g, zero)));
    }

    /**
     * A convolution with random weights, scaled by a power of two so that outputs spread about so.
     */
    private String conv(
            OnnxGraph g,
            String x,
            int zeroIn,
            int in,
            int out,
            int kernel,
            int zeroOut,
            int spread,
            @Nullable String bias) {
        byte[] weights = weights(out * in * kernel * kernel, 63);
        double sum = 36.0 * 45 * Math.sqrt(in * kernel * kernel);
        float scale = (float) Math.pow(2, Math.rint(Math.log(spread / sum) / Math.log(2)));
        float[] scales = new float[out];
        Arrays.fill(scales, scale);
        int[] own = new int[out];
        for (int o = 0; o < out; o++) {
            own[o] = (int) ((random.nextInt(41) - 10) / scale);
        }
        String one = g.floats(new float[] {1});
        return g.op(
                "QLinearConv",
                List.of(
                        x,
                        one,
                        zero(g, zeroIn),
                        g.bytes(OnnxGraph.INT8, weights, out, in, kernel, kernel),
                        g.floats(scales, out),
                        g.bytes(OnnxGraph.INT8, new byte[out], out),
                        one,
                        zero(g, zeroOut),
                        bias == null ? g.ints(own, out) : bias),
                OnnxGraph.numbers("kernel_shape", kernel, kernel),
                OnnxGraph.numbers("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
    }

    private static String zero(OnnxGraph g, int value) {
        return g.bytes(OnnxGraph.UINT8, new byte[] {(byte) value});
    }

    private byte[] weights(int count, int most) {
        byte[] weights = new byte[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (byte) (random.nextInt(2 * most + 1) - most);
        }
        return weights;
    }

    // ---- the cosine transform

    /** Channel k is frequency k / 3, from low to high, of colour k % 3. */
    private double cosine(int channel, int colour, int y, int x) {
        if (channel % 3 != colour) {
            return 0;
        }
        List<int[]> frequencies = new ArrayList<>();
        for (int v = 0; v < 16; v++) {
            for (int u = 0; u < 16; u++) {
                frequencies.add(new int[] {v, u});
            }
        }
        frequencies.sort((a, b) -> Integer.compare(a[0] + a[1], b[0] + b[1]));
        int[] f = frequencies.get(channel / 3);
        return Math.cos((y + 0.5) * f[0] * Math.PI / 16)
                * Math.cos((x + 0.5) * f[1] * Math.PI / 16);
    }

    private byte[] cosineWeights() {
        byte[] weights = new byte[channels * 768];
        for (int o = 0; o < 768; o++) {
            for (int c = 0; c < channels; c++) {
                weights[c * 768 + o] =
                        (byte) Math.rint(63 * cosine(c, o / 256, o / 16 % 16, o % 16));
            }
        }
        return weights;
    }

    private byte[] analysis() {
        float[] weights = analysisWeights();
        OnnxGraph g = new OnnxGraph();
        String x = g.input("pixels", OnnxGraph.UINT8, "1", "3", "H", "W");
        x =
                g.op(
                        "Conv",
                        List.of(levels(g, x), g.floats(weights, channels, 3, 16, 16)),
                        OnnxGraph.numbers("kernel_shape", 16, 16),
                        OnnxGraph.numbers("strides", 16, 16));
        g.output("y", x, OnnxGraph.FLOAT, "1", "" + channels, "h", "w");
        return g.model();
    }

    /** The same transform, one half of it computed from each of the two inputs. */
    private byte[] fastAnalysis() {
        float[] weights = analysisWeights();
        float[] ofBlocks = new float[weights.length];
        float[] ofQuarters = new float[weights.length];
        for (int c = 0; c < channels; c++) {
            for (int o = 0; o < 768; o++) {
                int y = o / 16 % 16;
                int x = o % 16;
                int channel = (o / 256 * 4 + y % 4) * 4 + x % 4;
                float half = weights[c * 768 + o] / 2;
                ofBlocks[o * channels + c] = half;
                ofQuarters[((c * 48 + channel) * 4 + y / 4) * 4 + x / 4] = half;
            }
        }
        OnnxGraph g = new OnnxGraph();
        String quarters = g.input("quarters", OnnxGraph.UINT8, "1", "48", "hh", "ww");
        String blocks = g.input("blocks", OnnxGraph.UINT8, "1", "h", "w", "768");
        String first =
                g.op(
                        "Conv",
                        List.of(levels(g, quarters), g.floats(ofQuarters, channels, 48, 4, 4)),
                        OnnxGraph.numbers("kernel_shape", 4, 4),
                        OnnxGraph.numbers("strides", 4, 4));
        String second =
                g.op("MatMul", List.of(levels(g, blocks), g.floats(ofBlocks, 768, channels)));
        second = g.op("Transpose", List.of(second), OnnxGraph.numbers("perm", 0, 3, 1, 2));
        String y = g.op("Add", List.of(first, second));
        g.output("y", y, OnnxGraph.FLOAT, "1", "" + channels, "h", "w");
        return g.model();
    }

    private static String levels(OnnxGraph g, String bytes) {
        String x = g.op("Cast", List.of(bytes), OnnxGraph.number("to", OnnxGraph.FLOAT));
        return g.op("Sub", List.of(x, g.floats(new float[] {128})));
    }

    private float[] analysisWeights() {
        float[] weights = new float[768 * channels];
        for (int c = 0; c < channels; c++) {
            double norm = 0;
            for (int o = 0; o < 768; o++) {
                double basis = cosine(c, o / 256, o / 16 % 16, o % 16);
                weights[c * 768 + o] = (float) basis;
                norm += basis * basis;
            }
            for (int o = 0; o < 768; o++) {
                weights[c * 768 + o] /= (float) (norm * 63 / 64);
            }
        }
        return weights;
    }

    private byte[] hyperAnalysis() {
        OnnxGraph g = new OnnxGraph();
        String x = g.input("y", OnnxGraph.FLOAT, "1", "" + channels, "h", "w");
        x = g.op("Abs", List.of(x));
        x = strided(g, x, channels, hyperChannels);
        x = strided(g, x, hyperChannels, hyperChannels);
        g.output("z", x, OnnxGraph.FLOAT, "1", "" + hyperChannels, "zh", "zw");
        return g.model();
    }

    private String strided(OnnxGraph g, String x, int in, int out) {
        float[] weights = new float[out * in * 9];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (random.nextFloat() - 0.3f) / in;
        }
        return g.op(
                "Conv",
                List.of(x, g.floats(weights, out, in, 3, 3)),
                OnnxGraph.numbers("kernel_shape", 3, 3),
                OnnxGraph.numbers("strides", 2, 2),
                OnnxGraph.numbers("pads", 1, 1, 1, 1));
    }

    // ---- tables

    private interface Entry {
        int of(int quality, int column);
    }

    private static int[] perQuality(int columns, Entry entry) {
        int[] table = new int[100 * columns];
        for (int i = 0; i < table.length; i++) {
            table[i] = entry.of(i / columns + 1, i % columns);
        }
        return table;
    }

    private static double gain(int quality) {
        return Math.pow(2, (quality - 50) / 14.0);
    }

    /** Scale classes an octave. */
    private double perOctave() {
        return (shape.classes - 1) / OCTAVES;
    }

    private Map<String, int[]> tables() {
        Map<String, int[]> tables = new HashMap<>();
        tables.put(DecoderFile.QUALITY_BAND, perQuality(1, (q, c) -> q / 51));
        tables.put(
                DecoderFile.STEP,
                perQuality(channels, (q, c) -> (int) Math.rint(4096 * 64 / gain(q))));
        tables.put(
                DecoderFile.SCALE_OFFSET,
                perQuality(
                        channels, (q, c) -> (int) Math.rint(16 * perOctave() * (q - 50) / 14.0)));
        tables.put(
                DecoderFile.HYPER_BIAS,
                perQuality(shape.hyperWide, (q, c) -> (q - 50) * (c % 7 - 3) * 16));
        int[] bias = new int[768];
        int[] shift = new int[768];
        Arrays.fill(bias, 128 << 12);
        Arrays.fill(shift, 12);
        tables.put(DecoderFile.LINEAR_BIAS, bias);
        tables.put(DecoderFile.LINEAR_SHIFT, shift);
        double[] deviations = new double[shape.classes - 1];
        Arrays.setAll(deviations, i -> 0.11 * Math.pow(2, (i + 1) / perOctave()));
        distributions(
                tables, DecoderFile.LATENT_RANGE, DecoderFile.LATENT_FREQUENCY, deviations, 4);
        double[] hyper = new double[2 * hyperChannels];
        Arrays.setAll(hyper, i -> 2 + i % 5);
        distributions(tables, DecoderFile.HYPER_RANGE, DecoderFile.HYPER_FREQUENCY, hyper, 5);
        int[] absent = new int[2 * hyperChannels];
        Arrays.setAll(absent, i -> i % 7 - 2);
        tables.put(DecoderFile.HYPER_ABSENT, absent);
        return tables;
    }

    private static void distributions(
            Map<String, int[]> tables,
            String ranges,
            String frequencies,
            double[] deviations,
            int reachInDeviations) {
        int[] range = new int[2 * deviations.length];
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < deviations.length; i++) {
            double deviation = deviations[i];
            int reach = (int) Math.ceil(reachInDeviations * deviation);
            range[2 * i] = -reach;
            range[2 * i + 1] = 2 * reach + 1;
            double[] weights = new double[2 * reach + 2];
            Arrays.setAll(weights, s -> Normal.mass(s - reach, deviation));
            weights[weights.length - 1] = 1e-4;
            Arrays.stream(Frequencies.quantise(weights)).forEach(all::add);
        }
        tables.put(ranges, range);
        tables.put(frequencies, all.stream().mapToInt(Integer::intValue).toArray());
    }
}
