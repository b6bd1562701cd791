package dev.vellum.training.model;

import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.Random;

/**
 * First values of the parameters.
 *
 * <p>The linear paths start as the principal components of 16x16 cells, largest variance first, so
 * that training starts from a working transform coder with useful prefixes and spends its steps on
 * what such a coder lacks. The other layers start as He et al. (arXiv 1502.01852) propose, the last
 * ones of each network smaller.
 */
public final class Initialiser {

    /** Canonical latent units in one unit of the orthonormal transform of 8-bit samples. */
    private static final double CANONICAL = 1.0 / 32;

    /** Amplitude in most cells over the amplitude of all: edges are rare. */
    private static final double TYPICAL = 0.4;

    /** Gain of the highest quality; the lowest follows from the span of lambda. */
    private static final double HIGHEST_GAIN = 3;

    private final Architecture architecture;
    private final PrincipalComponents components;
    private final ParameterLayout layout;

    /** First values for {@code architecture}. */
    public Initialiser(Architecture architecture, PrincipalComponents components) {
        this.architecture = architecture;
        this.components = components;
        this.layout = new ParameterLayout(architecture);
    }

    /** The flat array of first values, drawn from {@code seed}. */
    public float[] parameters(long seed) {
        float[] values = new float[layout.size()];
        Random random = new Random(seed);
        for (Convolution convolution : architecture.convolutions()) {
            Parameter weight = layout.parameter(convolution.name() + ".weight");
            double deviation =
                    Math.sqrt(2.0 / (convolution.weights() / (double) convolution.outputs()))
                            * damping(convolution);
            for (int i = 0; i < weight.length(); i++) {
                values[weight.offset() + i] = (float) (random.nextGaussian() * deviation);
            }
        }
        transform(values);
        rates(values);
        return values;
    }

    private static double damping(Convolution convolution) {
        String name = convolution.name();
        if (name.equals("analysis.out") || name.equals("synthesis.residual")) {
            return 0.02;
        }
        if (name.endsWith(".mean") || name.endsWith(".scale")) {
            return 0.02;
        }
        return convolution.output() == Layer.Output.SIGNED ? 0.5 : 1;
    }

    private void transform(float[] values) {
        Parameter analysis = layout.parameter("analysis.linear.weight");
        Parameter synthesis = layout.parameter("synthesis.linear.weight");
        int samples = Architecture.LINEAR_CHANNELS;
        int latents = architecture.latents();
        for (int m = 0; m < latents; m++) {
            for (int sample = 0; sample < samples; sample++) {
                double value = components.vectors()[m * samples + sample];
                values[analysis.offset() + m * samples + sample] =
                        (float) (value * 128 * CANONICAL);
                values[synthesis.offset() + sample * latents + m] =
                        (float) (value / CANONICAL / Scaling.LINEAR);
            }
        }
    }

    private void rates(float[] values) {
        for (ContextPass pass : architecture.passes()) {
            Parameter bias = layout.parameter(pass.scale().name() + ".bias");
            for (int c = 0; c < pass.channels(); c++) {
                double variance = components.variances()[pass.firstChannel() + c];
                double index = Density.index(128 * CANONICAL * Math.sqrt(variance) * TYPICAL);
                values[bias.offset() + c] = (float) (index / Scaling.ENTROPY);
            }
        }
        Parameter gain = layout.parameter("gain");
        int latents = architecture.latents();
        double octaves = Math.log(Lambda.SPAN) / Math.log(2) / 2;
        for (int anchor = 0; anchor < Architecture.ANCHORS; anchor++) {
            double below = octaves * (1 - anchor / (Architecture.ANCHORS - 1.0));
            for (int m = 0; m < latents; m++) {
                values[gain.offset() + anchor * latents + m] =
                        (float) (Math.log(HIGHEST_GAIN) / Math.log(2) - below);
            }
        }
        Parameter spread = layout.parameter("z.spread");
        for (int i = 0; i < spread.length(); i++) {
            values[spread.offset() + i] = 0.5f;
        }
    }
}
