package dev.vellum.training.model;

/** One step of a network; every network is a list of these, applied in order. */
public sealed interface Layer {

    /**
     * A convolution with zero padding of {@code kernel / 2}.
     *
     * @param name unique in the architecture; names its parameters and its activation
     * @param inputs channels in
     * @param outputs channels out
     * @param kernel side of the square kernel, odd
     * @param stride 1 or 2
     * @param output what happens to the sums
     */
    record Convolution(String name, int inputs, int outputs, int kernel, int stride, Output output)
            implements Layer {

        /** Number of weights, bias not counted. */
        public int weights() {
            return inputs * outputs * kernel * kernel;
        }

        /** Whether the optimiser may make its steps orthogonal: not for first guesses that hold. */
        public boolean orthogonal() {
            return output != Output.WIDE;
        }
    }

    /**
     * {@code relu(x + second(first(x)))}.
     *
     * @param first ends in {@link Output#RELU}
     * @param second ends in {@link Output#SIGNED}
     */
    record Residual(Convolution first, Convolution second) implements Layer {

        /** Name of the activation behind the addition. */
        public String sum() {
            return second.name() + "/sum";
        }
    }

    /** {@code [C r r, H, W] -> [C, H r, W r]}, channels ordered (c, dy, dx). */
    record Shuffle(int factor) implements Layer {}

    /** {@code [C, H r, W r] -> [C r r, H, W]}, the inverse of {@link Shuffle}. */
    record Unshuffle(int factor) implements Layer {}

    /** What a convolution hands on. */
    enum Output {
        /** Negative sums become 0; unsigned 8 bits with zero point 0 in integer arithmetic. */
        RELU,
        /** Kept with its sign; unsigned 8 bits with zero point 128 in integer arithmetic. */
        SIGNED,
        /** Wide: single precision, or 32-bit integers. */
        WIDE
    }
}
