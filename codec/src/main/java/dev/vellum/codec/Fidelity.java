package dev.vellum.codec;

import dev.vellum.codec.metric.MultiScaleSimilarity;
import dev.vellum.codec.metric.PeakSignal;

/**
 * How close one picture is to another.
 *
 * @param psnr peak signal-to-noise ratio over all samples in dB, 100 for equal pictures
 * @param msSsim multi-scale structural similarity, mean over red, green and blue, 1 for equal
 *     pictures (five scales, 11-tap Gaussian of sigma 1.5; fewer scales below 176 pixels)
 * @param worstTile the least MS-SSIM of all tiles of about 128 x 128 pixels
 */
public record Fidelity(double psnr, double msSsim, double worstTile) {

    /**
     * Compares two pictures.
     *
     * @param a one
     * @param b the other
     * @return how close they are
     * @throws IllegalArgumentException if they differ in size
     */
    public static Fidelity between(Picture a, Picture b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException(
                    "size: %d x %d (expected: %d x %d)"
                            .formatted(b.width(), b.height(), a.width(), a.height()));
        }
        MultiScaleSimilarity.Result similarity =
                MultiScaleSimilarity.of(a.width(), a.height(), a.rgb(), b.rgb());
        return new Fidelity(
                PeakSignal.of(a.rgb(), b.rgb()), similarity.overall(), similarity.worstTile());
    }
}
