package dev.vellum.training.loop;

import java.util.List;

/**
 * How a training goes: its length, its phases, its rates.
 *
 * @param steps of the whole training
 * @param samples crops in a batch
 * @param side of a crop
 * @param seed of everything random
 * @param learningRate highest learning rate
 * @param warmUp steps over which the learning rate rises from 0
 * @param plainSteps first steps, with the mean square error as only distortion
 * @param similarity share of MS-SSIM in the distortion afterwards, 0 to 1
 * @param balance samples weigh lambda to the power of minus this
 * @param contours weight of what contours lack, squared, beside the squared error
 * @param boundaries shares of the steps at which the phases behind the first begin, rising
 * @param decay share of the steps, the last ones, over which the learning rate falls
 * @param clip largest norm of a gradient
 * @param average decay of the exponential average of the parameters
 * @param linearSteps first steps, in which the transforms are their linear paths alone
 * @param orthogonal whether the matrices of the networks move along orthogonal directions
 */
public record Plan(
        long steps,
        int samples,
        int side,
        long seed,
        double learningRate,
        long warmUp,
        long plainSteps,
        double similarity,
        double balance,
        double contours,
        List<Double> boundaries,
        double decay,
        double clip,
        double average,
        long linearSteps,
        boolean orthogonal) {

    private static final double LOWEST_RATE = 0.01;
    private static final long CALIBRATION_STEPS = 1000;

    /** What differs from one part of a training to the next. */
    public enum Phase {
        /** Noise for the rate, straight-through rounding for the decoder's networks. */
        NOISE(false, false, false),
        /** Also the skip class, and samples that lose trailing groups. */
        DROPS(true, false, false),
        /** Also the integers of the exported graphs. */
        INTEGER(true, true, false),
        /** Only the transforms go on learning; everything that the entropy coder sees rests. */
        FROZEN(true, true, true);

        private final boolean drops;
        private final boolean integer;
        private final boolean frozen;

        Phase(boolean drops, boolean integer, boolean frozen) {
            this.drops = drops;
            this.integer = integer;
            this.frozen = frozen;
        }

        /** Whether the skip class is on and samples lose groups. */
        public boolean drops() {
            return drops;
        }

        /** Whether the decoder's networks compute in simulated integers. */
        public boolean integer() {
            return integer;
        }

        /** Whether the entropy networks and gains rest. */
        public boolean frozen() {
            return frozen;
        }
    }

    /** Checks the ranges. */
    public Plan {
        boundaries = List.copyOf(boundaries);
        if (steps < 1 || samples < 1 || boundaries.size() != Phase.values().length - 1) {
            throw new IllegalArgumentException(
                    "steps: "
                            + steps
                            + ", batch: "
                            + samples
                            + ", phases: "
                            + boundaries
                            + " (expected: positive, and three phase boundaries)");
        }
    }

    /** The phase of {@code step}, counted from 0. */
    public Phase phase(long step) {
        int passed = 0;
        for (double boundary : boundaries) {
            if (step >= Math.round(boundary * steps)) {
                passed++;
            }
        }
        return Phase.values()[passed];
    }

    /** Whether the 8-bit steps of activations are to be chosen before {@code step}. */
    public boolean calibrates(long step) {
        return step == 0
                || step == warmUp
                || (step > warmUp && step % CALIBRATION_STEPS == 0 && !phase(step).integer())
                || (step > 0 && phase(step) != phase(step - 1) && !phase(step).frozen())
                || (step == 0 && phase(step).integer());
    }

    /**
     * The learning rate of {@code step}: linear warm-up, then level, at last a cosine down to a
     * hundredth.
     */
    public double rate(long step) {
        double warm = warmUp == 0 ? 1 : Math.min(1, (step + 1.0) / warmUp);
        double level = 1 - decay;
        double progress = Math.max(0, step / (double) steps - level) / decay;
        double cosine = (1 + Math.cos(Math.PI * progress)) / 2;
        return learningRate * warm * (LOWEST_RATE + (1 - LOWEST_RATE) * cosine);
    }

    /** Whether the transforms are their linear paths alone in {@code step}. */
    public boolean linear(long step) {
        return step < linearSteps;
    }

    /** Share of MS-SSIM in the distortion of {@code step}. */
    public double similarity(long step) {
        return step < plainSteps ? 0 : similarity;
    }
}
