package dev.vellum.codec.net;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.net.GraphDescription.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph may hold, looked at before ONNX Runtime sees it: known operators only, and no more
 * work for a cell of 16 x 16 pixels than a model of its kind needs. A model file can thus waste
 * time and memory only within bounds, and reach nothing else.
 */
public enum GraphPurpose {

    /** Integers, whose results do not depend on the processor; 25,000 products a pixel. */
    DECODING(25_000),

    /** Also floating point; 80,000 products a pixel. */
    ENCODING(80_000);

    private static final Set<String> INTEGER =
            Set.of(
                    "Add",
                    "Concat",
                    "DepthToSpace",
                    "Identity",
                    "MatMulInteger",
                    "Mul",
                    "QLinearConv",
                    "Transpose",
                    "com.microsoft:QLinearAdd");

    private static final Set<String> FLOAT =
            Set.of(
                    "Abs",
                    "Cast",
                    "Conv",
                    "ConvTranspose",
                    "DequantizeLinear",
                    "Div",
                    "MatMul",
                    "QuantizeLinear",
                    "Relu",
                    "SpaceToDepth",
                    "Sub",
                    "Where");

    private static final int PIXELS_PER_CELL = 256;

    /** Twice as many channels with each would soon be too many. */
    private static final int MAX_CONCATENATIONS = 8;

    private static final int MAX_CHANNELS = 4096;

    /** Positions for each cell of the inputs that do not stand on the latent grid. */
    private static final Map<String, Double> POSITIONS =
            Map.of("z", 1.0 / 16, "quarters", 16.0, "pixels", 256.0, "residual-slope", 4.0);

    private final long limit;

    GraphPurpose(long limit) {
        this.limit = limit;
    }

    private boolean knows(String operator) {
        return INTEGER.contains(operator) || (this == ENCODING && FLOAT.contains(operator));
    }

    /**
     * Checks a graph.
     *
     * @throws CodecException.WrongModel if it holds anything else, or takes too much
     */
    void check(String name, byte[] onnx) throws CodecException.WrongModel {
        try {
            double products = products(GraphDescription.read(onnx)) / PIXELS_PER_CELL;
            if (!(products <= limit)) {
                throw new IllegalArgumentException(
                        "%.0f products a pixel (expected: at most %d)".formatted(products, limit));
            }
        } catch (IllegalArgumentException e) {
            throw new CodecException.WrongModel("graph " + name + ": " + e.getMessage());
        }
    }

    /** Products of a weight and a value that a graph takes for each cell. */
    private double products(GraphDescription graph) {
        Map<String, Double> positions = new HashMap<>();
        Map<String, List<Long>> constants = new HashMap<>(graph.constants());
        double products = 0;
        int concatenations = 0;
        for (Node node : graph.nodes()) {
            if (!knows(node.operator())) {
                throw new IllegalArgumentException(
                        "operator '" + node.operator() + "' (expected: a known one)");
            }
            if (node.operator().equals("Cast") && constants.containsKey(node.inputs().getFirst())) {
                constants.put(node.outputs().getFirst(), constants.get(node.inputs().getFirst()));
                continue;
            }
            concatenations += node.operator().equals("Concat") ? 1 : 0;
            if (concatenations > MAX_CONCATENATIONS) {
                throw new IllegalArgumentException("more than " + MAX_CONCATENATIONS + " Concat");
            }
            double here = 0;
            for (String input : node.inputs()) {
                if (!constants.containsKey(input)) {
                    double own = POSITIONS.getOrDefault(input, 1.0);
                    here = Math.max(here, positions.getOrDefault(input, own));
                }
            }
            here *= growth(node);
            products += here * weights(node, constants);
            for (String output : node.outputs()) {
                positions.put(output, here);
            }
        }
        return products;
    }

    private static double growth(Node node) {
        double factor = 1;
        for (long stride : node.numbers().getOrDefault("strides", List.of())) {
            factor /= positive(stride);
        }
        long block = positive(node.numbers().getOrDefault("blocksize", List.of(1L)).getFirst());
        return switch (node.operator()) {
            case "DepthToSpace" -> factor * block * block;
            case "SpaceToDepth" -> factor / block / block;
            default -> factor;
        };
    }

    /** Weights that are used at each position: all that the largest constant input holds. */
    private static double weights(Node node, Map<String, List<Long>> constants) {
        double most = 0;
        for (String input : node.inputs()) {
            double count = 1;
            for (long side : constants.getOrDefault(input, List.of(0L))) {
                count *= side;
            }
            most = Math.max(most, count);
        }
        return switch (node.operator()) {
            case "Conv", "ConvTranspose", "QLinearConv", "MatMul", "MatMulInteger" -> most;
            default -> {
                if (most > MAX_CHANNELS) {
                    throw new IllegalArgumentException(
                            "constant of %.0f numbers in %s (expected: at most %d)"
                                    .formatted(most, node.operator(), MAX_CHANNELS));
                }
                yield 0;
            }
        };
    }

    private static long positive(long value) {
        if (value < 1 || value > 1024) {
            throw new IllegalArgumentException(
                    "stride or block " + value + " (expected: 1 to 1024)");
        }
        return value;
    }
}
