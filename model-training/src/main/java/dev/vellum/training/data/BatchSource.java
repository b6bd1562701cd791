package dev.vellum.training.data;

import dev.vellum.training.model.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Batches of random crops: any of eight orientations, half of them scaled down by up to two, a
 * third with a mild change of gamma, a tenth from graphics.
 *
 * <p>A batch is a pure function of the seed and the number of its step, so that a resumed training
 * sees what an uninterrupted one would have seen. Decoded pictures stay in memory.
 */
public final class BatchSource {

    private static final double GRAPHICS = 0.1;

    private final List<Raster> photographs;
    private final List<Raster> graphics;
    private final Settings settings;
    private final Architecture architecture;

    /**
     * How batches are made.
     *
     * @param samples crops in a batch
     * @param side of a crop, a multiple of 64
     * @param seed of everything random
     * @param drops whether some samples lose trailing groups
     */
    public record Settings(int samples, int side, long seed, boolean drops) {

        /** Checks the side. */
        public Settings {
            if (side % 64 != 0 || side <= 0) {
                throw new IllegalArgumentException(
                        "crop: " + side + " (expected: a positive multiple of 64)");
            }
        }
    }

    private BatchSource(
            List<Raster> photographs,
            List<Raster> graphics,
            Settings settings,
            Architecture architecture) {
        this.photographs = photographs;
        this.graphics = graphics;
        this.settings = settings;
        this.architecture = architecture;
    }

    /** Reads the training pictures of {@code folder}; those smaller than a crop are left out. */
    public static BatchSource read(
            PictureFolder folder, Settings settings, Architecture architecture) {
        List<Raster> photographs = rasters(folder.photographs(), settings.side());
        List<Raster> graphics = rasters(folder.graphics(), settings.side());
        if (photographs.isEmpty()) {
            throw new IllegalArgumentException(
                    "data: no photograph of at least "
                            + settings.side()
                            + " x "
                            + settings.side()
                            + " pixels");
        }
        return new BatchSource(photographs, graphics, settings, architecture);
    }

    /** The same pictures with other settings; the crops must not be larger. */
    public BatchSource with(Settings other) {
        return new BatchSource(photographs, graphics, other, architecture);
    }

    private static List<Raster> rasters(List<Path> files, int side) {
        return files.parallelStream()
                .map(file -> {
                    try {
                        return Raster.read(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .filter(raster -> raster.width() >= side && raster.height() >= side)
                .toList();
    }

    /** The batch of a step. */
    public Batch batch(long step) {
        SplittableRandom random =
                new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + step);
        int side = settings.side();
        int samples = settings.samples();
        byte[] pixels = new byte[samples * 3 * side * side];
        float[] quality = new float[samples];
        int groups = architecture.groups().size();
        int hyperGroups = Architecture.HYPER_GROUPS;
        int columns = groups + hyperGroups;
        float[] keep = new float[samples * columns];
        for (int i = 0; i < samples; i++) {
            crop(random, pixels, i * 3 * side * side);
            // one from each part of the range: the rate of a batch varies less
            quality[i] = (float) (1 + 99 * (i + random.nextDouble()) / samples);
            int kept = settings.drops() ? keptGroups(random, groups) : groups;
            int hyperKept = kept == 0 ? 1 + random.nextInt(hyperGroups) : hyperGroups;
            Arrays.fill(keep, i * columns, i * columns + kept, 1);
            Arrays.fill(keep, i * columns + groups, i * columns + groups + hyperKept, 1);
        }
        int cells = side / Architecture.CELL * (side / Architecture.CELL);
        byte[] noise =
                new byte
                        [samples
                                * (cells * architecture.latents()
                                        + cells / 16 * architecture.hyperLatents())];
        random.nextBytes(noise);
        return new Batch(samples, side, pixels, quality, noise, keep);
    }

    private static int keptGroups(SplittableRandom random, int groups) {
        double draw = random.nextDouble();
        if (draw < 0.03) {
            return 0;
        }
        return draw < 0.09 && groups > 1 ? 1 + random.nextInt(groups - 1) : groups;
    }

    private void crop(SplittableRandom random, byte[] target, int offset) {
        List<Raster> from =
                random.nextDouble() < GRAPHICS && !graphics.isEmpty() ? graphics : photographs;
        Raster raster = weighted(random, from);
        int side = settings.side();
        int least = Math.min(raster.width(), raster.height());
        int source =
                random.nextBoolean()
                        ? side
                        : side + random.nextInt(Math.min(least, 2 * side) - side + 1);
        int x = random.nextInt(raster.width() - source + 1);
        int y = random.nextInt(raster.height() - source + 1);
        int orientation = random.nextInt(8);
        byte[] curve = curve(random);
        for (int c = 0; c < 3; c++) {
            byte[] square =
                    Resampler.square(
                            raster.planes(),
                            c * raster.height() * raster.width(),
                            raster.width(),
                            x,
                            y,
                            source,
                            side);
            oriented(square, side, orientation, curve, target, offset + c * side * side);
        }
    }

    /** Large pictures more often than small ones, but less than by their area. */
    private static Raster weighted(SplittableRandom random, List<Raster> from) {
        List<Raster> drawn = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            drawn.add(from.get(random.nextInt(from.size())));
        }
        Raster a = drawn.get(0);
        Raster b = drawn.get(1);
        return (long) a.width() * a.height() >= (long) b.width() * b.height() ? a : b;
    }

    private static byte[] curve(SplittableRandom random) {
        double gamma = random.nextInt(3) == 0 ? Math.exp((random.nextDouble() - 0.5) * 0.4) : 1;
        byte[] curve = new byte[256];
        for (int i = 0; i < 256; i++) {
            curve[i] = (byte) Math.round(255 * Math.pow(i / 255.0, gamma));
        }
        return curve;
    }

    private static void oriented(
            byte[] square, int side, int orientation, byte[] curve, byte[] target, int offset) {
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int u = (orientation & 1) == 0 ? x : side - 1 - x;
                int v = (orientation & 2) == 0 ? y : side - 1 - y;
                int at = (orientation & 4) == 0 ? v * side + u : u * side + v;
                target[offset + y * side + x] = curve[square[at] & 255];
            }
        }
    }
}
