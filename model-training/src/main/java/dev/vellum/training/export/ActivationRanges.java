package dev.vellum.training.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vellum.training.data.Raster;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How large the values inside a network become on real pictures: what 8 bits have to span.
 *
 * <p>Of each picture the largest magnitude counts that {@link #LEFT_OUT} of the values do not
 * exceed, of all pictures the largest.
 *
 * @param channels magnitudes by name of the value, one for each channel
 */
record ActivationRanges(Map<String, float[]> channels) {

    /** Share of the values that are left out, and clipped in 8 bits. */
    private static final double LEFT_OUT = 1e-4;

    private static final float LEAST = 1e-3f;

    /**
     * Runs graphs over pictures.
     *
     * @param graphs with the input {@code pixels}; every output, all {@code [1, C, h, w]}, is a
     *     value to be looked at
     */
    static ActivationRanges of(List<byte[]> graphs, List<Raster> pictures) throws OrtException {
        Map<String, float[]> channels = new HashMap<>();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            for (byte[] graph : graphs) {
                try (OrtSession session = environment.createSession(graph, options)) {
                    for (Raster picture : pictures) {
                        run(environment, session, picture, channels);
                    }
                }
            }
        }
        return new ActivationRanges(channels);
    }

    private static void run(
            OrtEnvironment environment,
            OrtSession session,
            Raster picture,
            Map<String, float[]> channels)
            throws OrtException {
        byte[] planes = picture.planes();
        ByteBuffer pixels = ByteBuffer.allocateDirect(planes.length).put(planes).flip();
        long[] shape = {1, 3, picture.height(), picture.width()};
        try (OnnxTensor input =
                        OnnxTensor.createTensor(environment, pixels, shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pixels", input))) {
            for (String name : session.getOutputNames()) {
                OnnxTensor value = (OnnxTensor) result.get(name).orElseThrow();
                int count = (int) value.getInfo().getShape()[1];
                float[] most = channels.computeIfAbsent(name, _ -> new float[count]);
                FloatBuffer values = value.getFloatBuffer();
                float[] plane = new float[values.remaining() / count];
                for (int c = 0; c < count; c++) {
                    values.get(plane);
                    most[c] = Math.max(most[c], magnitude(plane));
                }
            }
        }
    }

    private static float magnitude(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        Arrays.sort(values);
        return values[(int) ((values.length - 1) * (1 - LEFT_OUT))];
    }

    /** The magnitude of a value in the channel where it is largest. */
    float largest(String name) {
        float largest = LEAST;
        for (float channel : channel(name)) {
            largest = Math.max(largest, channel);
        }
        return largest;
    }

    /** The magnitude of a value, for each channel. */
    float[] each(String name) {
        float[] each = channel(name).clone();
        for (int c = 0; c < each.length; c++) {
            each[c] = Math.max(LEAST, each[c]);
        }
        return each;
    }

    private float[] channel(String name) {
        float[] channel = channels.get(name);
        if (channel == null) {
            throw new IllegalArgumentException("value " + name);
        }
        return channel;
    }
}
