package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.Similarity.Closeness;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What keeps a variant from going out: it must save enough, and look alike enough.
 *
 * @param margin least share of the original's bytes that a variant saves, 0 to below 1
 * @param leastBytes smaller originals are left alone: they fit one packet anyway
 * @param floors for each class, none below that of {@link QualityClass#SAVING}
 * @param drawings for drawings, text and screenshots, where lossy coding shows first
 */
public record Guard(
        double margin, int leastBytes, Map<QualityClass, Floor> floors, Floor drawings) {

    /** 10 %; 0.97 overall and 0.92 in the worst tile for those who save, more for others. */
    public static final Guard DEFAULT =
            new Guard(
                    0.1,
                    500,
                    Map.of(
                            QualityClass.FINE, new Floor(0.99, 0.97),
                            QualityClass.STANDARD, new Floor(0.98, 0.945),
                            QualityClass.SAVING, new Floor(0.97, 0.92)),
                    new Floor(0.99, 0.97));

    public Guard {
        if (!(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException("margin: " + margin + " (expected: 0 to below 1)");
        }
        if (leastBytes < 0) {
            throw new IllegalArgumentException("leastBytes: " + leastBytes + " (expected: >= 0)");
        }
        EnumMap<QualityClass, Floor> all = new EnumMap<>(floors);
        if (all.size() != QualityClass.values().length) {
            throw new IllegalArgumentException("floors: " + floors + " (expected: all classes)");
        }
        floors = Map.copyOf(all);
    }

    /** Most bytes that a variant of an original of that length may have. */
    public long mostBytes(long original) {
        return (long) Math.floor(original * (1 - margin));
    }

    /** Floor for a kind of picture and a client. */
    public Floor floor(Content content, QualityClass quality) {
        Floor asked = floors.getOrDefault(quality, drawings);
        return content == Content.DRAWING
                ? new Floor(
                        Math.max(asked.overall(), drawings.overall()),
                        Math.max(asked.worstTile(), drawings.worstTile()))
                : asked;
    }

    /** Why a variant may not go out; empty if it may. */
    Optional<Bypass> objection(long original, long variant, Closeness closeness, Floor floor) {
        if (variant > mostBytes(original)) {
            return Optional.of(Bypass.NOT_SMALLER);
        }
        return floor.excess(closeness) < 0 ? Optional.of(Bypass.BELOW_FLOOR) : Optional.empty();
    }
}
