package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.Similarity.Closeness;

/**
 * How alike a variant must look.
 *
 * @param overall least MS-SSIM of the whole
 * @param worstTile least MS-SSIM of every tile of about 128 x 128 pixels
 */
public record Floor(double overall, double worstTile) {

    public Floor {
        if (!(overall >= 0 && overall < 1 && worstTile >= 0 && worstTile < 1)) {
            throw new IllegalArgumentException(
                    "overall, worstTile: %s, %s (expected: 0 to below 1)"
                            .formatted(overall, worstTile));
        }
    }

    /** Decibels above the floor, on the scale -10 log10(1 - MS-SSIM); negative below it. */
    double excess(Closeness closeness) {
        return Math.min(
                decibels(closeness.overall()) - decibels(overall),
                decibels(closeness.worstTile()) - decibels(worstTile));
    }

    /** At most 60, so that equal pictures have a number too. */
    private static double decibels(double similarity) {
        return -10 * Math.log10(Math.max(1e-6, 1 - similarity));
    }
}
