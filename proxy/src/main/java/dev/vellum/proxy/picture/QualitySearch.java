package dev.vellum.proxy.picture;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * Finds the least quality that meets a floor, in few trials: similarity in decibels is nearly a
 * straight line of quality, so each trial goes where the line through the best that failed and the
 * least that passed crosses the floor.
 */
final class QualitySearch {

    private static final int LONGEST_STEP = 30;

    private final int trials;
    private final long mostBytes;
    private final double typicalSlope;
    private final ToDoubleFunction<Trial> near;
    private final IntFunction<Optional<Trial>> attempt;

    /**
     * One trial.
     *
     * @param bytes length of the file
     * @param excess decibels above the floor; negative below it
     */
    record Trial(int quality, long bytes, double excess) {
        boolean passes() {
            return excess >= 0;
        }

        /** About how many bytes it would have taken without excess. */
        double atTheFloor() {
            return bytes * (1 - Haste.SHARE_PER_DECIBEL * excess);
        }
    }

    /**
     * A search.
     *
     * @param trials at most
     * @param mostBytes files beyond are of no use
     * @param typicalSlope decibels for each step of quality, until both sides are known
     * @param near excess, in decibels, that is not worth another trial after the one given
     * @param attempt tries a quality; empty stops the search
     */
    QualitySearch(
            int trials,
            long mostBytes,
            double typicalSlope,
            ToDoubleFunction<Trial> near,
            IntFunction<Optional<Trial>> attempt) {
        this.trials = trials;
        this.mostBytes = mostBytes;
        this.typicalSlope = typicalSlope;
        this.near = near;
        this.attempt = attempt;
    }

    /** The least quality that passed, if any did; within bytes or not. */
    Optional<Trial> run(int least, int guess, int most) {
        int quality = Math.clamp(guess, least, most);
        Optional<Trial> failed = Optional.empty(); // the highest
        Optional<Trial> passed = Optional.empty(); // the lowest
        Trial previous = null;
        double slope = typicalSlope;
        for (int i = 0; i < trials; i++) {
            Optional<Trial> tried = attempt.apply(quality);
            if (tried.isEmpty()) {
                break;
            }
            Trial trial = tried.get();
            double enough = near.applyAsDouble(trial);
            if (trial.passes()) {
                passed = tried;
                if (trial.excess() < enough) {
                    break;
                }
            } else {
                failed = tried;
                if (trial.bytes() > mostBytes) {
                    break; // more quality takes yet more bytes
                }
            }
            slope = previous == null ? typicalSlope : slope(previous, trial);
            previous = trial;
            int low = failed.map(other -> other.quality() + 1).orElse(least);
            int high = passed.map(other -> other.quality() - 1).orElse(most);
            if (low > high) {
                break;
            }
            int next =
                    failed.isPresent() && passed.isPresent()
                            ? between(failed.get(), passed.get(), enough / 2)
                            : trial.quality() + step(trial, slope, enough / 2);
            quality = Math.clamp(next, low, high);
        }
        return passed;
    }

    /**
     * Outward from the only side known; each step moves.
     *
     * @param aim excess to aim at: a little above the floor, so that the next trial passes
     */
    private static int step(Trial trial, double slope, double aim) {
        int step = (int) Math.round((aim - trial.excess()) / slope);
        return trial.passes()
                ? Math.clamp(step, -LONGEST_STEP, -1)
                : Math.clamp(step, 1, LONGEST_STEP);
    }

    /** Of two trials; at least a tenth of the typical one, or a step would be too long. */
    private double slope(Trial one, Trial other) {
        double slope = (other.excess() - one.excess()) / (other.quality() - one.quality());
        return Math.max(typicalSlope / 10, slope);
    }

    /** Where the line crosses, but a fifth of the way from either end at least: lines may bend. */
    private static int between(Trial failed, Trial passed, double aim) {
        double share = (aim - failed.excess()) / (passed.excess() - failed.excess());
        double width = passed.quality() - failed.quality();
        return (int) Math.round(failed.quality() + width * Math.clamp(share, 0.2, 0.8));
    }
}
