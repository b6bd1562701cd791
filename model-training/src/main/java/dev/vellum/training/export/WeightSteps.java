package dev.vellum.training.export;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;

/**
 * Rounds the weights of a layer to bytes in steps that the training's arithmetic will find again:
 * it takes the largest weight of an output, or of the layer, for 63 steps, or for 32 to 63 where
 * steps are powers of two.
 */
final class WeightSteps {

    private static final int LIMIT = 63;

    /** Least that the largest weight may be in steps that are powers of two. */
    private static final int HALF = 32;

    /** Weights this much larger than 63 steps are worth trying. */
    private static final double[] CLIPPED = {1, 1.06, 1.13, 1.2, 1.3, 1.4};

    /** What outputs share. */
    private enum Kind {
        FREE,
        POWER,
        SHARED_POWER
    }

    private final Kind kind;
    private final double most;

    private WeightSteps(Kind kind, double most) {
        this.kind = kind;
        this.most = most;
    }

    /**
     * The steps of a layer.
     *
     * @param inputStep of the bytes that it reads
     */
    static WeightSteps of(Architecture architecture, Convolution convolution, double inputStep) {
        if (convolution.output() == Output.WIDE) {
            // sums of means and scales keep a bit below what they are rounded to
            return new WeightSteps(Kind.SHARED_POWER, 0x1p-9 / inputStep);
        }
        boolean pixels =
                architecture.synthesis().stream().anyMatch(layer -> has(layer, convolution));
        return new WeightSteps(pixels ? Kind.FREE : Kind.POWER, Double.POSITIVE_INFINITY);
    }

    private static boolean has(Layer layer, Convolution convolution) {
        return switch (layer) {
            case Convolution one -> one.equals(convolution);
            case Residual residual ->
                    residual.first().equals(convolution) || residual.second().equals(convolution);
            case Shuffle _, Unshuffle _ -> false;
        };
    }

    /**
     * The weights of all outputs, whole numbers of steps.
     *
     * @param rows weights of each output
     * @param roundings of each output, or one for all
     */
    float[] round(double[][] rows, RowRounding[] roundings) {
        int inputs = rows[0].length;
        float[] result = new float[rows.length * inputs];
        double shared = kind == Kind.SHARED_POWER ? shared(rows, roundings) : 0;
        int[] whole = new int[inputs];
        for (int o = 0; o < rows.length; o++) {
            RowRounding rounding = roundings[Math.min(o, roundings.length - 1)];
            double step = kind == Kind.SHARED_POWER ? shared : best(rows[o], rounding);
            double _ = rounding.round(rows[o], step, LIMIT, whole);
            if (kind != Kind.SHARED_POWER) {
                raise(whole, kind == Kind.FREE ? LIMIT : HALF);
            }
            for (int i = 0; i < inputs; i++) {
                result[o * inputs + i] = (float) (whole[i] * step);
            }
        }
        return result;
    }

    /** The largest weight is what the step is found by. */
    private static void raise(int[] whole, int least) {
        int largest = 0;
        for (int i = 0; i < whole.length; i++) {
            largest = Math.abs(whole[i]) > Math.abs(whole[largest]) ? i : largest;
        }
        if (Math.abs(whole[largest]) < least) {
            whole[largest] = whole[largest] < 0 ? -least : least;
        }
    }

    private double best(double[] row, RowRounding rounding) {
        double peak = Math.max(peak(row), 1e-9);
        int[] whole = new int[row.length];
        double best = 0;
        double least = Double.POSITIVE_INFINITY;
        if (kind == Kind.FREE) {
            for (double clipped : CLIPPED) {
                double step = (float) (peak / LIMIT / clipped);
                double error = rounding.round(row, step, LIMIT, whole);
                if (error < least) {
                    least = error;
                    best = step;
                }
            }
            return best;
        }
        double first = power(peak);
        for (double step = first; step >= first / 8; step /= 2) {
            double error = rounding.round(row, step, LIMIT, whole);
            if (error < least) {
                least = error;
                best = step;
            }
        }
        return best;
    }

    private double shared(double[][] rows, RowRounding[] roundings) {
        double peak = 1e-9;
        for (double[] row : rows) {
            peak = Math.max(peak, peak(row));
        }
        int[] whole = new int[rows[0].length];
        double first = Math.min(most, power(peak));
        double best = first;
        double least = Double.POSITIVE_INFINITY;
        for (double step = first; step >= first / 4; step /= 2) {
            double error = 0;
            for (int o = 0; o < rows.length; o++) {
                RowRounding rounding = roundings[Math.min(o, roundings.length - 1)];
                error += rounding.round(rows[o], step, LIMIT, whole);
            }
            if (error < least) {
                least = error;
                best = step;
            }
        }
        return best;
    }

    /** The power of two of which {@code peak} takes 32 to 63. */
    private static double power(double peak) {
        return Math.scalb(1.0, (int) Math.ceil(Math.log(peak / LIMIT) / Math.log(2) - 1e-9));
    }

    private static double peak(double[] row) {
        double peak = 0;
        for (double weight : row) {
            peak = Math.max(peak, Math.abs(weight));
        }
        return peak;
    }
}
