package dev.vellum.training.export;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a layer gives for each of several pictures.
 *
 * @param channels of every map
 * @param maps one a picture
 */
record FeatureMaps(int channels, List<Map> maps) {

    /**
     * Values of one picture.
     *
     * @param values {@code [channels, height, width]}
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over within the export
    record Map(int height, int width, float[] values) {

        int cells() {
            return height * width;
        }
    }

    /** Each map changed in its own place of the list. */
    FeatureMaps each(int outputs, UnaryOperator<Map> change) {
        return new FeatureMaps(outputs, maps.stream().map(change).toList());
    }

    /** {@code max(0, a + b)}. */
    static FeatureMaps sum(FeatureMaps a, FeatureMaps b) {
        List<Map> sums = new ArrayList<>();
        for (int i = 0; i < a.maps.size(); i++) {
            float[] left = a.maps.get(i).values;
            float[] right = b.maps.get(i).values;
            float[] sum = new float[left.length];
            for (int j = 0; j < sum.length; j++) {
                sum[j] = Math.max(0, left[j] + right[j]);
            }
            sums.add(new Map(a.maps.get(i).height, a.maps.get(i).width, sum));
        }
        return new FeatureMaps(a.channels, sums);
    }

    /** {@code max(0, x)}. */
    FeatureMaps positive() {
        return each(
                channels,
                map -> {
                    float[] values = map.values.clone();
                    for (int i = 0; i < values.length; i++) {
                        values[i] = Math.max(0, values[i]);
                    }
                    return new Map(map.height, map.width, values);
                });
    }

    /** Rounded to bytes of one step, as the exported graphs round. */
    FeatureMaps rounded(double step, boolean signed) {
        float low = signed ? -128 : 0;
        float inverse = (float) (1 / step);
        return each(
                channels,
                map -> {
                    float[] values = new float[map.values.length];
                    for (int i = 0; i < values.length; i++) {
                        double level = Math.rint(map.values[i] * inverse);
                        values[i] = (float) (Math.clamp(level, low, low + 255) * step);
                    }
                    return new Map(map.height, map.width, values);
                });
    }

    /** {@code [C r r, h, w] -> [C, h r, w r]}, channels ordered (c, dy, dx). */
    FeatureMaps shuffled(int factor) {
        int outputs = channels / (factor * factor);
        return each(
                outputs,
                map -> {
                    float[] values = new float[map.values.length];
                    int width = map.width * factor;
                    for (int c = 0; c < channels; c++) {
                        int colour = c / (factor * factor);
                        int dy = c / factor % factor;
                        int dx = c % factor;
                        for (int y = 0; y < map.height; y++) {
                            int to = (colour * map.height * factor + y * factor + dy) * width + dx;
                            int from = (c * map.height + y) * map.width;
                            for (int x = 0; x < map.width; x++) {
                                values[to + x * factor] = map.values[from + x];
                            }
                        }
                    }
                    return new Map(map.height * factor, width, values);
                });
    }

    /** The maps side by side, {@code [channels, cells of all maps]}. */
    float[] joined() {
        int all = maps.stream().mapToInt(Map::cells).sum();
        float[] joined = new float[channels * all];
        int at = 0;
        for (Map map : maps) {
            for (int c = 0; c < channels; c++) {
                System.arraycopy(map.values, c * map.cells(), joined, c * all + at, map.cells());
            }
            at += map.cells();
        }
        return joined;
    }

    /** The inputs of a convolution at each place, {@code [channels * kernel * kernel, cells]}. */
    static float[] columns(Map map, int channels, int kernel) {
        if (kernel == 1) {
            return map.values;
        }
        int half = kernel / 2;
        float[] columns = new float[channels * kernel * kernel * map.cells()];
        int row = 0;
        for (int c = 0; c < channels; c++) {
            for (int dy = -half; dy <= half; dy++) {
                for (int dx = -half; dx <= half; dx++) {
                    int first = Math.max(0, -dx);
                    int count = map.width - Math.abs(dx);
                    for (int y = Math.max(0, -dy); y < map.height - Math.max(0, dy); y++) {
                        System.arraycopy(
                                map.values,
                                (c * map.height + y + dy) * map.width + first + dx,
                                columns,
                                row * map.cells() + y * map.width + first,
                                count);
                    }
                    row++;
                }
            }
        }
        return columns;
    }
}
