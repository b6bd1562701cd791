package dev.vellum.training.loop;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.tensors.Safetensors;
import dev.vellum.training.tensors.Safetensors.Precision;
import dev.vellum.training.tensors.Safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A trained model without the optimiser's state: what travels and what is exported.
 *
 * @param architecture of the networks
 * @param parameters the flat array ({@link ParameterLayout})
 * @param scales 8-bit steps of {@link Architecture#activations()}
 * @param steps trained so far
 * @param seconds trained so far
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of weights, handed over and not copied
public record Weights(
        Architecture architecture, float[] parameters, double[] scales, long steps, long seconds) {

    /** Reads a file of named arrays, or the averaged parameters of a training's state. */
    public static Weights read(Path file) throws IOException {
        Safetensors stored = Safetensors.read(file);
        Architecture architecture = Architecture.parse(stored.text("architecture"));
        double[] scales = scales(stored.text("scales"));
        if (stored.tensors().containsKey(TrainingState.AVERAGE)) {
            return new Weights(
                    architecture,
                    stored.tensor(TrainingState.AVERAGE).values(),
                    scales,
                    Long.parseLong(stored.text("earlier")) + Long.parseLong(stored.text("step")),
                    Math.round(Double.parseDouble(stored.text("seconds"))));
        }
        return new Weights(
                architecture,
                parameters(file, stored, architecture),
                scales,
                Long.parseLong(stored.text("steps")),
                Long.parseLong(stored.text("seconds")));
    }

    private static float[] parameters(Path file, Safetensors stored, Architecture architecture)
            throws IOException {
        ParameterLayout layout = new ParameterLayout(architecture);
        float[] parameters = new float[layout.size()];
        for (Parameter parameter : layout.parameters()) {
            Tensor tensor = stored.tensor(parameter.name());
            if (!tensor.shape().equals(parameter.shape())) {
                throw new IOException(
                        file
                                + ": "
                                + parameter.name()
                                + " has shape "
                                + tensor.shape()
                                + " (expected: "
                                + parameter.shape()
                                + ")");
            }
            System.arraycopy(
                    tensor.values(), 0, parameters, parameter.offset(), parameter.length());
        }
        return parameters;
    }

    /** Writes a compressed file for keeping, a little coarser than half precision. */
    public void pack(Path file) throws IOException {
        tensors().pack(file);
    }

    /** Writes a file of named arrays. */
    public void write(Path file, Precision precision) throws IOException {
        tensors().write(file, precision);
    }

    private Safetensors tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : new ParameterLayout(architecture).parameters()) {
            float[] values =
                    Arrays.copyOfRange(
                            parameters,
                            parameter.offset(),
                            parameter.offset() + parameter.length());
            tensors.put(parameter.name(), new Tensor(parameter.shape(), values));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "vellum-weights-1");
        metadata.put("architecture", architecture.text());
        metadata.put("scales", scales(scales));
        metadata.put("steps", String.valueOf(steps));
        metadata.put("seconds", String.valueOf(seconds));
        return new Safetensors(metadata, tensors);
    }

    /** Numbers as text, separated by spaces. */
    static String scales(double[] scales) {
        return Arrays.stream(scales).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    /** The inverse of {@link #scales(double[])}. */
    static double[] scales(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }
}
