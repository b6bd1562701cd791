package dev.vellum.training.export;

import dev.vellum.training.export.OnnxGraph.ElementType;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.List;

/**
 * A pass of the context model run backwards: from the slopes of costs by its raw predictions to
 * those by its context and its features, at the activations of the integer graph, which it goes on
 * from (see {@code EncoderFile.gradient}).
 */
final class PredictionGradientGraph {

    private final Architecture architecture;
    private final BackwardLayers backward;
    private final OnnxGraph graph;

    /** A graph whose layers {@code backward} turns around, in {@code graph}. */
    PredictionGradientGraph(Architecture architecture, BackwardLayers backward, OnnxGraph graph) {
        this.architecture = architecture;
        this.backward = backward;
        this.graph = graph;
    }

    /** What goes behind the integer graph of a pass with a context. */
    byte[] continuation(ContextPass pass, double hiddenScale) {
        Convolution context = pass.context().orElseThrow();
        String slope = backward.active(pass.sum(), hidden(pass, hiddenScale));
        graph.output(
                "context-change",
                backward.turned(context, slope),
                ElementType.F32,
                "1",
                "" + context.inputs(),
                "h",
                "w");
        graph.output(
                "features-change",
                backward.turned(pass.features(), slope),
                ElementType.F32,
                "1",
                "" + architecture.features(),
                "h",
                "w");
        return graph.continuation();
    }

    /** What goes behind the integer graph of the first pass. */
    byte[] hyperContinuation(ContextPass pass, double hiddenScale) {
        String own = backward.active(pass.features().name(), hidden(pass, hiddenScale));
        String others =
                graph.input(
                        "features-slope",
                        ElementType.F32,
                        "1",
                        "" + architecture.features(),
                        "h",
                        "w");
        String slope = graph.node("Add", List.of(backward.turned(pass.features(), own), others));
        for (Layer layer : architecture.hyperRest().reversed()) {
            slope =
                    switch (layer) {
                        case Convolution convolution ->
                                backward.turned(
                                        convolution, backward.active(convolution.name(), slope));
                        case Shuffle shuffle -> unshuffled(shuffle, slope);
                        case Residual _, Unshuffle _ ->
                                throw new IllegalArgumentException(layer + " in a hyper-synthesis");
                    };
        }
        Convolution first = architecture.hyperFirst();
        graph.output(
                "z-change",
                backward.turned(first, backward.active(first.name(), slope)),
                ElementType.F32,
                "1",
                "" + first.inputs(),
                "zh",
                "zw");
        return graph.continuation();
    }

    /** A shuffle backwards: a convolution of each channel that picks the places of its squares. */
    private String unshuffled(Shuffle shuffle, String slope) {
        int factor = shuffle.factor();
        int places = factor * factor;
        int channels = architecture.features();
        byte[] picks = new byte[channels * places * places];
        for (int i = 0; i < channels * places; i++) {
            picks[i * places + i % places] = 1;
        }
        String stored =
                graph.bytes(ElementType.S8, picks, (long) channels * places, 1, factor, factor);
        return graph.node(
                "Conv",
                List.of(slope, backward.floats(stored)),
                OnnxGraph.numbers("kernel_shape", factor, factor),
                OnnxGraph.numbers("strides", factor, factor),
                OnnxGraph.number("group", channels));
    }

    /** The slopes by the input of the first hidden layer. */
    private String hidden(ContextPass pass, double hiddenScale) {
        String raw =
                graph.input("raw-slope", ElementType.F32, "1", "h", "" + 2 * pass.channels(), "w");
        // the matrix stands [inputs, 2C]
        String rows = graph.node("MatMul", List.of(backward.matrix(pass.mean().name()), raw));
        String cells =
                graph.node("Transpose", List.of(rows), OnnxGraph.numbers("perm", 0, 2, 1, 3));
        // raw predictions are sums of products with bytes
        String slope =
                graph.node(
                        "Mul",
                        List.of(cells, graph.floats(new float[] {(float) (1 / hiddenScale)})));
        for (Convolution hidden : pass.hidden().reversed()) {
            slope = backward.turned(hidden, backward.active(hidden.name(), slope));
        }
        return slope;
    }
}
