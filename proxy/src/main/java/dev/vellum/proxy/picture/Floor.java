package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.Similarity.Closeness;
import java.util.Optional;

/**
 * How alike a variant must look.
 *
 * @param overall least MS-SSIM of the whole
 * @param worstTile least MS-SSIM of every tile of about 128 x 128 pixels
 */
public record Floor(double overall, double worstTile) {

    /** What no lossy form reaches for fewer bytes. */
    private static final double LOSSLESS = 0.9995;

    public Floor {
        if (!(overall >= 0 && overall < 1 && worstTile >= 0 && worstTile < 1)) {
            throw new IllegalArgumentException(
                    "overall, worstTile: %s, %s (expected: 0 to below 1)"
                            .formatted(overall, worstTile));
        }
    }

    /**
     * The floor for a copy of a copy that has lost something already. Errors that have nothing to
     * do with each other add up, and 1 - MS-SSIM grows as they do.
     *
     * @return empty where nothing is left to lose
     */
    Optional<Floor> after(double lostOverall, double lostInWorstTile) {
        double most = overall + lostOverall;
        double mostInTile = worstTile + lostInWorstTile;
        return most < LOSSLESS && mostInTile < LOSSLESS
                ? Optional.of(new Floor(most, mostInTile))
                : Optional.empty();
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
