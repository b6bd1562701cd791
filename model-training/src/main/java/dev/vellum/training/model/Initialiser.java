package dev.vellum.training.model;

import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * First values of the parameters.
 *
 * <p>The linear paths start as a 16x16 cosine transform of decorrelated colours, lowest frequencies
 * first, so that training starts from a working transform coder with useful prefixes and spends its
 * steps on what such a coder lacks. The other layers start as He et al. (arXiv 1502.01852) propose,
 * the last ones of each network smaller.
 */
public final class Initialiser {

    /** Canonical latent units in one unit of the orthonormal transform of 8-bit samples. */
    private static final double CANONICAL = 1.0 / 32;

    /** Gain of the highest quality; the lowest follows from the span of lambda. */
    private static final double HIGHEST_GAIN = 4;

    private final Architecture architecture;
    private final ParameterLayout layout;

    /** First values for {@code architecture}. */
    public Initialiser(Architecture architecture) {
        this.architecture = architecture;
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
        cosines(values);
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

    private void cosines(float[] values) {
        List<Basis> bases = bases();
        Parameter analysis = layout.parameter("analysis.linear.weight");
        Parameter synthesis = layout.parameter("synthesis.linear.weight");
        int samples = Architecture.LINEAR_CHANNELS;
        int latents = architecture.latents();
        for (int m = 0; m < latents; m++) {
            for (int sample = 0; sample < samples; sample++) {
                double value = bases.get(m).value(sample);
                values[analysis.offset() + m * samples + sample] =
                        (float) (value * 128 * CANONICAL);
                values[synthesis.offset() + sample * latents + m] =
                        (float) (value / CANONICAL / Scaling.LINEAR);
            }
        }
    }

    private void rates(float[] values) {
        List<Basis> bases = bases();
        for (ContextPass pass : architecture.passes()) {
            Parameter bias = layout.parameter(pass.scale().name() + ".bias");
            for (int c = 0; c < pass.channels(); c++) {
                double index = Density.index(bases.get(pass.firstChannel() + c).deviation());
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

    /** Two thirds of each group for brightness, a sixth for each colour difference. */
    private List<Basis> bases() {
        List<List<Basis>> planes = new ArrayList<>();
        for (int plane = 0; plane < 3; plane++) {
            List<Basis> sorted = new ArrayList<>();
            for (int v = 0; v < Architecture.CELL; v++) {
                for (int u = 0; u < Architecture.CELL; u++) {
                    sorted.add(new Basis(plane, v, u));
                }
            }
            sorted.sort(Comparator.comparingDouble(Basis::radius));
            planes.add(sorted);
        }
        List<Basis> chosen = new ArrayList<>();
        int[] next = new int[3];
        for (int channels : architecture.groups()) {
            int colour = channels / 6;
            int[] count = {channels - 2 * colour, colour, colour};
            for (int plane = 0; plane < 3; plane++) {
                for (int i = 0; i < count[plane]; i++) {
                    chosen.add(planes.get(plane).get(next[plane]++));
                }
            }
        }
        return chosen;
    }

    /** One function of the transform: a colour direction times a cosine in each direction. */
    private record Basis(int plane, int v, int u) {

        private static final double[][] COLOURS = {
            {Math.sqrt(1 / 3.0), Math.sqrt(1 / 3.0), Math.sqrt(1 / 3.0)},
            {Math.sqrt(1 / 2.0), 0, -Math.sqrt(1 / 2.0)},
            {Math.sqrt(1 / 6.0), -Math.sqrt(4 / 6.0), Math.sqrt(1 / 6.0)}
        };

        double radius() {
            return Math.hypot(u, v);
        }

        /** Typical amplitude in photographs, canonical units: amplitudes fall with frequency. */
        double deviation() {
            double brightness = radius() == 0 ? 40 : 14 / Math.pow(radius(), 1.3);
            return plane == 0 ? brightness : brightness / 4;
        }

        double value(int sample) {
            int cell = Architecture.CELL;
            int colour = sample / (cell * cell);
            int y = sample / cell % cell;
            int x = sample % cell;
            return COLOURS[plane][colour] * cosine(v, y) * cosine(u, x);
        }

        private static double cosine(int frequency, int position) {
            int n = Architecture.CELL;
            double norm = Math.sqrt((frequency == 0 ? 1.0 : 2.0) / n);
            return norm * Math.cos(Math.PI * (2 * position + 1) * frequency / (2.0 * n));
        }
    }
}
