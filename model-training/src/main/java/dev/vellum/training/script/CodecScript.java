package dev.vellum.training.script;

import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.ContextPass.Mask;
import dev.vellum.training.model.Density;
import dev.vellum.training.model.Lambda;
import dev.vellum.training.model.Layer;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.model.Scaling;
import dev.vellum.training.script.NetworkScript.Arithmetic;
import dev.vellum.training.script.NetworkScript.Quantised;
import dev.vellum.training.script.NetworkScript.Value;
import dev.vellum.training.script.NetworkScript.WeightScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes the whole training step of an {@link Architecture} as one self-contained TorchScript
 * class: forward pass, losses, gradients, optimiser. Whoever can load TorchScript can train with it
 * and needs no second definition of the networks.
 *
 * <p>Each method exists three times, {@code float}, {@code linear} and {@code integer}: in floating
 * point with activations limited to what 8 bits will represent, wholly and with the transforms'
 * linear paths alone, and in the integers of the exported graphs, simulated:
 *
 * <ul>
 *   <li>{@code step_*(parameters, first, second, average, trainable, scales, pixels, quality,
 *       noise, keep, options, rates)} trains one step in place and returns the statistics and the
 *       norm of the gradient.
 *   <li>{@code gradient_*(parameters, scales, pixels, quality, noise, keep, options)} returns the
 *       gradient, and behind it the statistics.
 *   <li>{@code apply(parameters, first, second, average, trainable, gradients, rates, part)} moves
 *       a {@code part} ({@code [number, of]}) of the parameters along the mean of {@code
 *       gradients}, what {@code gradient_*} gave for equal parts of a batch: threads can share a
 *       step. It returns the norm of the gradient and the mean of the statistics.
 *   <li>{@code objective_*(parts, scales, pixels, quality, noise, keep, options)} returns loss and
 *       statistics: loss; bits per pixel, mean square error and MS-SSIM, each the mean of the
 *       samples that keep all groups; then the same three of every sample.
 *   <li>{@code codec_*} runs the networks on given table rows and returns bits, picture, penalty
 *       and the values in between. {@code codec_calibration} returns, instead of these, the mean
 *       square rounding errors of each activation under each of {@link #CANDIDATE_STEPS}.
 * </ul>
 *
 * <p>The methods that compute gradients take their numbers as f64 arrays and all parameters as one
 * array; the others take the parameters one by one, as {@code parts(parameters)} returns them.
 *
 * <p>{@code pixels} u8 [B,3,H,W]; {@code quality} f32 [B]; {@code noise} u8, one byte for each
 * latent and then for each hyper-latent; {@code keep} f32 [B, groups + groups of hyper-latents], 0
 * for what the decoder does not get; {@code scales} the 8-bit steps of {@link
 * Architecture#activations()}; {@code options} see {@link Option}.
 */
public final class CodecScript {

    /** Positions in {@code options}. */
    public enum Option {
        /** 1: convolutions in bfloat16 where that is harmless. */
        HALF,
        /** 1: the lowest scale class is skipped. */
        SKIP,
        /** 1: rounding instead of noise in the rate, for evaluation. */
        HARD,
        /** Share of MS-SSIM in the distortion. */
        SIMILARITY,
        /** Samples weigh {@code lambda^-balance}. */
        BALANCE,
        /**
         * What the missing amplitude of the Laplacian, squared, weighs beside the squared error.
         */
        CONTOURS
    }

    /** Binary exponents of the 8-bit steps that calibration compares, from large to small. */
    public static final List<Integer> CANDIDATE_STEPS =
            List.of(2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9);

    /** Side of the square of pixels of one cell of the residual. */
    private static final int RESIDUAL_CELL = 8;

    /** MS-SSIM's distortion times this weighs about as much as the mean square error. */
    private static final double SIMILARITY_WEIGHT = 2450;

    /** Share of the contours' amplitude that may be lacking at quality 1. */
    private static final double CONTOURS_LACKING = 0.5;

    /** Qualities over which that share falls to a third. */
    private static final double CONTOUR_FALL = 18;

    /** What a step is given beside parameters and rates. */
    private static final String BATCH =
            "scales: Tensor, pixels: Tensor, quality: Tensor, noise: Tensor, keep: Tensor,"
                    + " options: Tensor";

    private final Architecture architecture;
    private final ParameterLayout layout;
    private final StringBuilder methods = new StringBuilder();

    private CodecScript(Architecture architecture) {
        this.architecture = architecture;
        this.layout = new ParameterLayout(architecture);
    }

    /** Options for what files hold: single precision, skipped latents, rounding, no loss. */
    public static double[] promised() {
        return new double[] {0, 1, 1, 0, 0, 0};
    }

    /** The archive for {@code architecture}. */
    public static byte[] archive(Architecture architecture) {
        return ScriptArchive.of(source(architecture));
    }

    /** The methods' source, indented. */
    static String source(Architecture architecture) {
        CodecScript script = new CodecScript(architecture);
        script.methods
                .append(Primitives.arithmetic())
                .append(Primitives.densities())
                .append(Primitives.similarity())
                .append(Primitives.optimiser(script.layout, script.matrices()))
                .append(Primitives.components());
        script.leaves();
        script.rows();
        script.analysis(true);
        script.analysis(false);
        script.hyperAnalysis();
        script.codec("float", Arithmetic.LIMITED, true);
        script.codec("linear", Arithmetic.LIMITED, false);
        List<Quantised> quantised = script.codec("integer", Arithmetic.INTEGER, true);
        script.integers(quantised);
        script.codec("calibration", Arithmetic.MEASURED, true);
        for (String arithmetic : List.of("float", "linear", "integer")) {
            script.objective(arithmetic);
            script.step(arithmetic);
        }
        return script.methods.toString();
    }

    /** The parameters one by one, and the loss's gradient by each. */
    private void leaves() {
        String sizes =
                layout.parameters().stream()
                        .map(parameter -> String.valueOf(parameter.length()))
                        .collect(Collectors.joining(", "));
        ScriptWriter writer = new ScriptWriter("parts", "flat: Tensor", "List[Tensor]");
        writer.line("return torch.split_with_sizes(flat, [" + sizes + "], 0)");
        methods.append(writer.text());
        writer = new ScriptWriter("leaves", "flat: Tensor", "List[Tensor]");
        writer.line("all = annotate(List[Tensor], [])");
        writer.line("for part in (self).parts(flat):");
        writer.line("  all.append(torch.requires_grad_(torch.detach(part), True))");
        writer.line("return all");
        methods.append(writer.text());
    }

    private String anchors(String name) {
        Parameter parameter = layout.parameter(name);
        return "torch.view(p[%d], [%d, -1])".formatted(parameter.index(), Architecture.ANCHORS);
    }

    /** Table rows of each sample: gain, step, scale offset (classes), hyper bias, prior of z. */
    private void rows() {
        ScriptWriter writer =
                new ScriptWriter("rows", "p: List[Tensor], quality: Tensor", "List[Tensor]");
        writer.line("octaves = (self).interpolated(" + anchors("gain") + ", quality)");
        writer.line("gain = torch.exp2(octaves)");
        writer.line("step = torch.exp2(torch.neg(octaves))");
        writer.line("offset = torch.mul(octaves, " + 1 / Density.OCTAVES_PER_CLASS + ")");
        writer.line(
                "bias = (self).interpolated("
                        + anchors(architecture.hyperFirst().name() + ".bias")
                        + ", quality)");
        writer.line("location = (self).interpolated(" + anchors("z.location") + ", quality)");
        writer.line("spread = (self).interpolated(" + anchors("z.spread") + ", quality)");
        writer.line("return [gain, step, offset, bias, location, spread]");
        methods.append(writer.text());
        // what the exported integer tables hold
        methods.append(
                """
                  def integer_rows($self, rows: List[Tensor]) -> List[Tensor]:
                    step = torch.mul((self).rounded(torch.mul(rows[1], 262144.)), 3.814697265625e-06)
                    offset = torch.mul((self).rounded(torch.mul(rows[2], 16.)), 0.0625)
                    return [rows[0], step, offset, rows[3], rows[4], rows[5]]
                """
                        .replace("$self", ScriptArchive.SELF));
    }

    /** Encoder network: pixels to latents, wholly or by the linear path alone. */
    private void analysis(boolean nonlinear) {
        ScriptWriter writer =
                new ScriptWriter(
                        nonlinear ? "analysis" : "analysis_linear",
                        "p: List[Tensor], pixels: Tensor, half: bool",
                        "Tensor");
        NetworkScript network = new NetworkScript(architecture, writer, Arithmetic.PLAIN);
        Value linear =
                network.activated(
                        architecture.analysisLinear(),
                        centred(writer, Architecture.CELL),
                        WeightScale.FREE);
        if (nonlinear) {
            List<Layer> layers = architecture.analysis();
            Value cells = centred(writer, ((Layer.Unshuffle) layers.getFirst()).factor());
            Value deep = network.layers(layers.subList(1, layers.size()), cells, WeightScale.FREE);
            writer.line(
                    "return torch.add(%s, torch.to(%s, 6), alpha=%d)"
                            .formatted(linear.name(), deep.name(), Scaling.ANALYSIS));
        } else {
            writer.line("return " + linear.name());
        }
        methods.append(writer.text());
    }

    /** Emits pixels from -1 to 1, {@code [3*factor*factor, H/factor, W/factor]}. */
    private static Value centred(ScriptWriter writer, int factor) {
        String cells = "torch.to((self).unshuffled(pixels, " + factor + "), 6)";
        return new Value(writer.let("torch.sub(torch.mul(" + cells + ", 0.0078125), 1.)"), "0.");
    }

    private void hyperAnalysis() {
        ScriptWriter writer =
                new ScriptWriter(
                        "hyper_analysis", "p: List[Tensor], y: Tensor, half: bool", "Tensor");
        NetworkScript network = new NetworkScript(architecture, writer, Arithmetic.PLAIN);
        // large latents are compressed: their size matters less than their order of magnitude
        writer.line(
                "s = torch.mul(torch.div(y, torch.add(torch.mul(torch.abs(y), 0.03125), 1.)),"
                        + " 0.25)");
        Value z =
                network.layers(
                        architecture.hyperAnalysis(), new Value("s", "0."), WeightScale.FREE);
        writer.line("return torch.to(" + z.name() + ", 6)");
        methods.append(writer.text());
    }

    private List<Quantised> codec(String name, Arithmetic arithmetic, boolean nonlinear) {
        boolean integer = arithmetic == Arithmetic.INTEGER;
        String arguments =
                "p: List[Tensor], scales: List[float], pixels: Tensor, rows: List[Tensor], noise:"
                        + " Tensor, keep: Tensor, options: List[float]";
        String results = "Tuple[Tensor, Tensor, Tensor, List[Tensor]]";
        ScriptWriter writer = new ScriptWriter("cells_" + name, arguments, results);
        NetworkScript network = new NetworkScript(architecture, writer, arithmetic);
        int latents = architecture.latents();
        writer.line("errors = annotate(List[Tensor], [])");
        writer.line("half = torch.gt(options[0], 0.5)");
        writer.line("skip = torch.gt(options[1], 0.5)");
        writer.line("hard = torch.gt(options[2], 0.5)");
        for (String row : List.of("gain 0", "step 1", "offset 2")) {
            String[] parts = row.split(" ", -1);
            writer.line(
                    "%s = torch.view(rows[%s], [-1, %d, 1, 1])"
                            .formatted(parts[0], parts[1], latents));
        }
        writer.line(
                "y = (self).%s(p, pixels, half)"
                        .formatted(nonlinear ? "analysis" : "analysis_linear"));
        writer.line("z = (self).hyper_analysis(p, torch.mul(y, gain), half)");
        writer.line("yn = torch.zeros_like(y)");
        writer.line("zr = torch.hardtanh((self).rounded(z), -127., 127.)");
        writer.line("zk = " + keptHyper());
        writer.line(
                "likely = torch.round(torch.view(rows[4], [-1, %d, 1, 1]))"
                        .formatted(architecture.hyperLatents()));
        writer.line("zn = zr");
        writer.line("if torch.__not__(hard):");
        writer.line(
                "  n = torch.sub(torch.mul(torch.add(torch.to(noise, 6), 0.5), 0.00390625), 0.5)");
        writer.line("  parts = torch.split_with_sizes(n, [torch.numel(y), torch.numel(z)], 0)");
        writer.line("  yn = (self).like(parts[0], y)");
        writer.line("  zn = torch.add(z, (self).like(parts[1], z))");
        writer.line(
                "bits = torch.sum(torch.mul((self).hyper_bits(zn, rows[4], rows[5]), zk), [1, 2,"
                        + " 3])");
        // what a decoder without these channels takes instead
        writer.line("zr = torch.add(torch.mul(zr, zk), torch.mul(likely, torch.rsub(zk, 1.)))");
        Value features = hyperSynthesis(network, writer, integer);
        writer.line("one = torch.ones_like(torch.slice(y, 1, 0, 1))");
        writer.line("sum = torch.add(torch.cumsum(one, 2), torch.cumsum(one, 3))");
        writer.line("odd = torch.remainder(sum, 2.)");
        writer.line("even = torch.rsub(odd, 1.)");
        // cut once: the gradient of each further cut is a whole array
        for (String whole : List.of("y", "yn", "gain", "step", "offset")) {
            writer.line(
                    "%s_ = torch.split_with_sizes(%s, %s, 1)"
                            .formatted(whole, whole, architecture.groups()));
        }
        writer.line("penalty = torch.zeros_like(bits)");
        writer.line("trace = [zr]");
        List<String> groups = new ArrayList<>();
        String decoded = "";
        for (ContextPass pass : architecture.passes()) {
            String latent = pass(network, writer, pass, features, decoded, integer);
            if (pass.mask() == Mask.ODD) {
                groups.set(0, writer.let("torch.add(" + groups.get(0) + ", " + latent + ")"));
            } else {
                groups.add(latent);
            }
            decoded = writer.let("torch.cat([" + String.join(", ", groups) + "], 1)");
        }
        String picture =
                nonlinear
                        ? synthesis(network, writer, decoded, integer)
                        : linear(network, writer, decoded, integer);
        writer.line("trace.append(" + decoded + ")");
        String values = arithmetic == Arithmetic.MEASURED ? "errors" : "trace";
        writer.line("return (bits, " + picture + ", penalty, " + values + ")");
        methods.append(writer.text());
        ScriptWriter whole = new ScriptWriter("codec_" + name, arguments, results);
        whole.line(
                "bits, cells, penalty, values = (self).cells_"
                        + name
                        + "(p, scales, pixels, rows, noise, keep, options)");
        whole.line(
                "return (bits, (self).shuffled(cells, %d), penalty, values)"
                        .formatted(RESIDUAL_CELL));
        methods.append(whole.text());
        return network.quantised();
    }

    /** 1 for the hyper-latents that the decoder gets, {@code [B,Z,1,1]}. */
    private String keptHyper() {
        List<String> parts = new ArrayList<>();
        int column = architecture.groups().size();
        for (int channels : architecture.hyperGroups()) {
            parts.add(
                    "torch.expand(torch.view(torch.select(keep, 1, %d), [-1, 1, 1, 1]), [-1, %d, 1, 1])"
                            .formatted(column++, channels));
        }
        return "torch.cat([" + String.join(", ", parts) + "], 1)";
    }

    private Value hyperSynthesis(NetworkScript network, ScriptWriter writer, boolean integer) {
        Convolution first = architecture.hyperFirst();
        String weight = network.parameter(first.name() + ".weight");
        if (integer) {
            network.quantised().add(new Quantised(first, "1.", WeightScale.POWER));
        }
        String sums =
                writer.let(
                        integer
                                ? "(self).conditional_integer(zr, " + weight + ", rows[3])"
                                : "(self).conditional_float(zr, " + weight + ", rows[3], half)");
        return network.layers(
                architecture.hyperRest(),
                network.limited(sums, first.name(), false),
                WeightScale.POWER);
    }

    /** Emits one coding pass; returns the decoded latents of its group, 0 outside its mask. */
    private String pass(
            NetworkScript network,
            ScriptWriter writer,
            ContextPass pass,
            Value features,
            String decoded,
            boolean integer) {
        Value x = network.activated(pass.features(), features, WeightScale.POWER);
        if (pass.context().isPresent()) {
            // the program hands decoded latents to the network in units of 1/4
            String context =
                    integer
                            ? "torch.mul((self).floored(torch.mul(" + decoded + ", 4.)), 0.25)"
                            : decoded;
            String limited = writer.let("torch.hardtanh(" + context + ", -32., 31.75)");
            Value branch =
                    network.activated(
                            pass.context().get(), new Value(limited, "0.25"), WeightScale.POWER);
            x = network.sum(pass.sum(), branch, x);
        }
        for (Convolution hidden : pass.hidden()) {
            x = network.activated(hidden, x, WeightScale.POWER);
        }
        String mean = network.convolution(pass.mean(), x, WeightScale.SHARED_POWER);
        String scale = network.convolution(pass.scale(), x, WeightScale.SHARED_POWER);
        String entropy = Scaling.ENTROPY + ".";
        writer.line("m = torch.mul(" + mean + ", " + entropy + ")");
        writer.line("raw = torch.mul(" + scale + ", " + entropy + ")");
        if (integer) {
            writer.line(
                    "m = torch.mul((self).floored(torch.add(torch.mul(m, 64.), 0.5)), 0.015625)");
            writer.line(
                    "raw = torch.mul((self).floored(torch.add(torch.mul(raw, 16.), 0.5)), 0.0625)");
        }
        String group = "_[" + pass.group() + "]";
        writer.line("m = torch.hardtanh(m, -128., 127.984375)");
        writer.line("index = torch.add(raw, offset" + group + ")");
        if (integer) {
            writer.line("index = (self).floored(torch.add(index, 0.5))");
        }
        writer.line("free = index");
        writer.line("index = torch.hardtanh(free, 0., 63.)");
        writer.line("outside = torch.abs(torch.sub(free, torch.detach(index)))");
        writer.line("active = torch.ones_like(index)");
        writer.line("if skip:");
        writer.line("  active = torch.to(torch.ge(index, 0.5), 6)");
        String mask =
                switch (pass.mask()) {
                    case EVEN -> "even";
                    case ODD -> "odd";
                    case ALL -> "one";
                };
        writer.line(
                "kept = torch.mul(%s, torch.view(torch.select(keep, 1, %d), [-1, 1, 1, 1]))"
                        .formatted(mask, pass.group()));
        writer.line("r = torch.mul(torch.sub(y%s, m), gain%s)".formatted(group, group));
        writer.line("s = torch.mul(torch.mul((self).rounded(r), active), kept)");
        writer.line("shown = torch.add(r, yn" + group + ")");
        writer.line("if hard:");
        writer.line("  shown = s");
        writer.line("cost = torch.mul((self).latent_bits(shown, index), kept)");
        writer.line("if hard:");
        writer.line("  cost = torch.mul(cost, active)");
        writer.line("bits = torch.add(bits, torch.sum(cost, [1, 2, 3]))");
        writer.line(
                "penalty = torch.add(penalty, torch.sum(torch.mul(outside, "
                        + mask
                        + "), [1, 2, 3]))");
        if (integer) {
            // exact: symbol times step needs more than the 24 bits of single precision
            writer.line(
                    "wide = torch.mul(torch.mul(torch.to(s, 7), torch.to(step"
                            + group
                            + ", 7)), 64.)");
            writer.line(
                    "d = torch.mul(torch.to((self).floored(torch.add(wide, 0.5)), 6), 0.015625)");
        } else {
            writer.line("d = torch.mul(s, step" + group + ")");
        }
        writer.line("trace.append(m)");
        writer.line("trace.append(index)");
        writer.line("trace.append(s)");
        return writer.let(
                "torch.mul(torch.hardtanh(torch.add(m, d), -128., 127.984375), " + mask + ")");
    }

    private String synthesis(
            NetworkScript network, ScriptWriter writer, String decoded, boolean integer) {
        String coarse = decoded;
        String fine = decoded;
        if (integer) {
            coarse = writer.let("(self).floored(torch.add(" + decoded + ", 0.5))");
            fine =
                    writer.let(
                            "torch.mul((self).floored(torch.add(torch.mul("
                                    + decoded
                                    + ", 16.), 0.5)), 0.0625)");
        }
        String type = integer ? "6" : "torch.add(torch.mul(int(half), 9), 6)";
        String planes =
                writer.let(
                        ("torch.cat([torch.to(torch.mul(torch.hardtanh(%s, -128., 127.), 0.0625),"
                                        + " %s), torch.to(torch.hardtanh(%s, -8., 7.9375), %s)], 1)")
                                .formatted(coarse, type, fine, type));
        Value residual =
                network.layers(
                        architecture.synthesis(),
                        new Value(
                                writer.let("torch.contiguous(" + planes + ", memory_format=2)"),
                                "0.0625"),
                        WeightScale.FREE);
        String levels =
                writer.let(
                        "torch.add(%s, torch.to(%s, 6))"
                                .formatted(
                                        linear(network, writer, decoded, integer),
                                        residual.name()));
        return integer
                ? writer.let("torch.to((self).floored(torch.add(" + levels + ", 0.5)), 6)")
                : levels;
    }

    /** The linear path: 8-bit levels, {@code [192,2h,2w]} as the residual. */
    private String linear(
            NetworkScript network, ScriptWriter writer, String decoded, boolean integer) {
        Convolution convolution = architecture.synthesisLinear();
        if (integer) {
            String sums =
                    network.convolution(
                            convolution, new Value(decoded, "0.015625"), WeightScale.WIDE_POWER);
            return writer.let(
                    "torch.add(torch.mul((self).quartered(%s), %d.), 128.)"
                            .formatted(sums, Scaling.LINEAR));
        }
        // in the weights: what is done to whole pictures costs as much as a network's layer
        String weight = network.parameter(convolution.name() + ".weight");
        String bias = network.parameter(convolution.name() + ".bias");
        return writer.let(
                "(self).quartered((self).product(%s, torch.mul(%s, %d.), torch.add(torch.mul(%s, %d.), 128.)))"
                        .formatted(decoded, weight, Scaling.LINEAR, bias, Scaling.LINEAR));
    }

    /** The parameters that the optimiser may treat as matrices. */
    private List<Parameter> matrices() {
        return architecture.convolutions().stream()
                .filter(Convolution::orthogonal)
                .map(convolution -> layout.parameter(convolution.name() + ".weight"))
                .toList();
    }

    /** Weights, weight scales and biases of the integer convolutions, in the order of emission. */
    private void integers(List<Quantised> quantised) {
        ScriptWriter writer =
                new ScriptWriter(
                        "integers", "p: List[Tensor], scales: List[float]", "List[Tensor]");
        NetworkScript network = new NetworkScript(architecture, writer, Arithmetic.INTEGER);
        writer.line("all = annotate(List[Tensor], [])");
        for (Quantised one : quantised) {
            String name = one.convolution().name();
            String bias =
                    name.equals(architecture.hyperFirst().name())
                            ? "torch.zeros_like(torch.select("
                                    + network.parameter(name + ".bias")
                                    + ", 0, 0))"
                            : network.parameter(name + ".bias");
            writer.line(
                    "q = "
                            + NetworkScript.integers(
                                    one, network.parameter(name + ".weight"), bias));
            writer.line("all.append(q[0])");
            writer.line("all.append(q[1])");
            writer.line("all.append(q[2])");
        }
        writer.line("return all");
        methods.append(writer.text());
    }

    /** Names of the convolutions in the order of the method {@code integers}. */
    public static List<String> integerOrder(Architecture architecture) {
        return new CodecScript(architecture)
                .codec("integer", Arithmetic.INTEGER, true).stream()
                        .map(quantised -> quantised.convolution().name())
                        .toList();
    }

    private void objective(String arithmetic) {
        boolean integer = arithmetic.equals("integer");
        ScriptWriter writer =
                new ScriptWriter(
                        "objective_" + arithmetic,
                        "p: List[Tensor], scales: List[float], pixels: Tensor, quality: Tensor,"
                                + " noise: Tensor, keep: Tensor, options: List[float]",
                        "Tuple[Tensor, Tensor]");
        writer.line("rows = (self).rows(p, quality)");
        if (integer) {
            writer.line("rows = (self).integer_rows(rows)");
        }
        writer.line(
                "bits, cells, penalty, trace = (self).cells_"
                        + arithmetic
                        + "(p, scales, pixels, rows, noise, keep, options)");
        writer.line("area = torch.mul(torch.size(pixels, 2), torch.size(pixels, 3))");
        writer.line("bpp = torch.div(bits, area)");
        // distortion is counted in cells, as they come: a shuffle costs as much as a network's
        // layer
        writer.line(
                "original = torch.to((self).unshuffled(pixels, %d), 6)".formatted(RESIDUAL_CELL));
        writer.line("shown = torch.hardtanh(cells, 0., 255.)");
        // sums of fused squares: the gradient of a mean is one more whole array
        writer.line("count = torch.mul(area, 3)");
        writer.line(
                "error = torch.div(torch.sum(torch.mse_loss(shown, original, 0), [1, 2, 3]),"
                        + " count)");
        // samples beyond black and white still pull back
        writer.line(
                "excess = torch.div(torch.sum(torch.mse_loss(cells, torch.detach(shown), 0), [1, 2,"
                        + " 3]), count)");
        writer.line("mix = options[3]");
        writer.line("similarity = torch.ones_like(bpp)");
        writer.line("if torch.gt(mix, 0.):");
        writer.line("  coarse = torch.lt(options[2], 0.5)");
        writer.line("  if coarse:");
        writer.line(
                "    similarity = (self).similarity((self).half_size(original),"
                        + " (self).half_size(shown), True)");
        writer.line("  else:");
        writer.line(
                "    similarity = (self).similarity((self).shuffled(original, %d),"
                                .formatted(RESIDUAL_CELL)
                        + " (self).shuffled(shown, %d), False)".formatted(RESIDUAL_CELL));
        writer.line(
                String.format(
                        Locale.ROOT,
                        "dissimilarity = torch.mul(torch.rsub(similarity, 1.), %s)",
                        SIMILARITY_WEIGHT));
        writer.line(
                "distortion = torch.add(torch.mul(torch.add(error, torch.mul(excess, 0.1)),"
                        + " torch.sub(1., mix)), torch.mul(dissimilarity, mix))");
        writer.line(
                String.format(
                        Locale.ROOT,
                        "t = torch.mul(torch.sub(quality, 1.), %s)",
                        Math.log(Lambda.SPAN) / 99));
        // a cut picture counts as one of the lowest quality, lest what it lacks outweigh the rest
        writer.line(
                "complete = torch.select(keep, 1, %d)".formatted(architecture.groups().size() - 1));
        // the expectation of what a picture may have been is blurred: contours count, too, up to a
        // share of the original's
        writer.line("if torch.gt(options[5], 0.):");
        writer.line(
                String.format(
                        Locale.ROOT,
                        "  lacking = torch.mul(torch.exp(torch.mul(torch.mul(torch.sub(quality,"
                                + " 1.), complete), %s)),"
                                + " %s)",
                        -1 / CONTOUR_FALL,
                        CONTOURS_LACKING));
        writer.line("  wanted = torch.mul((self).contours(original), torch.rsub(lacking, 1.))");
        writer.line("  blur = torch.relu(torch.sub(wanted, (self).contours(shown)))");
        writer.line(
                "  distortion = torch.add(distortion, torch.mul(torch.mul(blur, blur),"
                        + " options[5]))");
        writer.line(
                String.format(
                        Locale.ROOT,
                        "weight = torch.mul(torch.exp(torch.mul(t, complete)), %s)",
                        Lambda.LOWEST));
        writer.line(
                String.format(
                        Locale.ROOT,
                        "balance = torch.exp(torch.mul(torch.sub(torch.mul(t, complete), %s),"
                                + " torch.neg(options[4])))",
                        Math.log(Lambda.SPAN) / 2));
        writer.line(
                "total = torch.add(torch.add(bpp, torch.mul(distortion, weight)),"
                        + " torch.mul(torch.div(penalty, area), 0.001))");
        writer.line("loss = torch.mean(torch.mul(total, balance))");
        writer.line("samples = torch.detach(torch.cat([bpp, error, similarity], 0))");
        writer.line(
                "means = torch.detach(torch.stack([loss, (self).mean_of(bpp, complete),"
                        + " (self).mean_of(error, complete), (self).mean_of(similarity,"
                        + " complete)], 0))");
        writer.line("return (loss, torch.cat([means, samples], 0))");
        methods.append(writer.text());
    }

    private void step(String arithmetic) {
        methods.append(
                """
                  def slopes_$name($self, parameters: Tensor, $batch) -> Tuple[List[Tensor], Tensor]:
                    torch.set_grad_enabled(True)
                    leaves = (self).leaves(parameters)
                    loss, statistics = (self).objective_$name(leaves, (self).numbers(scales), pixels, quality, noise, keep, (self).numbers(options))
                    g = (self).slopes(loss, leaves)
                    torch.set_grad_enabled(False)
                    return (g, statistics)
                  def gradient_$name($self, parameters: Tensor, $batch) -> Tensor:
                    g, statistics = (self).slopes_$name(parameters, scales, pixels, quality, noise, keep, options)
                    g.append(statistics)
                    return torch.cat(g, 0)
                  def step_$name($self, parameters: Tensor, first: Tensor, second: Tensor, average: Tensor, trainable: Tensor, $batch, rates: Tensor) -> Tensor:
                    g, statistics = (self).slopes_$name(parameters, scales, pixels, quality, noise, keep, options)
                    norm = (self).update(g, parameters, first, second, average, (self).numbers(trainable), (self).numbers(rates), 0, 1)
                    return torch.cat([torch.view(norm, [1]), statistics], 0)
                """
                        .replace("$self", ScriptArchive.SELF)
                        .replace("$batch", BATCH)
                        .replace("$name", arithmetic));
    }
}
