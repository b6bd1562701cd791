package dev.vellum.proxy.picture;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Files painted for tests of other packages. */
public final class SamplePictures {

    private SamplePictures() {}

    /** A JPEG that looks like a photograph, another for each seed; far from small. */
    public static byte[] photograph(long seed, int width, int height) {
        return file(Paintings.photograph(seed, width, height), new Encoding.Jpeg(95));
    }

    /** The same as a PNG, which every program decodes alike. */
    public static byte[] lossless(long seed, int width, int height) {
        return file(Paintings.photograph(seed, width, height), new Encoding.Png(false));
    }

    /** The same with an alpha band. */
    public static byte[] translucent(long seed, int width, int height) {
        Raster opaque = Paintings.photograph(seed, width, height);
        byte[] samples = new byte[4 * width * height];
        for (int i = 0; i < width * height; i++) {
            System.arraycopy(opaque.samples(), 3 * i, samples, 4 * i, 3);
            samples[4 * i + 3] = (byte) (255 * (i % width) / width);
        }
        return file(Raster.still(width, height, 4, samples), new Encoding.Png(false));
    }

    /** A PNG of flat areas and sharp edges, another for each seed. */
    public static byte[] drawing(long seed, int width, int height) {
        return file(Paintings.drawing(seed, width, height), new Encoding.Png(false));
    }

    /** A PNG of a high dynamic range (PQ, ITU-T H.273 transfer 16). */
    public static byte[] bright() {
        byte[] rows = new byte[64 * 65]; // each begins with its filter, none
        Random random = new Random(5);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (byte) (i % 65 == 0 ? 0 : random.nextInt(256));
        }
        return new PngBytes()
                .header(64, 64, 8, 0)
                .chunk("cICP", new byte[] {9, 16, 0, 1})
                .pixels(rows);
    }

    private static byte[] file(Raster raster, Encoding encoding) {
        try (PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT)) {
            Deadline deadline = Deadline.in(Duration.ofMinutes(1), System::nanoTime);
            return switch (formats.write(raster, Rights.UNSTATED, encoding, deadline)) {
                case Writing.Encoded encoded -> encoded.file();
                case Writing.Refused refused -> throw new AssertionError(refused.detail());
            };
        }
    }

    /** Bombs and garbage, by what they are. */
    public static Map<String, byte[]> hostile() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int size : new int[] {65_535, Integer.MAX_VALUE}) {
            files.put(
                    "a PNG of " + size + " by " + size,
                    new PngBytes().header(size, size, 8, 2).pixels(new byte[1000]));
        }
        files.put(
                "a PNG whose pixels are missing",
                new PngBytes().header(6000, 6000, 8, 6).pixels(new byte[1000]));
        files.put("a GIF of 3000 frames", HostileFilesTest.frames(3000, 100, 100));
        byte[] packed = PngBytes.deflate(new byte[5_000_000]);
        byte[] text = new byte[packed.length + 6];
        text[0] = 'x';
        System.arraycopy(packed, 0, text, 6, packed.length);
        PngBytes bomb = new PngBytes().header(2, 2, 8, 0);
        for (int i = 0; i < 40; i++) {
            bomb.chunk("zTXt", text);
        }
        files.put("200 MB of packed text", bomb.pixels(new byte[] {0, 1, 2, 0, 3, 4}));
        long seed = 11;
        Random random = new Random(seed);
        for (String name :
                List.of(
                        "plain.jpg",
                        "progressive.jpg",
                        "16-bit-alpha.png",
                        "animation.gif",
                        "animation.webp",
                        "plain.webp",
                        "alpha.avif")) {
            byte[] whole = Fixtures.read(name);
            files.put("half of " + name, Arrays.copyOf(whole, whole.length / 2));
            for (int round = 0; round < 3; round++) {
                byte[] flipped = whole.clone();
                for (int i = 0; i < 8; i++) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                files.put(name + " with bits flipped, seed " + seed + ", " + round, flipped);
            }
        }
        return files;
    }

    /** One of the files that are checked in, by name. */
    public static byte[] fixture(String name) {
        return Fixtures.read(name);
    }
}
