package dev.vellum.training.export;

/** Exact powers of two. */
final class Exponent {

    private Exponent() {}

    /** The {@code e} of {@code value = 2^e}; anything else is an error. */
    static int of(double value) {
        int exponent = Math.getExponent(value);
        if (Math.scalb(1.0, exponent) != value) {
            throw new IllegalStateException(value + " (expected: a power of two)");
        }
        return exponent;
    }
}
