package dev.vellum.training.model;

import dev.vellum.training.model.Layer.Convolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter lies in the one flat array that training works on.
 *
 * <p>One array makes the optimiser, the average and the checkpoint independent of the architecture.
 */
public final class ParameterLayout {

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private int size;

    /** Lays out the parameters of {@code architecture}. */
    public ParameterLayout(Architecture architecture) {
        String perQuality = architecture.hyperFirst().name();
        for (Convolution convolution : architecture.convolutions()) {
            int k = convolution.kernel();
            add(convolution.name() + ".weight", convolution.outputs(), convolution.inputs(), k, k);
            if (convolution.name().equals(perQuality)) {
                add(convolution.name() + ".bias", Architecture.ANCHORS, convolution.outputs());
            } else {
                add(convolution.name() + ".bias", convolution.outputs());
            }
        }
        add("gain", Architecture.ANCHORS, architecture.latents());
        add("z.location", Architecture.ANCHORS, architecture.hyperLatents());
        add("z.spread", Architecture.ANCHORS, architecture.hyperLatents());
    }

    private void add(String name, int... shape) {
        List<Integer> dimensions = new ArrayList<>();
        int length = 1;
        for (int dimension : shape) {
            dimensions.add(dimension);
            length *= dimension;
        }
        parameters.put(
                name,
                new Parameter(name, List.copyOf(dimensions), parameters.size(), size, length));
        size += length;
    }

    /** The parameters in order. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** The parameter called {@code name}. */
    public Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException(
                    "parameter: " + name + " (expected: one of the layout)");
        }
        return parameter;
    }

    /** Length of the flat array. */
    public int size() {
        return size;
    }

    /**
     * One named part of the flat array.
     *
     * @param shape dimensions, outermost first
     * @param index position among the parameters
     * @param offset first element
     * @param length number of elements
     */
    public record Parameter(String name, List<Integer> shape, int index, int offset, int length) {}
}
