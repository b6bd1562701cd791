package dev.vellum.training.model;

/**
 * Constant factors between what a last layer computes and what it stands for; powers of two, so
 * that integer arithmetic folds them into shifts. They let the optimiser's equal steps serve
 * quantities of different size.
 */
public final class Scaling {

    /** Latents, canonical units, for one unit of the analysis network's last layer. */
    public static final int ANALYSIS = 4;

    /** 8-bit levels for one unit of the linear synthesis path. */
    public static final int LINEAR = 16;

    /** Canonical units (means) or classes (scales) for one unit of a pass's last layers. */
    public static final int ENTROPY = 4;

    /** Fractional bits of a latent: integers are in units of 1/64. */
    public static final int LATENT_BITS = 6;

    /** Largest magnitude of a latent, canonical units. */
    public static final int LATENT_LIMIT = 128;

    /** Fractional bits of a dequantisation step beyond those of a latent. */
    public static final int STEP_BITS = 12;

    private Scaling() {}
}
