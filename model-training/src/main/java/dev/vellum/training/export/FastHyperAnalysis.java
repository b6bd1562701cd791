package dev.vellum.training.export;

import ai.onnxruntime.OrtException;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import java.util.ArrayList;
import java.util.List;

/**
 * The hyper-analysis with 8-bit activations and weights, but for its last layer, which takes next
 * to no time: hyper-latents of some channels lie so close to each other, and to a half, that bytes
 * would round them all to another number.
 */
final class FastHyperAnalysis {

    /** Where ranges are looked at. */
    private static final int[] QUALITIES = {5, 35, 65, 95};

    /** Value of one level: the program compresses latents to bytes. */
    private static final float LEVEL = 1f / 16;

    private final Architecture architecture;
    private final FloatGraphs real;
    private final FastLayers layers;

    /** A hyper-analysis for activations as they occur in {@code pictures}. */
    FastHyperAnalysis(Weights weights, QualityRows rows, List<Raster> pictures)
            throws OrtException {
        this.architecture = weights.architecture();
        this.real = new FloatGraphs(weights);
        List<byte[]> graphs = new ArrayList<>();
        for (int quality : QUALITIES) {
            graphs.add(real.transparentHyperAnalysis(rows.gains(quality)));
        }
        this.layers = new FastLayers(real, ActivationRanges.of(graphs, pictures));
    }

    /** The graph: {@code levels} u8 {@code [1, M, h, w]} to {@code z} f32. */
    byte[] graph() {
        OnnxGraph graph = new OnnxGraph();
        String latents = "" + architecture.latents();
        String levels = graph.input("levels", ElementType.U8, "1", latents, "h", "w");
        List<Layer> all = architecture.hyperAnalysis();
        FastLayers.Value x = layers.of(graph, all.subList(0, all.size() - 1), levels, LEVEL);
        Convolution last = (Convolution) all.getLast();
        String z = real.convolution(graph, last, FastLayers.real(graph, x), 1);
        String channels = "" + architecture.hyperLatents();
        graph.output("z", z, ElementType.F32, "1", channels, "zh", "zw");
        return graph.model();
    }
}
