package dev.vellum.training.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The hyper-analysis with 8-bit activations and weights, but for its last layer, which takes next
 * to no time: hyper-latents of some channels lie so close to each other, and to a half, that bytes
 * would round them all to another number.
 */
final class FastHyperAnalysis {

    /** Where ranges are looked at. */
    private static final int[] QUALITIES = {5, 25, 50, 80};

    /** Pictures that are looked at. */
    private static final int MOST = 8;

    /** Value of one level: the program compresses latents to bytes. */
    private static final float LEVEL = 1f / 16;

    private final Architecture architecture;
    private final FloatGraphs real;
    private final FastLayers layers;
    private final List<byte[]> graphs = new ArrayList<>();
    private final List<Raster> pictures;

    /** A hyper-analysis for activations as they occur in {@code pictures}. */
    FastHyperAnalysis(Weights weights, QualityRows rows, List<Raster> pictures)
            throws OrtException {
        this.architecture = weights.architecture();
        this.real = new FloatGraphs(weights);
        this.pictures = pictures.subList(0, Math.min(MOST, pictures.size()));
        for (int quality : QUALITIES) {
            graphs.add(real.transparentHyperAnalysis(rows.gains(quality)));
        }
        this.layers = new FastLayers(real, ActivationRanges.of(graphs, this.pictures));
    }

    /** The graph: {@code levels} u8 {@code [1, M, h, w]} to {@code z} f32. */
    byte[] graph() throws OrtException {
        return graph(offsets(graph(new float[architecture.hyperLatents()])));
    }

    private byte[] graph(float[] offsets) {
        OnnxGraph graph = new OnnxGraph();
        String latents = "" + architecture.latents();
        String levels = graph.input("levels", ElementType.U8, "1", latents, "h", "w");
        List<Layer> all = architecture.hyperAnalysis();
        FastLayers.Value x = layers.of(graph, all.subList(0, all.size() - 1), levels, LEVEL);
        Convolution last = (Convolution) all.getLast();
        String sums = real.convolution(graph, last, FastLayers.real(graph, x), 1);
        String added = graph.floats(offsets, 1, offsets.length, 1, 1);
        String z = graph.node("Add", List.of(sums, added));
        graph.output("z", z, ElementType.F32, "1", "" + offsets.length, "zh", "zw");
        return graph.model();
    }

    /**
     * By how much each channel of {@code fast} is too low on average: weights that were rounded.
     */
    private float[] offsets(byte[] fast) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        String name = ((Convolution) architecture.hyperAnalysis().getLast()).name();
        float[] offsets = new float[architecture.hyperLatents()];
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession whole = environment.createSession(fast, options)) {
                for (byte[] graph : graphs) {
                    try (OrtSession precise = environment.createSession(graph, options)) {
                        for (Raster picture : pictures) {
                            add(environment, precise, whole, picture, name, offsets);
                        }
                    }
                }
            }
        }
        for (int c = 0; c < offsets.length; c++) {
            offsets[c] /= graphs.size() * pictures.size();
        }
        return offsets;
    }

    private static void add(
            OrtEnvironment environment,
            OrtSession precise,
            OrtSession fast,
            Raster picture,
            String name,
            float[] offsets)
            throws OrtException {
        byte[] planes = picture.planes();
        long[] shape = {1, 3, picture.height(), picture.width()};
        try (OnnxTensor pixels = bytes(environment, planes, shape);
                OrtSession.Result real = precise.run(Map.of("pixels", pixels))) {
            OnnxTensor gained = (OnnxTensor) real.get(FloatGraphs.GAINED).orElseThrow();
            float[] wanted = floats(real, name);
            float[] latents = floats(real, FloatGraphs.GAINED);
            byte[] levels = new byte[latents.length];
            for (int i = 0; i < levels.length; i++) {
                float level = 128 + 128 * latents[i] / (32 + Math.abs(latents[i]));
                levels[i] = (byte) (int) Math.min(level + 0.5f, 255);
            }
            try (OnnxTensor input = bytes(environment, levels, gained.getInfo().getShape());
                    OrtSession.Result result = fast.run(Map.of("levels", input))) {
                float[] made = floats(result, "z");
                int cells = made.length / offsets.length;
                for (int i = 0; i < made.length; i++) {
                    offsets[i / cells] += (wanted[i] - made[i]) / cells;
                }
            }
        }
    }

    private static OnnxTensor bytes(OrtEnvironment environment, byte[] values, long[] shape)
            throws OrtException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(values.length).put(values).flip();
        return OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8);
    }

    private static float[] floats(OrtSession.Result result, String name) {
        FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
