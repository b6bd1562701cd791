package dev.vellum.training.model;

/**
 * The density of quantised latents, in units of the quantisation step: a Gaussian, with a thin
 * logistic so that no value is impossible and gradients reach outliers, convolved with the uniform
 * density of the rounding.
 *
 * <p>The class index is logarithmic: {@code sigma = LOWEST * 2^(index * OCTAVES / (CLASSES - 1))}.
 */
public final class Density {

    /** Number of scale classes; class 0 is skipped, its symbols are 0. */
    public static final int CLASSES = 64;

    /** Sub-steps of a class in the integer arithmetic. */
    public static final int SUBSTEPS = 16;

    /** Standard deviation of class 0. */
    public static final double LOWEST = 0.11;

    /** Octaves between the first and the last class. */
    public static final double OCTAVES = 11.5;

    /** Octaves of one class. */
    public static final double OCTAVES_PER_CLASS = OCTAVES / (CLASSES - 1);

    /** Share of the logistic. */
    public static final double TAIL = 1.0 / 2048;

    /** Polynomial in t of the Chebyshev fit, lowest power first. */
    private static final double[] ERFC = {
        -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806,
        0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277
    };

    private Density() {}

    /** Standard deviation of a class. */
    public static double deviation(double index) {
        return LOWEST * Math.pow(2, index * OCTAVES_PER_CLASS);
    }

    /** Index whose {@link #deviation} is {@code deviation}. */
    public static double index(double deviation) {
        return Math.log(deviation / LOWEST) / Math.log(2) / OCTAVES_PER_CLASS;
    }

    /** Probability of {@code symbol} under class {@code index}. */
    public static double probability(int symbol, double index) {
        double sigma = deviation(index);
        double t = Math.abs((double) symbol);
        double k = Math.sqrt(0.5) / sigma;
        double gauss = 0.5 * (erfc((t - 0.5) * k) - erfc((t + 0.5) * k));
        double spread = tailSpread(sigma);
        double tail = logistic((0.5 - t) / spread) - logistic((-0.5 - t) / spread);
        return gauss * (1 - TAIL) + tail * TAIL;
    }

    /** Scale of the logistic beside a Gaussian of deviation {@code sigma}. */
    static double tailSpread(double sigma) {
        return 2 * sigma + 0.25;
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /**
     * Complementary error function, relative error below 1.2e-7 (Press et al., Numerical Recipes,
     * section 6.2: the Chebyshev fit).
     */
    static double erfc(double x) {
        double z = Math.abs(x);
        double t = 1 / (1 + 0.5 * z);
        double polynomial = 0;
        for (int i = ERFC.length - 1; i >= 0; i--) {
            polynomial = polynomial * t + ERFC[i];
        }
        double r = t * Math.exp(-z * z + polynomial);
        return x >= 0 ? r : 2 - r;
    }
}
