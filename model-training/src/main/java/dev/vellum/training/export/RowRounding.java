package dev.vellum.training.export;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rounds the weights of one output so that what they make of real inputs changes least, not the
 * weights themselves: inputs are rounded one after the other, each with what the errors before it
 * leave to make up for (Frantar et al. 2022, arXiv 2210.17323, in the form of Babai's nearest
 * plane).
 *
 * <p>Squared errors are {@code (w - v) H (w - v)'} with {@code H = R'R} the second moments of the
 * inputs, so the last input in the triangle's order is free of the others.
 */
final class RowRounding {

    /** Places in the triangle, of the inputs with the least moments first. */
    private final int[] order;

    private final double damping;

    /** The lower triangle {@code L} of {@code H = LL'}, in {@link #order}. */
    private final double[][] lower;

    /**
     * A rounding for inputs of these moments.
     *
     * @param moments symmetric
     * @param share of the mean of its diagonal that is added to the diagonal
     */
    RowRounding(double[][] moments, double share) {
        int n = moments.length;
        this.order =
                IntStream.range(0, n)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> moments[i][i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += moments[i][i];
        }
        this.damping = share * trace / n + 1e-12;
        double[][] upper = new double[n][];
        for (int i = 0; i < n; i++) {
            upper[i] = new double[n];
            for (int j = i; j < n; j++) {
                upper[i][j] = moments[order[i]][order[j]];
            }
            upper[i][i] += damping;
        }
        this.lower = transposed(decomposed(upper));
    }

    /** What the diagonal has more than the moments. */
    double damping() {
        return damping;
    }

    /** Cholesky's decomposition in place, by rows of the upper triangle. */
    private static double[][] decomposed(double[][] upper) {
        int n = upper.length;
        for (int k = 0; k < n; k++) {
            double root = Math.sqrt(Math.max(upper[k][k], 1e-20));
            double[] row = upper[k];
            for (int j = k; j < n; j++) {
                row[j] /= root;
            }
            for (int i = k + 1; i < n; i++) {
                double factor = row[i];
                double[] other = upper[i];
                for (int j = i; j < n; j++) {
                    other[j] -= factor * row[j];
                }
            }
        }
        return upper;
    }

    private static double[][] transposed(double[][] upper) {
        int n = upper.length;
        double[][] lower = new double[n][];
        for (int i = 0; i < n; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                lower[i][j] = upper[j][i];
            }
        }
        return lower;
    }

    /** The weights {@code v} with {@code v H = product}. */
    double[] solved(double[] product) {
        int n = order.length;
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            double sum = product[order[i]];
            double[] row = lower[i];
            for (int j = 0; j < i; j++) {
                sum -= row[j] * x[j];
            }
            x[i] = sum / row[i];
        }
        for (int i = n - 1; i >= 0; i--) {
            double[] row = lower[i];
            x[i] /= row[i];
            double value = x[i];
            for (int j = 0; j < i; j++) {
                x[j] -= row[j] * value;
            }
        }
        double[] result = new double[n];
        for (int i = 0; i < n; i++) {
            result[order[i]] = x[i];
        }
        return result;
    }

    /**
     * Whole weights in units of {@code scale}.
     *
     * @param whole receives them, within {@code +-limit}
     * @return the squared error that they leave
     */
    double round(double[] weights, double scale, int limit, int[] whole) {
        int n = order.length;
        double[] before = new double[n];
        double error = 0;
        for (int j = n - 1; j >= 0; j--) {
            double[] row = lower[j];
            double wanted = weights[order[j]] / scale - before[j] / row[j];
            int chosen = (int) Math.clamp(Math.rint(wanted), -limit, limit);
            double off = chosen - weights[order[j]] / scale;
            whole[order[j]] = chosen;
            double along = (chosen - wanted) * row[j];
            error += along * along;
            for (int i = 0; i < j; i++) {
                before[i] += row[i] * off;
            }
        }
        return error * scale * scale;
    }
}
