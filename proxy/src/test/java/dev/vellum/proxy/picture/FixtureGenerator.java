package dev.vellum.proxy.picture;

import static dev.vellum.proxy.picture.Scene.HEIGHT;
import static dev.vellum.proxy.picture.Scene.WIDTH;

import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsImage;
import dev.vellum.proxy.picture.vips.VipsLocation;
import dev.vellum.proxy.picture.vips.VipsSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes the pictures that are checked in: {@code java -cp ... FixtureGenerator DIR}. They are kept
 * because encoders change, and the test is what files of the past decode to.
 */
final class FixtureGenerator {

    /** XYZ (D50) of Display P3's red, green and blue, from its chromaticities. */
    static final double[][] P3 = {
        {0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}
    };

    static final double GAMMA = 2.2;

    private final Vips vips;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private FixtureGenerator(Vips vips) {
        this.vips = vips;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        FixtureGenerator generator =
                new FixtureGenerator(Vips.load(VipsLocation.find().orElseThrow()));
        generator.jpegs();
        generator.pngs();
        generator.others();
        for (Map.Entry<String, byte[]> file : generator.files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
            System.out.println(file.getValue().length + " " + file.getKey());
        }
    }

    private void jpegs() throws VipsException, IOException {
        Raster colour = Scene.raster(3, 1);
        byte[] baseline = encode(colour, ".jpg[Q=90,keep=none]");
        files.put("plain.jpg", baseline);
        files.put("progressive.jpg", encode(colour, ".jpg[Q=90,interlace,keep=none]"));
        files.put("full-colour.jpg", encode(colour, ".jpg[Q=90,subsample-mode=off,keep=none]"));
        for (int orientation = 2; orientation <= 8; orientation++) {
            files.put(
                    "orientation-" + orientation + ".jpg",
                    Fixtures.withSegment(
                            baseline, 0xe1, Fixtures.exif(orientation, "(c) Ada (1843)")));
        }
        ByteArrayOutputStream icc = new ByteArrayOutputStream();
        icc.writeBytes("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1));
        icc.writeBytes(Fixtures.profile(P3, GAMMA));
        files.put("icc.jpg", Fixtures.withSegment(baseline, 0xe2, icc.toByteArray()));
        icc.reset();
        icc.writeBytes("ICC_PROFILE\0\1\1no profile".getBytes(StandardCharsets.ISO_8859_1));
        files.put("broken-icc.jpg", Fixtures.withSegment(baseline, 0xe2, icc.toByteArray()));
        files.put("cmyk.jpg", CmykJpeg.of(colour));
    }

    private void pngs() {
        files.put("plain.png", rows(8, 2, 3, (x, y, band) -> Scene.sample(x, y, band)));
        files.put("alpha.png", rows(8, 6, 4, (x, y, band) -> Scene.sample(x, y, band)));
        files.put("opaque-alpha.png", rows(8, 6, 4, FixtureGenerator::opaque));
        files.put("16-bit.png", rows(16, 2, 3, (x, y, band) -> Scene.sample(x, y, band) * 257));
        files.put(
                "16-bit-alpha.png", rows(16, 6, 4, (x, y, band) -> Scene.sample(x, y, band) * 257));
        files.put("grey.png", rows(8, 0, 1, (x, y, band) -> Scene.luma(x, y)));
        files.put("grey-alpha.png", rows(8, 4, 2, FixtureGenerator::greyAlpha));
        files.put("16-bit-grey.png", rows(16, 0, 1, (x, y, band) -> Scene.luma(x, y) * 257));
    }

    private static int opaque(int x, int y, int band) {
        return band == 3 ? 255 : Scene.sample(x, y, band);
    }

    private static int greyAlpha(int x, int y, int band) {
        return band == 0 ? Scene.luma(x, y) : Scene.sample(x, y, 3);
    }

    private void others() throws VipsException {
        Raster colour = Scene.raster(3, 1);
        Raster alpha = Scene.raster(4, 1);
        files.put(
                "palette.png",
                encode(Scene.posterised(), ".png[palette,Q=100,dither=0,keep=none]"));
        files.put("plain.gif", encode(Scene.posterised(), ".gif[dither=0,keep=none]"));
        files.put("animation.gif", animation(3, ".gif[dither=0,effort=10,keep=none]"));
        files.put("plain.webp", encode(colour, ".webp[Q=90,keep=none]"));
        files.put("lossless.webp", encode(colour, ".webp[lossless,keep=none]"));
        files.put("alpha.webp", encode(alpha, ".webp[lossless,keep=none]"));
        files.put("lossy-alpha.webp", encode(alpha, ".webp[Q=90,keep=none]"));
        files.put("animation.webp", animation(3, ".webp[lossless,keep=none]"));
        files.put("animation-alpha.webp", animation(4, ".webp[lossless,keep=none]"));
        files.put("plain.avif", encode(colour, ".avif[Q=80,bitdepth=8,keep=none]"));
        files.put("alpha.avif", encode(alpha, ".avif[Q=80,bitdepth=8,keep=none]"));
        files.put("10-bit.avif", encode(colour, ".avif[Q=80,bitdepth=10,keep=none]"));
        files.put("12-bit.avif", encode(colour, ".avif[Q=80,bitdepth=12,keep=none]"));
        files.put("lossless.avif", encode(colour, ".avif[lossless,keep=none]"));
    }

    private byte[] encode(Raster raster, String options) throws VipsException {
        try (VipsSession session = vips.session()) {
            return session.wrap(raster.samples(), raster.width(), raster.height(), raster.bands())
                    .encode(options);
        }
    }

    private byte[] animation(int bands, String options) throws VipsException {
        Raster raster = Scene.raster(bands, 3);
        try (VipsSession session = vips.session()) {
            VipsImage image = session.wrap(raster.samples(), WIDTH, 3 * HEIGHT, bands);
            image.set("page-height", HEIGHT);
            image.set("delay", raster.timing().delays());
            image.set("loop", 0);
            return image.encode(options);
        }
    }

    private interface Samples {
        int at(int x, int y, int band);
    }

    private static byte[] rows(int depth, int colourType, int bands, Samples samples) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        for (int y = 0; y < HEIGHT; y++) {
            rows.write(0); // no filter
            for (int i = 0; i < WIDTH * bands; i++) {
                int sample = samples.at(i / bands, y, i % bands);
                if (depth == 16) {
                    rows.write(sample >> 8);
                }
                rows.write(sample);
            }
        }
        return new PngBytes().header(WIDTH, HEIGHT, depth, colourType).pixels(rows.toByteArray());
    }
}
