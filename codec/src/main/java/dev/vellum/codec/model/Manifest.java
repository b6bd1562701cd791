package dev.vellum.codec.model;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.Segment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a decoder must know of its model besides graphs and tables: widths, the order in which
 * latents are coded, fixed-point shifts, and how far each graph looks.
 *
 * <p>Grids: the latents stand on {@code [h, w] = [ceil(H/16), ceil(W/16)]}, the hyper-latents on
 * {@code [ceil(h/4), ceil(w/4)]}.
 *
 * @param name of the model, for people; letters, digits, dots, dashes
 * @param latentChannels channels of the latents, the sum of all groups
 * @param hyperChannels channels of the hyper-latents
 * @param hyperBiasChannels length of one row of the table {@link DecoderFile#HYPER_BIAS}
 * @param featureChannels channels of the features that the hyper-synthesis hands to every pass
 * @param qualityBands number of sets of tables for the hyper-latents
 * @param scaleClasses number of scale classes, the skip class included
 * @param hyperHalo rows of the hyper grid that {@link DecoderFile#HYPER} sees above and below a row
 * @param synthesisHalo rows of the latent grid that {@link DecoderFile#SYNTHESIS} sees above and
 *     below a row
 * @param residualShift the step of the synthesis residual is 2<sup>-residualShift</sup> levels
 * @param hyperGroups channels of each group of hyper-latents, in the order of coding, at most 12
 * @param groups channels of each group of latents, in the order of coding
 * @param passes the passes in the order of coding; the first one's graph is {@link
 *     DecoderFile#HYPER}
 */
public record Manifest(
        String name,
        int latentChannels,
        int hyperChannels,
        int hyperBiasChannels,
        int featureChannels,
        int qualityBands,
        int scaleClasses,
        int hyperHalo,
        int synthesisHalo,
        int residualShift,
        List<Integer> hyperGroups,
        List<Integer> groups,
        List<Pass> passes) {

    /** Qualities 1 to 100; each has one row in every table that depends on quality. */
    public static final int QUALITIES = 100;

    private static final int MAX_CHANNELS = 1024;
    private static final int MAX_HYPER_GROUPS = Segment.FIRST_GROUP - Segment.FIRST_HYPER_GROUP;
    private static final int MAX_HALO = 64;

    /**
     * One pass of the context model: some cells of one group.
     *
     * @param graph the graph that gives the raw means and scales
     * @param group index of the group, from 0
     * @param cells which cells of the grid
     * @param meanShift right shift from raw means to 1/64 units, rounding half up
     * @param scaleShift right shift from raw scales to 1/16 scale classes, rounding half up
     * @param halo rows of the latent grid that the graph sees above and below a row
     */
    public record Pass(
            String graph, int group, Cells cells, int meanShift, int scaleShift, int halo) {}

    /** Checks that the parts fit together. */
    public Manifest {
        hyperGroups = List.copyOf(hyperGroups);
        groups = List.copyOf(groups);
        passes = List.copyOf(passes);
        require(name.matches("[A-Za-z0-9.-]{1,64}"), "name: " + name);
        requireSum("hyper groups", hyperGroups, hyperChannels);
        require(
                hyperGroups.size() <= MAX_HYPER_GROUPS,
                "hyper groups: " + hyperGroups.size() + " (expected: at most 12)");
        requireSum("groups", groups, latentChannels);
        require(
                !passes.isEmpty() && passes.getFirst().graph().equals(DecoderFile.HYPER),
                "first pass: (expected: graph " + DecoderFile.HYPER + ")");
        requireEachCellOnce(groups.size(), passes);
    }

    /** Index of the first channel of {@code group}. */
    public int firstChannel(int group) {
        return groups.subList(0, group).stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Channels of the context that the pass with this index is given: those of every earlier group,
     * and its own group's where an earlier pass has filled a part of it.
     */
    public int contextChannels(int pass) {
        int group = passes.get(pass).group();
        boolean begun = pass > 0 && passes.get(pass - 1).group() == group;
        return firstChannel(begun ? group + 1 : group);
    }

    /** Reads a manifest's text. */
    static Manifest parse(byte[] bytes) throws CodecException.WrongModel {
        ManifestText text = ManifestText.parse(bytes);
        text.number("vellum-decoder", 1, 1);
        List<Integer> hyperGroups = parseGroups("hyper-group", text);
        List<Integer> groups = parseGroups("group", text);
        List<Pass> passes = new ArrayList<>();
        for (List<String> line : text.takeAll("pass", 6)) {
            passes.add(parsePass(line));
        }
        try {
            Manifest manifest =
                    new Manifest(
                            text.word("name"),
                            text.number("latent-channels", 1, MAX_CHANNELS),
                            text.number("hyper-channels", 1, MAX_CHANNELS),
                            text.number("hyper-bias-channels", 1, 4 * MAX_CHANNELS),
                            text.number("feature-channels", 1, MAX_CHANNELS),
                            text.number("quality-bands", 1, QUALITIES),
                            text.number("scale-classes", 2, 256),
                            text.number("hyper-halo", 0, MAX_HALO),
                            text.number("synthesis-halo", 0, MAX_HALO),
                            text.number("residual-shift", 0, 8),
                            hyperGroups,
                            groups,
                            passes);
            text.end();
            return manifest;
        } catch (IllegalArgumentException e) {
            throw ManifestText.wrong("manifest: " + e.getMessage());
        }
    }

    /** The text that {@link #parse} reads. */
    byte[] text() {
        StringBuilder text = new StringBuilder();
        line(text, "vellum-decoder", 1);
        line(text, "name", name);
        line(text, "latent-channels", latentChannels);
        line(text, "hyper-channels", hyperChannels);
        line(text, "hyper-bias-channels", hyperBiasChannels);
        line(text, "feature-channels", featureChannels);
        line(text, "quality-bands", qualityBands);
        line(text, "scale-classes", scaleClasses);
        line(text, "hyper-halo", hyperHalo);
        line(text, "synthesis-halo", synthesisHalo);
        line(text, "residual-shift", residualShift);
        hyperGroups.forEach(channels -> line(text, "hyper-group", channels));
        groups.forEach(channels -> line(text, "group", channels));
        for (Pass pass : passes) {
            String cells = pass.cells.name().toLowerCase(Locale.ROOT);
            line(
                    text,
                    "pass",
                    pass.graph
                            + " "
                            + pass.group
                            + " "
                            + cells
                            + " "
                            + pass.meanShift
                            + " "
                            + pass.scaleShift
                            + " "
                            + pass.halo);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static List<Integer> parseGroups(String key, ManifestText text)
            throws CodecException.WrongModel {
        List<Integer> groups = new ArrayList<>();
        for (List<String> line : text.takeAll(key, 1)) {
            groups.add(ManifestText.number(key, line.getFirst(), 1, MAX_CHANNELS));
        }
        return groups;
    }

    private static Pass parsePass(List<String> words) throws CodecException.WrongModel {
        Cells cells =
                switch (words.get(2)) {
                    case "all" -> Cells.ALL;
                    case "even" -> Cells.EVEN;
                    case "odd" -> Cells.ODD;
                    default -> throw ManifestText.wrong("pass cells: '" + words.get(2) + "'");
                };
        return new Pass(
                words.get(0),
                ManifestText.number("pass group", words.get(1), 0, MAX_CHANNELS),
                cells,
                ManifestText.number("pass mean shift", words.get(3), 0, 30),
                ManifestText.number("pass scale shift", words.get(4), 0, 30),
                ManifestText.number("pass halo", words.get(5), 0, MAX_HALO));
    }

    /** Groups in order, each either in one pass over all cells or in even cells, then odd ones. */
    private static void requireEachCellOnce(int groups, List<Pass> passes) {
        List<String> expected = new ArrayList<>();
        List<String> given = new ArrayList<>();
        for (Pass pass : passes) {
            given.add(pass.group() + " " + pass.cells());
        }
        for (int group = 0; group < groups; group++) {
            if (given.contains(group + " " + Cells.ALL)) {
                expected.add(group + " " + Cells.ALL);
            } else {
                expected.add(group + " " + Cells.EVEN);
                expected.add(group + " " + Cells.ODD);
            }
        }
        require(given.equals(expected), "passes: " + given + " (expected: " + expected + ")");
    }

    private static void requireSum(String name, List<Integer> groups, int channels) {
        require(
                groups.stream().mapToInt(Integer::intValue).sum() == channels,
                name + ": " + groups + " (expected: a sum of " + channels + ")");
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append(' ').append(value).append('\n');
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
