package dev.vellum.training.script;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Emits networks, layer by layer, in one of three arithmetics.
 *
 * <p>In {@link Arithmetic#INTEGER} every value is what the exported graph computes: activations are
 * rounded to 8 bits of a power-of-two scale and weights to integers within +-63, so that the sums
 * are exact in single precision and equal to the graph's 32-bit sums. Gradients pass the rounding
 * unchanged inside the representable range.
 */
final class NetworkScript {

    /** Limits of training in floating point over those of 8 bits: what still grows may. */
    private static final int ROOM = 4;

    /** How the layers compute. */
    enum Arithmetic {
        /** Floating point without limits: the encoder's networks. */
        PLAIN,
        /** Floating point, activations limited to what 8 bits will represent. */
        LIMITED,
        /** As {@link #PLAIN}, noting what rounding to 8 bits would cost. */
        MEASURED,
        /** The integers of the exported graphs, simulated. */
        INTEGER
    }

    /** How the weight scales of a layer are chosen. */
    enum WeightScale {
        /** One for each output channel. */
        FREE("0"),
        /** A power of two for each output channel. */
        POWER("1"),
        /** One power of two for the layer. */
        SHARED_POWER("2"),
        /** A power of two for each output channel; weights of 13 bits instead of 7. */
        WIDE_POWER("3");

        private final String code;

        WeightScale(String code) {
            this.code = code;
        }
    }

    /**
     * A tensor in the script.
     *
     * @param name of the variable
     * @param scale expression of its 8-bit step
     */
    record Value(String name, String scale) {}

    /** A convolution that runs in integers, with what its quantisation depends on. */
    record Quantised(Convolution convolution, String inputScale, WeightScale weightScale) {}

    private final ScriptWriter writer;
    private final Arithmetic arithmetic;
    private final ParameterLayout layout;
    private final List<String> activations;
    private final List<Quantised> quantised = new ArrayList<>();

    NetworkScript(Architecture architecture, ScriptWriter writer, Arithmetic arithmetic) {
        this.writer = writer;
        this.arithmetic = arithmetic;
        this.layout = new ParameterLayout(architecture);
        this.activations = architecture.activations();
    }

    /** The integer convolutions emitted so far, in order. */
    List<Quantised> quantised() {
        return quantised;
    }

    /** Expression of a parameter, shaped. */
    String parameter(String name) {
        Parameter parameter = layout.parameter(name);
        String shape =
                parameter.shape().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "torch.view(p[" + parameter.index() + "], [" + shape + "])";
    }

    /** Expression of the 8-bit step of an activation. */
    String scale(String activation) {
        int index = activations.indexOf(activation);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "activation: " + activation + " (expected: one of the architecture)");
        }
        return "scales[" + index + "]";
    }

    /** Emits {@code layers} on {@code input}. */
    Value layers(List<Layer> layers, Value input, WeightScale weightScale) {
        Value x = input;
        for (Layer layer : layers) {
            x =
                    switch (layer) {
                        case Convolution convolution -> activated(convolution, x, weightScale);
                        case Residual residual -> residual(residual, x, weightScale);
                        case Shuffle shuffle ->
                                new Value(
                                        call("torch.pixel_shuffle", x, shuffle.factor()),
                                        x.scale());
                        case Unshuffle unshuffle ->
                                new Value(
                                        call("torch.pixel_unshuffle", x, unshuffle.factor()),
                                        x.scale());
                    };
        }
        return x;
    }

    private String call(String function, Value x, int factor) {
        return writer.let(function + "(" + x.name() + ", " + factor + ")");
    }

    private Value residual(Residual residual, Value x, WeightScale weightScale) {
        Value first = activated(residual.first(), x, weightScale);
        Value second = activated(residual.second(), first, weightScale);
        return sum(residual.sum(), x, second);
    }

    /** Emits {@code relu(a + b)}. */
    Value sum(String activation, Value a, Value b) {
        String added = writer.let("torch.add(" + a.name() + ", " + b.name() + ")");
        return limited(added, activation, false);
    }

    /** Emits a convolution and its activation. */
    Value activated(Convolution convolution, Value x, WeightScale weightScale) {
        String sums = convolution(convolution, x, weightScale);
        return switch (convolution.output()) {
            case RELU -> limited(sums, convolution.name(), false);
            case SIGNED -> limited(sums, convolution.name(), true);
            case WIDE -> new Value(sums, "0.");
        };
    }

    /** Emits the limits (and the rounding) of an activation. */
    Value limited(String sums, String activation, boolean signed) {
        if (arithmetic == Arithmetic.PLAIN) {
            return new Value(signed ? sums : writer.let("torch.relu(" + sums + ")"), "0.");
        }
        int low = signed ? -128 : 0;
        if (arithmetic == Arithmetic.MEASURED) {
            String value = signed ? sums : writer.let("torch.relu(" + sums + ")");
            writer.line("errors.append((self).rounding_errors(" + value + ", " + low + "))");
            return new Value(value, "0.");
        }
        String scale = scale(activation);
        String limited =
                arithmetic == Arithmetic.LIMITED
                        ? "torch.hardtanh(%s, %d. * %s, %d. * %s)"
                                .formatted(sums, ROOM * low, scale, ROOM * (low + 255), scale)
                        : "torch.fake_quantize_per_tensor_affine(%s, %s, 0, %d, %d)"
                                .formatted(sums, scale, low, low + 255);
        return new Value(writer.let(limited), scale);
    }

    /** Emits a convolution without its activation. */
    String convolution(Convolution convolution, Value x, WeightScale weightScale) {
        return convolution(convolution, x, weightScale, parameter(convolution.name() + ".bias"));
    }

    /** Emits a convolution with a bias of its own. */
    String convolution(Convolution convolution, Value x, WeightScale weightScale, String bias) {
        String weight = parameter(convolution.name() + ".weight");
        int stride = convolution.stride();
        int padding = convolution.kernel() / 2;
        if (arithmetic == Arithmetic.INTEGER) {
            quantised.add(new Quantised(convolution, x.scale(), weightScale));
            return writer.let(
                    "(self).integer_convolution(%s, %s, %s, %d, %d, %s, %s)"
                            .formatted(
                                    x.name(),
                                    weight,
                                    bias,
                                    stride,
                                    padding,
                                    x.scale(),
                                    weightScale.code));
        }
        // a wide 3x3 convolution corrects a linear path: it need not be finer than its inputs
        if (convolution.output() == Layer.Output.WIDE && convolution.kernel() == 1) {
            return writer.let("(self).product(%s, %s, %s)".formatted(x.name(), weight, bias));
        }
        return writer.let(
                "(self).float_convolution(%s, %s, %s, %d, %d, half)"
                        .formatted(x.name(), weight, bias, stride, padding));
    }

    /** Emits the integers of a convolution: weights, weight scales, bias. */
    static String integers(Quantised quantised, String weight, String bias) {
        return "(self).quantised(%s, %s, %s, %s)"
                .formatted(weight, bias, quantised.inputScale(), quantised.weightScale().code);
    }
}
