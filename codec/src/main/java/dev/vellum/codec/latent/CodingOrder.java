package dev.vellum.codec.latent;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.model.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a picture is divided into segments. Those of a small picture are two: hyper-latents and
 * latents. A larger one has a segment for each group of channels of either, a yet larger one for
 * each pass over the latents, so that half of a stream shows more; where a pass would make an
 * unwieldy one, a segment for each of its bands of rows. Passes follow one another, bands within a
 * pass too; each part is coded on its own.
 */
public final class CodingOrder {

    /** A picture with at most this many cells has one part. */
    private static final int SMALL_CELLS = 256;

    /** A picture with at most this many cells has one part for each group of latents. */
    private static final int GROUPED_CELLS = 1200;

    /** A picture with at most this many cells is coded in one lane, a larger one in four. */
    private static final int ONE_LANE_CELLS = 8192;

    private static final int BAND_CELLS = 1 << 16;

    private final List<HyperPart> hyperParts;
    private final List<Part> parts;
    private final int lanes;

    /**
     * One segment's worth of hyper-latents.
     *
     * @param type of the segment
     * @param from first channel
     * @param to channel behind the last
     */
    public record HyperPart(int type, int from, int to) {}

    /**
     * One segment's worth of latents.
     *
     * @param type of the segment
     * @param units what it holds, in order
     */
    public record Part(int type, List<Unit> units) {}

    /**
     * Some rows of one pass.
     *
     * @param pass index of the pass
     * @param from first row, a multiple of {@link Grid#HYPER_CELL}
     * @param to row behind the last
     */
    public record Unit(int pass, int from, int to) {}

    private CodingOrder(List<HyperPart> hyperParts, List<Part> parts, int lanes) {
        this.hyperParts = List.copyOf(hyperParts);
        this.parts = List.copyOf(parts);
        this.lanes = lanes;
    }

    /** The order for pictures of one size. */
    public static CodingOrder of(Manifest manifest, Grid grid) {
        int rows = grid.rows();
        int band = Math.max(4, BAND_CELLS / grid.columns() / 4 * 4);
        boolean small = grid.cells() <= SMALL_CELLS;
        boolean grouped = grid.cells() <= GROUPED_CELLS;
        List<Part> parts = new ArrayList<>();
        List<Unit> open = new ArrayList<>();
        for (int pass = 0; pass < manifest.passes().size(); pass++) {
            int group = manifest.passes().get(pass).group();
            int type = small ? Segment.ALL_GROUPS : Segment.FIRST_GROUP + group;
            boolean last = pass + 1 == manifest.passes().size();
            boolean groupEnds = last || manifest.passes().get(pass + 1).group() != group;
            for (int from = 0; from < rows; from += band) {
                open.add(new Unit(pass, from, Math.min(rows, from + band)));
                if (small ? last : !grouped || groupEnds) {
                    parts.add(new Part(type, List.copyOf(open)));
                    open.clear();
                }
            }
        }
        return new CodingOrder(
                hyperParts(manifest, small), parts, grid.cells() <= ONE_LANE_CELLS ? 1 : 4);
    }

    private static List<HyperPart> hyperParts(Manifest manifest, boolean small) {
        if (small) {
            return List.of(new HyperPart(Segment.HYPER, 0, manifest.hyperChannels()));
        }
        List<HyperPart> parts = new ArrayList<>();
        int from = 0;
        for (int channels : manifest.hyperGroups()) {
            int type = Segment.FIRST_HYPER_GROUP + parts.size();
            parts.add(new HyperPart(type, from, from + channels));
            from += channels;
        }
        return parts;
    }

    /** The parts of the hyper-latents, which come first. */
    public List<HyperPart> hyperParts() {
        return hyperParts;
    }

    /** Types of all segments, in their order. */
    public List<Integer> types() {
        return Stream.concat(
                        hyperParts.stream().map(HyperPart::type), parts.stream().map(Part::type))
                .toList();
    }

    /** The parts of the latents, in the order of their segments. */
    public List<Part> parts() {
        return parts;
    }

    /**
     * Interleaved states in the segments of latents; those of the hyper-latents always have one.
     */
    public int lanes() {
        return lanes;
    }
}
