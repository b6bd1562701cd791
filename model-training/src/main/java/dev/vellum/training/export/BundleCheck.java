package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vellum.codec.model.Cells;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Density;
import dev.vellum.training.model.Scaling;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import dev.vellum.training.script.CodecScript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the exported graphs in ONNX Runtime beside the training's simulation of them, on the same
 * latents, and compares every integer.
 */
public final class BundleCheck {

    private static final int ZERO = 128;
    private static final int LATENT_LIMIT = Scaling.LATENT_LIMIT << Scaling.LATENT_BITS;

    private final NDManager manager;
    private final CodecModule module;
    private final Weights weights;
    private final DecoderFile file;
    private final QualityRows rows;

    /** A check of {@code file}, made by {@code export}. */
    public BundleCheck(
            NDManager manager,
            CodecModule module,
            Weights weights,
            BundleExport export,
            DecoderFile file) {
        this.manager = manager;
        this.module = module;
        this.weights = weights;
        this.file = file;
        this.rows = export.rows();
    }

    /**
     * What was compared.
     *
     * @param values means and classes
     * @param different of these, how many were not equal
     * @param samples of the picture
     * @param differentSamples of these, how many were not equal
     */
    public record Outcome(long values, long different, long samples, long differentSamples) {}

    /** Compares for one picture, its sides multiples of 64, at one quality. */
    public Outcome run(Raster picture, int quality) throws OrtException {
        int h = picture.height() / 16;
        int w = picture.width() / 16;
        try (NDManager scope = manager.newSubManager();
                Graphs graphs = new Graphs(file)) {
            NDList trace = simulate(scope, picture, quality);
            Comparison comparison = new Comparison(graphs, quality, h, w);
            return comparison.run(trace);
        }
    }

    private NDList simulate(NDManager scope, Raster picture, int quality) {
        NDList tables = new NDList();
        int m = weights.architecture().latents();
        tables.add(row(scope, rows.gain(), m, quality, Math.scalb(1.0, -QualityRows.GAIN_BITS)));
        tables.add(row(scope, rows.step(), m, quality, Math.scalb(1.0, -QualityRows.STEP_BITS)));
        tables.add(row(scope, rows.offset(), m, quality, 1.0 / Density.SUBSTEPS));
        NDArray parameters = scope.create(weights.parameters());
        NDList real =
                module.call(
                        scope,
                        "rows",
                        module.parameters(parameters),
                        Argument.of(scope.create(new float[] {quality})));
        tables.add(real.get(3));
        tables.add(real.get(4));
        tables.add(real.get(5));
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        return module.call(
                scope,
                "codec_integer",
                module.parameters(parameters),
                Argument.of(weights.scales()),
                Argument.of(scope.create(ByteBuffer.wrap(picture.planes()), shape, DataType.UINT8)),
                Argument.of(tables),
                Argument.of(scope.zeros(new Shape(1), DataType.UINT8)),
                Argument.of(
                        scope.ones(
                                new Shape(
                                        1,
                                        weights.architecture().groups().size()
                                                + Architecture.HYPER_GROUPS))),
                Argument.of(CodecScript.promised()));
    }

    private static NDArray row(
            NDManager scope, int[] table, int columns, int quality, double unit) {
        float[] row = new float[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = (float) (table[(quality - 1) * columns + i] * unit);
        }
        return scope.create(row, new Shape(1, columns));
    }

    /** The decoder's integer arithmetic on one picture. */
    private final class Comparison {

        private final Graphs graphs;
        private final Manifest manifest = file.manifest();
        private final int quality;
        private final int h;
        private final int w;
        private final int[] latents;
        private long values;
        private long different;

        Comparison(Graphs graphs, int quality, int h, int w) {
            this.graphs = graphs;
            this.quality = quality;
            this.h = h;
            this.w = w;
            this.latents = new int[manifest.latentChannels() * h * w];
        }

        Outcome run(NDList trace) throws OrtException {
            // bits, picture and penalty come first, then hyper-latents, then three a pass
            float[] picture = trace.get(1).toFloatArray();
            float[] z = trace.get(3).toFloatArray();
            byte[] planes = new byte[z.length];
            for (int i = 0; i < z.length; i++) {
                planes[i] = (byte) (Integers.integer(z[i], ZERO - 1) + ZERO);
            }
            int k = manifest.hyperBiasChannels();
            int[] bias = new int[k];
            System.arraycopy(rows.bias(), (quality - 1) * k, bias, 0, k);
            Map<String, OnnxTensor> hyper = new HashMap<>();
            hyper.put("z", graphs.bytes(planes, manifest.hyperChannels(), h / 4, w / 4));
            hyper.put("bias", graphs.integers(bias, k));
            Result first = graphs.run(DecoderFile.HYPER, hyper, List.of("features", "raw"));
            byte[] features = first.bytes(0);
            for (int pass = 0; pass < manifest.passes().size(); pass++) {
                int[] raw =
                        pass == 0
                                ? first.integers(1)
                                : graphs.run(
                                                manifest.passes().get(pass).graph(),
                                                context(pass, features),
                                                List.of("raw"))
                                        .integers(0);
                pass(pass, raw, trace, 4 + 3 * pass);
            }
            long wrong = samples(picture);
            return new Outcome(values, different, picture.length, wrong);
        }

        private Map<String, OnnxTensor> context(int pass, byte[] features) throws OrtException {
            int channels = manifest.contextChannels(pass);
            byte[] context = new byte[channels * h * w];
            for (int i = 0; i < context.length; i++) {
                context[i] = (byte) Math.clamp((latents[i] >> 4) + ZERO, 0, 255);
            }
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put("features", graphs.bytes(features, manifest.featureChannels(), h, w));
            inputs.put("context", graphs.bytes(context, channels, h, w));
            return inputs;
        }

        private void pass(int index, int[] raw, NDList trace, int at) {
            Manifest.Pass pass = manifest.passes().get(index);
            float[] means = trace.get(at).toFloatArray();
            float[] classes = trace.get(at + 1).toFloatArray();
            float[] symbols = trace.get(at + 2).toFloatArray();
            int channels = manifest.groups().get(pass.group());
            int first = manifest.firstChannel(pass.group());
            int m = manifest.latentChannels();
            for (int i = 0; i < channels * h * w; i++) {
                int cell = i % (h * w);
                boolean odd = (cell / w + cell % w) % 2 == 1;
                if (pass.cells() == (odd ? Cells.EVEN : Cells.ODD)) {
                    continue;
                }
                int column = (quality - 1) * m + first + i / (h * w);
                int place = 2 * channels * cell + i / (h * w);
                int mean = rounded(raw[place], pass.meanShift());
                mean = Math.clamp(mean, -LATENT_LIMIT, LATENT_LIMIT - 1);
                int scale = rounded(raw[place + channels], pass.scaleShift());
                int own = Math.clamp((scale + rows.offset()[column] + 8) >> 4, 0, 63);
                values += 2;
                different += mean == means[i] * 64 ? 0 : 1;
                different += own == classes[i] ? 0 : 1;
                long step = rows.step()[column];
                long shift = (Integers.integer(symbols[i], 1 << 15) * step + (1 << 11)) >> 12;
                latents[first * h * w + i] =
                        Math.clamp(mean + shift, -LATENT_LIMIT, LATENT_LIMIT - 1);
            }
        }

        private static int rounded(int value, int shift) {
            return (value + (1 << shift >> 1)) >> shift;
        }

        private long samples(float[] picture) throws OrtException {
            int m = manifest.latentChannels();
            byte[][] planes = new byte[4][latents.length];
            for (int i = 0; i < latents.length; i++) {
                int v = latents[i];
                planes[0][i] = (byte) Math.clamp(((v + 32) >> 6) + ZERO, 0, 255);
                planes[1][i] = (byte) Math.clamp(((v + 2) >> 2) + ZERO, 0, 255);
                planes[2][i] = (byte) ((v >> 6) + ZERO);
                planes[3][i] = (byte) (v & 63);
            }
            Map<String, OnnxTensor> views = new HashMap<>();
            views.put("coarse", graphs.bytes(planes[0], m, h, w));
            views.put("fine", graphs.bytes(planes[1], m, h, w));
            Result residual = graphs.run(DecoderFile.SYNTHESIS, views, List.of("residual"));
            Map<String, OnnxTensor> parts = new HashMap<>();
            parts.put("high", graphs.bytes(planes[2], m, h, w));
            parts.put("low", graphs.bytes(planes[3], m, h, w));
            Result linear =
                    graphs.run(DecoderFile.LINEAR, parts, List.of("linear-high", "linear-low"));
            return different(picture, residual.bytes(0), linear.integers(0), linear.integers(1));
        }

        private long different(float[] picture, byte[] residual, int[] high, int[] low) {
            int[] shift = file.table(DecoderFile.LINEAR_SHIFT);
            int[] bias = file.table(DecoderFile.LINEAR_BIAS);
            int width = 16 * w;
            long count = 0;
            for (int i = 0; i < picture.length; i++) {
                int colour = i / (width * 16 * h);
                int y = i / width % (16 * h);
                int x = i % width;
                int channel = (colour * 16 + y % 16) * 16 + x % 16;
                int at = ((y / 16) * w + x / 16) * DecoderFile.BLOCK + channel;
                int part = (colour * 8 + y % 8) * 8 + x % 8;
                int fine = residual[((y / 8) * 2 * w + x / 8) * 192 + part] & 255;
                int down = shift[channel];
                int sum =
                        64 * high[at]
                                + low[at]
                                + bias[channel]
                                + ((fine - ZERO) << (down - manifest.residualShift()))
                                + (1 << (down - 1));
                int sample = Math.clamp(sum >> down, 0, 255);
                count += sample == Math.clamp(picture[i], 0, 255) ? 0 : 1;
            }
            return count;
        }
    }

    /** Outputs of a graph, in order. */
    private record Result(List<ByteBuffer> outputs) {

        byte[] bytes(int index) {
            byte[] bytes = new byte[outputs.get(index).remaining()];
            outputs.get(index).duplicate().get(bytes);
            return bytes;
        }

        int[] integers(int index) {
            IntBuffer buffer =
                    outputs.get(index).duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
            int[] integers = new int[buffer.remaining()];
            buffer.get(integers);
            return integers;
        }
    }

    /** The graphs of a file in ONNX Runtime. */
    private static final class Graphs implements AutoCloseable {

        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final Map<String, OrtSession> sessions = new HashMap<>();

        Graphs(DecoderFile file) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                for (Manifest.Pass pass : file.manifest().passes()) {
                    open(file, pass.graph(), options);
                }
                open(file, DecoderFile.SYNTHESIS, options);
                open(file, DecoderFile.LINEAR, options);
            }
        }

        private void open(DecoderFile file, String name, OrtSession.SessionOptions options)
                throws OrtException {
            sessions.put(name, environment.createSession(file.graph(name), options));
        }

        OnnxTensor bytes(byte[] values, int channels, int rows, int columns) throws OrtException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(values.length).put(values).flip();
            return OnnxTensor.createTensor(
                    environment,
                    buffer,
                    new long[] {1, channels, rows, columns},
                    OnnxJavaType.UINT8);
        }

        OnnxTensor integers(int[] values, int length) throws OrtException {
            return OnnxTensor.createTensor(
                    environment, IntBuffer.wrap(values), new long[] {length});
        }

        Result run(String name, Map<String, OnnxTensor> inputs, List<String> outputs)
                throws OrtException {
            OrtSession session = sessions.get(name);
            if (session == null) {
                throw new IllegalArgumentException("graph " + name);
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return new Result(
                        outputs.stream()
                                .map(output -> (OnnxTensor) result.get(output).orElseThrow())
                                .map(tensor -> copy(tensor.getByteBuffer()))
                                .toList());
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        }

        private static ByteBuffer copy(ByteBuffer buffer) {
            return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
        }

        @Override
        public void close() throws OrtException {
            for (OrtSession session : sessions.values()) {
                session.close();
            }
        }
    }
}
