package dev.vellum.training.model;

import dev.vellum.training.model.ContextPass.Mask;
import dev.vellum.training.model.Layer.Convolution;
import dev.vellum.training.model.Layer.Output;
import dev.vellum.training.model.Layer.Residual;
import dev.vellum.training.model.Layer.Shuffle;
import dev.vellum.training.model.Layer.Unshuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Widths and depths of the codec's networks. Everything else follows: parameters, the training
 * step, the exported graphs.
 *
 * <pre>
 * pixels [3,H,W] --analysis--> y [M,H/16,W/16] --hyper-analysis--> z [Z,H/64,W/64]
 * z --hyper-synthesis--> features [K,H/16,W/16] --passes--> mean, scale index of each latent
 * y --synthesis--> pixels: a linear path (1x1, shuffle 16) plus a residual (blocks, shuffle 8)
 * </pre>
 *
 * @param groups latent channels of each group, in coding order; the first group takes two passes
 * @param hyperLatents channels Z of z
 * @param analysisWidth encoder channels at 1/8
 * @param analysisBlocks encoder residual blocks at 1/8
 * @param latentWidth encoder channels at 1/16
 * @param latentBlocks encoder residual blocks at 1/16
 * @param features hyper-features K
 * @param contextWidths hidden channels of each pass, one more than there are groups
 * @param coarseWidth decoder channels at 1/16
 * @param coarseBlocks decoder residual blocks at 1/16
 * @param fineWidth decoder channels at 1/8
 * @param fineBlocks decoder residual blocks at 1/8
 */
public record Architecture(
        List<Integer> groups,
        int hyperLatents,
        int analysisWidth,
        int analysisBlocks,
        int latentWidth,
        int latentBlocks,
        int features,
        List<Integer> contextWidths,
        int coarseWidth,
        int coarseBlocks,
        int fineWidth,
        int fineBlocks) {

    /** Points of the quality axis at which gains and biases are learned. */
    public static final int ANCHORS = 8;

    /** Parts of the hyper-latents that can be missing one by one, the last first. */
    public static final int HYPER_GROUPS = 4;

    /** Side of the square of pixels that one latent cell stands for. */
    public static final int CELL = 16;

    /** Channels that the residual output and the linear output hold for each of their cells. */
    public static final int RESIDUAL_CHANNELS = 3 * 8 * 8;

    /** See {@link #RESIDUAL_CHANNELS}. */
    public static final int LINEAR_CHANNELS = 3 * CELL * CELL;

    /** Checks the widths. */
    public Architecture {
        groups = List.copyOf(groups);
        contextWidths = List.copyOf(contextWidths);
        if (groups.isEmpty() || contextWidths.size() != groups.size() + 1) {
            throw new IllegalArgumentException(
                    "context-widths: "
                            + contextWidths.size()
                            + " (expected: one more than groups, "
                            + groups.size()
                            + ")");
        }
    }

    /** The shipped architecture. */
    public static Architecture shipped() {
        return new Architecture(
                List.of(32, 96, 192),
                64,
                128,
                2,
                192,
                2,
                96,
                List.of(64, 64, 96, 128),
                192,
                2,
                128,
                1);
    }

    /** A few thousand weights, for tests. */
    public static Architecture tiny() {
        return new Architecture(
                List.of(4, 6, 8), 4, 8, 1, 8, 1, 8, List.of(8, 8, 8, 8), 8, 1, 8, 1);
    }

    /** Reads what {@link #text()} wrote, or one of the names {@code shipped} and {@code tiny}. */
    public static Architecture parse(String text) {
        if (text.equals("shipped")) {
            return shipped();
        }
        if (text.equals("tiny")) {
            return tiny();
        }
        String[] parts = text.split(" ", -1);
        if (parts.length != 12) {
            throw new IllegalArgumentException(
                    "architecture: "
                            + text
                            + " (expected: 12 values, or one of the names shipped and tiny)");
        }
        return new Architecture(
                numbers(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]),
                Integer.parseInt(parts[6]),
                numbers(parts[7]),
                Integer.parseInt(parts[8]),
                Integer.parseInt(parts[9]),
                Integer.parseInt(parts[10]),
                Integer.parseInt(parts[11]));
    }

    /** The record's components in order, separated by spaces; lists by commas. */
    public String text() {
        return String.join(
                " ",
                join(groups),
                hyperLatents + " " + analysisWidth + " " + analysisBlocks,
                latentWidth + " " + latentBlocks + " " + features,
                join(contextWidths),
                coarseWidth + " " + coarseBlocks + " " + fineWidth + " " + fineBlocks);
    }

    private static String join(List<Integer> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
    }

    /** Latent channels M. */
    public int latents() {
        return groups.stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Channels of each part of the hyper-latents, in coding order. A decoder may get only the first
     * parts.
     */
    public List<Integer> hyperGroups() {
        int eighth = Math.max(1, hyperLatents / 8);
        int quarter = Math.max(1, hyperLatents / 4);
        return List.of(eighth, eighth, quarter, hyperLatents - 2 * eighth - quarter);
    }

    /** Pixels to latents, {@code [3,H,W] -> [M,H/16,W/16]}: the nonlinear part. */
    public List<Layer> analysis() {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Unshuffle(4));
        layers.add(new Convolution("analysis.down8", 48, analysisWidth, 3, 2, Output.RELU));
        blocks(layers, "analysis.block8", analysisWidth, analysisBlocks);
        layers.add(
                new Convolution("analysis.down16", analysisWidth, latentWidth, 3, 2, Output.RELU));
        blocks(layers, "analysis.block16", latentWidth, latentBlocks);
        layers.add(new Convolution("analysis.out", latentWidth, latents(), 3, 1, Output.WIDE));
        return layers;
    }

    /** Pixels to latents: the linear part, over the 768 samples of one cell. */
    public Convolution analysisLinear() {
        return new Convolution("analysis.linear", LINEAR_CHANNELS, latents(), 1, 1, Output.WIDE);
    }

    /** Gained latents to hyper-latents, {@code [M,h,w] -> [Z,h/4,w/4]}. */
    public List<Layer> hyperAnalysis() {
        return List.of(
                new Convolution("hyper-analysis.in", latents(), features, 3, 1, Output.RELU),
                new Convolution("hyper-analysis.down32", features, features, 3, 2, Output.RELU),
                new Convolution("hyper-analysis.out", features, hyperLatents, 3, 2, Output.WIDE));
    }

    /** First layer of the hyper-synthesis: its bias depends on the quality. */
    public Convolution hyperFirst() {
        return new Convolution("hyper.up32", hyperLatents, 4 * features, 3, 1, Output.RELU);
    }

    /** The layers behind {@link #hyperFirst()}, to the features at 1/16. */
    public List<Layer> hyperRest() {
        return List.of(
                new Shuffle(2),
                new Convolution("hyper.up16", features, 4 * features, 3, 1, Output.RELU),
                new Shuffle(2),
                new Convolution("hyper.out", features, features, 3, 1, Output.RELU));
    }

    /** The coding passes, in order. */
    public List<ContextPass> passes() {
        List<ContextPass> passes = new ArrayList<>();
        passes.add(pass(0, 0, 0, Mask.EVEN, 0));
        passes.add(pass(1, 0, 0, Mask.ODD, groups.get(0)));
        int first = groups.get(0);
        for (int group = 1; group < groups.size(); group++) {
            passes.add(pass(group + 1, group, first, Mask.ALL, first));
            first += groups.get(group);
        }
        return passes;
    }

    private ContextPass pass(int index, int group, int first, Mask mask, int context) {
        String name = "pass" + (index + 1);
        int width = contextWidths.get(index);
        int channels = groups.get(group);
        Output branch = context == 0 ? Output.RELU : Output.SIGNED;
        return new ContextPass(
                group,
                first,
                channels,
                mask,
                context == 0
                        ? Optional.empty()
                        : Optional.of(
                                new Convolution(name + ".context", context, width, 3, 1, branch)),
                new Convolution(name + ".features", features, width, 1, 1, branch),
                List.of(new Convolution(name + ".hidden", width, width, 1, 1, Output.RELU)),
                new Convolution(name + ".mean", width, channels, 1, 1, Output.WIDE),
                new Convolution(name + ".scale", width, channels, 1, 1, Output.WIDE));
    }

    /** Two planes of the latents to the residual, {@code [2M,h,w] -> [192,2h,2w]}. */
    public List<Layer> synthesis() {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Convolution("synthesis.in", 2 * latents(), coarseWidth, 1, 1, Output.RELU));
        blocks(layers, "synthesis.block16", coarseWidth, coarseBlocks);
        layers.add(new Convolution("synthesis.up8", coarseWidth, 4 * fineWidth, 1, 1, Output.RELU));
        layers.add(new Shuffle(2));
        blocks(layers, "synthesis.block8", fineWidth, fineBlocks);
        layers.add(
                new Convolution(
                        "synthesis.residual", fineWidth, RESIDUAL_CHANNELS, 3, 1, Output.SIGNED));
        return layers;
    }

    /** Latents to pixels: the linear part, {@code [M,h,w] -> [768,h,w]}. */
    public Convolution synthesisLinear() {
        return new Convolution("synthesis.linear", latents(), LINEAR_CHANNELS, 1, 1, Output.WIDE);
    }

    private static void blocks(List<Layer> layers, String name, int width, int count) {
        for (int i = 1; i <= count; i++) {
            layers.add(
                    new Residual(
                            new Convolution(name + "-" + i + ".a", width, width, 3, 1, Output.RELU),
                            new Convolution(
                                    name + "-" + i + ".b", width, width, 3, 1, Output.SIGNED)));
        }
    }

    /** Every convolution, in the order of the parameters. */
    public List<Convolution> convolutions() {
        List<Convolution> all = new ArrayList<>();
        all.add(analysisLinear());
        collect(all, analysis());
        collect(all, hyperAnalysis());
        all.addAll(decoderConvolutions());
        return all;
    }

    /** The convolutions that the decoder runs, in integers once exported. */
    public List<Convolution> decoderConvolutions() {
        List<Convolution> all = new ArrayList<>();
        all.add(hyperFirst());
        collect(all, hyperRest());
        for (ContextPass pass : passes()) {
            pass.context().ifPresent(all::add);
            all.add(pass.features());
            all.addAll(pass.hidden());
            all.add(pass.mean());
            all.add(pass.scale());
        }
        collect(all, synthesis());
        all.add(synthesisLinear());
        return all;
    }

    private static void collect(List<Convolution> all, List<Layer> layers) {
        for (Layer layer : layers) {
            switch (layer) {
                case Convolution convolution -> all.add(convolution);
                case Residual residual -> {
                    all.add(residual.first());
                    all.add(residual.second());
                }
                case Shuffle _, Unshuffle _ -> {}
            }
        }
    }

    /** Activations that are 8-bit integers once exported, in the order of the scales. */
    public List<String> activations() {
        List<String> names = new ArrayList<>();
        names.add(hyperFirst().name());
        activations(names, hyperRest());
        for (ContextPass pass : passes()) {
            pass.context().ifPresent(context -> names.add(context.name()));
            names.add(pass.features().name());
            if (pass.context().isPresent()) {
                names.add(pass.sum());
            }
            pass.hidden().forEach(hidden -> names.add(hidden.name()));
        }
        activations(names, synthesis());
        return names;
    }

    private static void activations(List<String> names, List<Layer> layers) {
        for (Layer layer : layers) {
            switch (layer) {
                case Convolution convolution -> names.add(convolution.name());
                case Residual residual -> {
                    names.add(residual.first().name());
                    names.add(residual.second().name());
                    names.add(residual.sum());
                }
                case Shuffle _, Unshuffle _ -> {}
            }
        }
    }
}
