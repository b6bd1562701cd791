package dev.vellum.training.curve;

/**
 * Piecewise cubic Hermite interpolation that keeps monotone data monotone (Fritsch and Carlson
 * 1980, with the harmonic mean slopes of Fritsch and Butland 1984 and three-point ends: PCHIP).
 */
final class MonotoneCubic {

    private final double[] x;
    private final double[] y;
    private final double[] slopes;

    /** Interpolates {@code y} over strictly rising {@code x}, at least three points. */
    MonotoneCubic(double[] x, double[] y) {
        this.x = x;
        this.y = y;
        this.slopes = slopes(x, y);
    }

    private static double[] slopes(double[] x, double[] y) {
        int n = x.length;
        double[] h = new double[n - 1];
        double[] d = new double[n - 1];
        for (int i = 0; i < n - 1; i++) {
            h[i] = x[i + 1] - x[i];
            d[i] = (y[i + 1] - y[i]) / h[i];
        }
        double[] m = new double[n];
        for (int i = 1; i < n - 1; i++) {
            if (d[i - 1] * d[i] > 0) {
                double a = 2 * h[i] + h[i - 1];
                double b = h[i] + 2 * h[i - 1];
                m[i] = (a + b) / (a / d[i - 1] + b / d[i]);
            }
        }
        m[0] = end(h[0], h[1], d[0], d[1]);
        m[n - 1] = end(h[n - 2], h[n - 3], d[n - 2], d[n - 3]);
        return m;
    }

    private static double end(double h0, double h1, double d0, double d1) {
        double slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
        if (Math.signum(slope) != Math.signum(d0)) {
            return 0;
        }
        if (Math.signum(d0) != Math.signum(d1) && Math.abs(slope) > 3 * Math.abs(d0)) {
            return 3 * d0;
        }
        return slope;
    }

    /** Integral from {@code from} to {@code to}, both within the data's range. */
    double integral(double from, double to) {
        double sum = 0;
        for (int i = 0; i < x.length - 1; i++) {
            double a = Math.max(from, x[i]);
            double b = Math.min(to, x[i + 1]);
            if (a < b) {
                // Simpson's rule is exact for cubics
                sum += (b - a) / 6 * (value(i, a) + 4 * value(i, (a + b) / 2) + value(i, b));
            }
        }
        return sum;
    }

    private double value(int i, double at) {
        double h = x[i + 1] - x[i];
        double t = (at - x[i]) / h;
        double u = 1 - t;
        return y[i] * (1 + 2 * t) * u * u
                + slopes[i] * h * t * u * u
                + y[i + 1] * t * t * (3 - 2 * t)
                - slopes[i + 1] * h * t * t * u;
    }
}
