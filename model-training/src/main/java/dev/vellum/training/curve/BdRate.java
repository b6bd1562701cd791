package dev.vellum.training.curve;

import dev.vellum.training.curve.RdCurve.Point;
import java.util.List;
import java.util.Locale;

/**
 * Bjontegaard's rate difference: by how many per cent a codec's files are larger than another's at
 * equal distortion, on average over a range of distortions. Negative is better.
 *
 * <p>The logarithm of the rate is interpolated over the distortion ({@link MonotoneCubic}).
 */
public enum BdRate {
    /** PSNR from 28 to 38 dB. */
    PSNR(28, 38),
    /** MS-SSIM from 10 to 20 dB. */
    MS_SSIM(10, 20);

    private static final int LEAST_POINTS = 7;

    private final double low;
    private final double high;

    BdRate(double low, double high) {
        this.low = low;
        this.high = high;
    }

    /**
     * The difference of {@code curve} to {@code reference} in per cent.
     *
     * @throws IllegalArgumentException if {@code curve} has fewer than 7 points, either is not
     *     monotone, or they do not both cover the range
     */
    public double of(RdCurve curve, RdCurve reference) {
        if (curve.points().size() < LEAST_POINTS) {
            throw new IllegalArgumentException(
                    curve.name()
                            + ": "
                            + curve.points().size()
                            + " qualities (expected: at least "
                            + LEAST_POINTS
                            + ")");
        }
        requireCovered(curve);
        requireCovered(reference);
        return between(curve, reference, low, high);
    }

    private double between(RdCurve curve, RdCurve reference, double from, double to) {
        double a = interpolation(curve).integral(from, to);
        double b = interpolation(reference).integral(from, to);
        return 100 * Math.expm1((a - b) / (to - from));
    }

    private double distortion(Point point) {
        return switch (this) {
            case PSNR -> point.psnr();
            case MS_SSIM -> point.similarityDecibel();
        };
    }

    private double least(RdCurve curve) {
        return distortion(curve.points().getFirst());
    }

    private double most(RdCurve curve) {
        return distortion(curve.points().getLast());
    }

    private void requireCovered(RdCurve curve) {
        if (least(curve) > low || most(curve) < high) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%s: %s from %.2f to %.2f dB (expected: %.0f to %.0f covered)",
                            curve.name(),
                            this,
                            least(curve),
                            most(curve),
                            low,
                            high));
        }
    }

    private MonotoneCubic interpolation(RdCurve curve) {
        List<Point> points = curve.points();
        double[] x = points.stream().mapToDouble(this::distortion).toArray();
        double[] y = points.stream().mapToDouble(point -> Math.log(point.bpp())).toArray();
        for (int i = 1; i < x.length; i++) {
            if (!(x[i] > x[i - 1])) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "%s: %s falls from %.3f to %.3f dB between %.4f and %.4f bpp"
                                        + " (expected: a rising curve)",
                                curve.name(),
                                this,
                                x[i - 1],
                                x[i],
                                points.get(i - 1).bpp(),
                                points.get(i).bpp()));
            }
        }
        return new MonotoneCubic(x, y);
    }
}
