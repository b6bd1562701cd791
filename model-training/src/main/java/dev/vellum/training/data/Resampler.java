package dev.vellum.training.data;

/** Down-scaling with a triangle filter, without aliasing. */
final class Resampler {

    private Resampler() {}

    /**
     * A square of {@code side} samples of one plane from a square of {@code source} samples.
     *
     * @param plane samples, {@code width} a row
     * @param x left column of the source square
     * @param y top row of the source square
     * @param source side of the source square, at least {@code side}
     * @return {@code [side, side]}
     */
    static byte[] square(byte[] plane, int start, int width, int x, int y, int source, int side) {
        double factor = source / (double) side;
        int taps = (int) Math.ceil(2 * factor) + 1;
        int[] first = new int[side];
        float[] weights = new float[side * taps];
        filter(first, weights, source, side, taps);
        float[] columns = new float[source * side];
        for (int row = 0; row < source; row++) {
            int line = start + (y + row) * width + x;
            for (int i = 0; i < side; i++) {
                float sum = 0;
                for (int t = 0; t < taps; t++) {
                    int at = Math.clamp(first[i] + t, 0, source - 1);
                    sum += weights[i * taps + t] * (plane[line + at] & 255);
                }
                columns[row * side + i] = sum;
            }
        }
        byte[] result = new byte[side * side];
        for (int j = 0; j < side; j++) {
            for (int i = 0; i < side; i++) {
                float sum = 0.5f;
                for (int t = 0; t < taps; t++) {
                    int at = Math.clamp(first[j] + t, 0, source - 1);
                    sum += weights[j * taps + t] * columns[at * side + i];
                }
                result[j * side + i] = (byte) Math.clamp((int) sum, 0, 255);
            }
        }
        return result;
    }

    private static void filter(int[] first, float[] weights, int source, int side, int taps) {
        double factor = source / (double) side;
        for (int i = 0; i < side; i++) {
            double centre = (i + 0.5) * factor - 0.5;
            first[i] = (int) Math.ceil(centre - factor);
            double sum = 0;
            for (int t = 0; t < taps; t++) {
                sum += weight(first[i] + t - centre, factor);
            }
            for (int t = 0; t < taps; t++) {
                weights[i * taps + t] = (float) (weight(first[i] + t - centre, factor) / sum);
            }
        }
    }

    private static double weight(double distance, double factor) {
        return Math.max(0, 1 - Math.abs(distance) / factor);
    }
}
