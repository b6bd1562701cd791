package dev.vellum.proxy.latent;

import dev.vellum.codec.VellumEncoder;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.units.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which latents are made, and how.
 *
 * @param on whether models are loaded at all
 * @param models folder of them; those of the release where it says nothing
 * @param pins full SHA-256 of the decoder files in that folder that may be loaded; none: all
 * @param effort of the encoder, 0 to 9
 * @param idleEffort the same for what nobody waits for; where it is not above {@code effort},
 *     latents stay as they were first made
 * @param qualities where the search for each class begins, 1 to 100
 * @param trials encodings of one picture at most
 * @param hold how long a picture may be held back at most while its latents are made, where that is
 *     sooner there than the original
 * @param decoded pictures that are kept decoded ({@code client})
 * @param keepsOriginals whether an original stays in the store once there are latents of it; else
 *     they take its place, and other forms are made of them
 * @param savesData whether a {@code client} asks its parent for the class that saves most
 */
public record CodecConfig(
        boolean on,
        Optional<Path> models,
        List<String> pins,
        int effort,
        int idleEffort,
        Map<QualityClass, Integer> qualities,
        int trials,
        Duration hold,
        ByteSize decoded,
        boolean keepsOriginals,
        boolean savesData) {

    /** The release's models at low effort. */
    public static final CodecConfig DEFAULT =
            new CodecConfig(
                    true,
                    Optional.empty(),
                    List.of(),
                    1,
                    Map.of(
                            QualityClass.FINE, 70,
                            QualityClass.STANDARD, 50,
                            QualityClass.SAVING, 35),
                    3,
                    Duration.ofSeconds(10),
                    ByteSize.ofMib(64));

    private static final int IDLE_EFFORT = 5;

    /** With originals that stay, and the usual effort where nobody waits. */
    public CodecConfig(
            boolean on,
            Optional<Path> models,
            List<String> pins,
            int effort,
            Map<QualityClass, Integer> qualities,
            int trials,
            Duration hold,
            ByteSize decoded) {
        this(
                on,
                models,
                pins,
                effort,
                Math.max(effort, IDLE_EFFORT),
                qualities,
                trials,
                hold,
                decoded,
                true,
                false);
    }

    public CodecConfig {
        pins = List.copyOf(pins);
        for (String pin : pins) {
            if (!pin.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "pins: \"" + pin + "\" (expected: 64 hex digits in lower case)");
            }
        }
        checkEffort("effort", effort);
        checkEffort("idle-effort", idleEffort);
        qualities = Map.copyOf(new EnumMap<>(qualities));
        for (QualityClass quality : QualityClass.values()) {
            int value = qualities.getOrDefault(quality, 0);
            if (value < 1 || value > 100) {
                throw new IllegalArgumentException(
                        "qualities: %s for %s (expected: 1 to 100)".formatted(value, quality));
            }
        }
        if (trials < 1) {
            throw new IllegalArgumentException("trials: " + trials + " (expected: >= 1)");
        }
        if (hold.isNegative()) {
            throw new IllegalArgumentException("hold: " + hold + " (expected: >= 0s)");
        }
    }

    private static void checkEffort(String name, int effort) {
        if (effort < 0 || effort > VellumEncoder.MAX_EFFORT) {
            throw new IllegalArgumentException(name + ": " + effort + " (expected: 0 to 9)");
        }
    }

    /** The same with the models of a folder. */
    public CodecConfig with(Path folder) {
        return changed(on, Optional.of(folder), idleEffort, keepsOriginals, savesData);
    }

    /** The same whose latents stay as they were first made. */
    public CodecConfig unrefined() {
        return changed(on, models, effort, keepsOriginals, savesData);
    }

    /** Without latents. */
    public CodecConfig off() {
        return changed(false, models, idleEffort, keepsOriginals, savesData);
    }

    /** The same with originals that go once there are latents of them. */
    public CodecConfig withoutOriginals() {
        return changed(on, models, idleEffort, false, savesData);
    }

    /** The same for a client that asks for the class that saves most. */
    public CodecConfig saving() {
        return changed(on, models, idleEffort, keepsOriginals, true);
    }

    private CodecConfig changed(
            boolean nowOn, Optional<Path> from, int idle, boolean keeps, boolean saves) {
        return new CodecConfig(
                nowOn, from, pins, effort, idle, qualities, trials, hold, decoded, keeps, saves);
    }
}
