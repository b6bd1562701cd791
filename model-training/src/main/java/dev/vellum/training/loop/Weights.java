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

    /** Reads a file of named arrays. */
    public static Weights read(Path file) throws IOException {
        Safetensors file0 = Safetensors.read(file);
        Architecture architecture = Architecture.parse(file0.text("architecture"));
        ParameterLayout layout = new ParameterLayout(architecture);
        float[] parameters = new float[layout.size()];
        for (Parameter parameter : layout.parameters()) {
            Tensor tensor = file0.tensor(parameter.name());
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
        return new Weights(
                architecture,
                parameters,
                scales(file0.text("scales")),
                Long.parseLong(file0.text("steps")),
                Long.parseLong(file0.text("seconds")));
    }

    /** Writes a file of named arrays. */
    public void write(Path file, Precision precision) throws IOException {
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
        new Safetensors(metadata, tensors).write(file, precision);
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
