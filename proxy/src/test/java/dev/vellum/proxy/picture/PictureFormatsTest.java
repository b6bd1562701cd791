package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsLocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fixture in, every format out, judged by pixels. */
class PictureFormatsTest {

    private static final Map<String, Raster> SOURCES = sources();

    private static final List<Encoding> ENCODINGS =
            List.of(
                    new Encoding.Jpeg(90),
                    new Encoding.Webp(90, 2),
                    new Encoding.LosslessWebp(2),
                    new Encoding.NearLosslessWebp(60, 2),
                    new Encoding.Avif(80, 1, Encoding.Avif.Colour.HALF),
                    new Encoding.Avif(80, 1, Encoding.Avif.Colour.FULL),
                    new Encoding.Avif(80, 1, Encoding.Avif.Colour.EXACT),
                    new Encoding.Png(false),
                    new Encoding.Png(true));

    private final PictureFormats formats = open(PictureLimits.DEFAULT);

    static PictureFormats open(PictureLimits limits) {
        try {
            return new PictureFormats(Vips.load(VipsLocation.find().orElseThrow()), limits);
        } catch (VipsException broken) {
            throw new AssertionError(broken);
        }
    }

    @AfterEach
    void close() {
        formats.close();
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20), System::nanoTime);
    }

    /** What each fixture must look like. */
    private static Map<String, Raster> sources() {
        Raster colour = Scene.raster(3, 1);
        Raster alpha = Scene.raster(4, 1);
        Map<String, Raster> sources = new LinkedHashMap<>();
        for (String name :
                List.of(
                        "plain.jpg",
                        "progressive.jpg",
                        "full-colour.jpg",
                        "broken-icc.jpg",
                        "cmyk.jpg",
                        "plain.png",
                        "opaque-alpha.png",
                        "16-bit.png",
                        "plain.webp",
                        "lossless.webp",
                        "plain.avif",
                        "lossless.avif",
                        "10-bit.avif",
                        "12-bit.avif")) {
            sources.put(name, colour);
        }
        for (String name :
                List.of(
                        "alpha.png",
                        "16-bit-alpha.png",
                        "alpha.webp",
                        "lossy-alpha.webp",
                        "alpha.avif")) {
            sources.put(name, alpha);
        }
        for (int orientation = 2; orientation <= 8; orientation++) {
            sources.put("orientation-" + orientation + ".jpg", turned(colour, orientation));
        }
        sources.put("icc.jpg", seenAsP3(colour));
        sources.put("grey.png", Scene.grey());
        sources.put("16-bit-grey.png", Scene.grey());
        sources.put("grey-alpha.png", withAlphaOf(Scene.grey(), alpha));
        sources.put("palette.png", Scene.posterised());
        sources.put("plain.gif", Scene.posterised());
        sources.put("animation.gif", Scene.raster(3, 3));
        sources.put("animation.webp", Scene.raster(3, 3));
        sources.put("animation-alpha.webp", Scene.raster(4, 3));
        return sources;
    }

    /** The stored picture as it shows for an EXIF orientation (EXIF 2.32, section 4.6.5). */
    private static Raster turned(Raster stored, int orientation) {
        boolean swap = orientation >= 5;
        int width = swap ? stored.height() : stored.width();
        int height = swap ? stored.width() : stored.height();
        byte[] samples = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int right = stored.width() - 1;
                int bottom = stored.height() - 1;
                int fromX =
                        switch (orientation) {
                            case 2, 3 -> right - x;
                            case 5, 6 -> y;
                            case 7, 8 -> right - y;
                            default -> x;
                        };
                int fromY =
                        switch (orientation) {
                            case 3, 4 -> bottom - y;
                            case 5, 8 -> x;
                            case 6, 7 -> bottom - x;
                            default -> y;
                        };
                for (int band = 0; band < 3; band++) {
                    samples[(y * width + x) * 3 + band] = (byte) stored.sample(fromX, fromY, band);
                }
            }
        }
        return Raster.still(width, height, 3, samples);
    }

    /** sRGB of samples that mean Display P3's primaries with a gamma of 2.2. */
    private static Raster seenAsP3(Raster picture) {
        // XYZ (D50) to linear sRGB: the inverse of sRGB's own columns, adapted by Bradford
        double[][] toSrgb = {
            {3.13386, -1.61687, -0.49061},
            {-0.97877, 1.91614, 0.03345},
            {0.07194, -0.22899, 1.40524}
        };
        byte[] samples = new byte[picture.samples().length];
        for (int i = 0; i < samples.length; i += 3) {
            double[] xyz = new double[3];
            for (int band = 0; band < 3; band++) {
                double linear =
                        Math.pow(
                                (picture.samples()[i + band] & 0xff) / 255.0,
                                FixtureGenerator.GAMMA);
                for (int axis = 0; axis < 3; axis++) {
                    xyz[axis] += FixtureGenerator.P3[band][axis] * linear;
                }
            }
            for (int band = 0; band < 3; band++) {
                double linear = 0;
                for (int axis = 0; axis < 3; axis++) {
                    linear += toSrgb[band][axis] * xyz[axis];
                }
                double clamped = Math.clamp(linear, 0, 1);
                double encoded =
                        clamped <= 0.0031308
                                ? 12.92 * clamped
                                : 1.055 * Math.pow(clamped, 1 / 2.4) - 0.055;
                samples[i + band] = (byte) Math.round(255 * encoded);
            }
        }
        return Raster.still(picture.width(), picture.height(), 3, samples);
    }

    private static Raster withAlphaOf(Raster colour, Raster alpha) {
        byte[] samples = alpha.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            if (i % 4 != 3) {
                samples[i] = colour.samples()[i / 4 * 3 + i % 4];
            }
        }
        return Raster.still(colour.width(), colour.height(), 4, samples);
    }

    /** Mean levels that a file may be off: what its own encoder lost. */
    private static double tolerance(String name) {
        return switch (name) {
            case "plain.png",
                    "opaque-alpha.png",
                    "16-bit.png",
                    "alpha.png",
                    "16-bit-alpha.png",
                    "grey.png",
                    "16-bit-grey.png",
                    "grey-alpha.png",
                    "palette.png",
                    "plain.gif",
                    "lossless.webp",
                    "alpha.webp",
                    "lossless.avif",
                    "animation.webp",
                    "animation-alpha.webp" ->
                    0;
            case "animation.gif" -> 8; // 256 colours for all
            default -> 2.5;
        };
    }

    static Stream<String> names() {
        return SOURCES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySourceShowsWhatABrowserShows(String name) {
        Reading.Decoded decoded = decode(Fixtures.read(name));

        assertThat(Scene.distance(expected(name), decoded.raster()))
                .as("mean difference in levels")
                .isLessThanOrEqualTo(tolerance(name));
    }

    private static Raster expected(String name) {
        Raster raster = SOURCES.get(name);
        if (raster == null) {
            throw new AssertionError(name);
        }
        return raster;
    }

    static Stream<Arguments> matrix() {
        List<Arguments> all = new ArrayList<>();
        for (String name : SOURCES.keySet()) {
            for (Encoding encoding : ENCODINGS) {
                all.add(Arguments.of(name, encoding));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("matrix")
    void everyFormatHoldsThePictureOrSaysThatItCannot(String name, Encoding encoding) {
        Reading.Decoded source = decode(Fixtures.read(name));
        Raster raster = source.raster();
        if (!encoding.holds(raster)) {
            boolean still = encoding.format() != Format.WEBP;
            boolean opaque = encoding.format() == Format.JPEG;
            assertThat((still && raster.animated()) || (opaque && raster.hasAlpha())).isTrue();
            assertThatThrownBy(() -> formats.write(raster, Rights.UNSTATED, encoding, soon()))
                    .isInstanceOf(IllegalArgumentException.class);
            return;
        }

        byte[] file = encode(raster, source.rights(), encoding);
        Reading.Decoded again = decode(file);

        assertThat(again.header().format()).isEqualTo(encoding.format());
        assertThat(again.raster().timing().delays()).isEqualTo(raster.timing().delays());
        assertThat(again.raster().timing().loops()).isEqualTo(raster.timing().loops());
        assertThat(again.rights()).isEqualTo(source.rights());
        boolean lossless =
                encoding instanceof Encoding.LosslessWebp
                        || encoding.equals(new Encoding.Png(false));
        // what is hidden by alpha 0 may change
        assertThat(Scene.distance(raster.over(0), again.raster().over(0)))
                .isLessThanOrEqualTo(lossless ? 0 : 3.5);
        assertThat(Scene.distance(raster.over(255), again.raster().over(255)))
                .isLessThanOrEqualTo(lossless ? 0 : 3.5);
    }

    @Test
    void animationsKeepTheirFramesAndTheirPace() {
        for (String name : List.of("animation.gif", "animation.webp", "animation-alpha.webp")) {
            Raster raster = decode(Fixtures.read(name)).raster();
            assertThat(raster.frames()).as(name).isEqualTo(3);
            assertThat(raster.timing().delays()).as(name).containsExactly(100, 250, 400);
            assertThat(raster.timing().loops()).as(name).isZero();
        }
    }

    @Test
    void copyrightIsAllMetadataThatStays() {
        Reading.Decoded source = decode(Fixtures.read("orientation-6.jpg"));
        assertThat(source.rights()).isEqualTo(new Rights("(c) Ada (1843)", ""));
        for (Encoding encoding : ENCODINGS) {
            byte[] file = encode(source.raster(), source.rights(), encoding);
            Reading.Decoded again = decode(file);
            assertThat(again.rights()).as("%s", encoding).isEqualTo(source.rights());
            // turned once, not twice
            assertThat(again.raster().width()).isEqualTo(source.raster().width());
        }
    }

    @Test
    void nothingIsAddedToAPictureThatStatesNoRights() {
        Raster raster = Scene.raster(3, 1);
        for (Encoding encoding : ENCODINGS) {
            String file =
                    new String(
                            encode(raster, Rights.UNSTATED, encoding),
                            java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(file).as("%s", encoding).doesNotContain("Exif").doesNotContain("EXIF");
        }
    }

    @Test
    void limitsHoldBeforeAnythingIsDecoded() {
        PictureLimits limits = PictureLimits.DEFAULT;
        byte[] file = Fixtures.read("animation.gif");
        assertThat(reason(file, new PictureLimits(limits.sourceBytes(), 9_215, 500, limits.time())))
                .isEqualTo(Bypass.TOO_MANY_PIXELS);
        assertThat(reason(file, new PictureLimits(limits.sourceBytes(), 9_216, 2, limits.time())))
                .isEqualTo(Bypass.TOO_MANY_FRAMES);
        assertThat(
                        reason(
                                file,
                                new PictureLimits(
                                        dev.vellum.proxy.units.ByteSize.ofBytes(100),
                                        9_216,
                                        500,
                                        limits.time())))
                .isEqualTo(Bypass.TOO_MANY_BYTES);
    }

    private static Bypass reason(byte[] file, PictureLimits limits) {
        try (PictureFormats strict = open(limits)) {
            return switch (strict.read(file, soon())) {
                case Reading.Refused(Bypass reason, String _) -> reason;
                case Reading.Decoded decoded -> throw new AssertionError(decoded.header());
            };
        }
    }

    @Test
    void workThatIsCalledOffOrTooLateIsNotBegun() {
        Deadline off = soon();
        off.callOff();
        assertThat(formats.read(Fixtures.read("plain.png"), off))
                .isEqualTo(new Reading.Refused(Bypass.CANCELLED, "not begun"));
        Deadline late = Deadline.in(Duration.ZERO, System::nanoTime);
        assertThat(formats.read(Fixtures.read("plain.png"), late))
                .isEqualTo(new Reading.Refused(Bypass.TIMEOUT, "not begun"));
    }

    @Test
    void encodingStopsAtItsDeadline() {
        byte[] samples = new byte[4000 * 4000 * 3];
        new java.util.Random(7).nextBytes(samples);
        Raster noise = Raster.still(4000, 4000, 3, samples);
        Deadline deadline = Deadline.in(Duration.ofMillis(50), System::nanoTime);

        Writing writing = formats.write(noise, Rights.UNSTATED, new Encoding.Png(false), deadline);

        assertThat(writing)
                .isInstanceOfSatisfying(
                        Writing.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Bypass.TIMEOUT));
        // whole, it takes many seconds
        assertThat(deadline.remainingNanos()).isGreaterThan(-2_000_000_000L);
    }

    private Reading.Decoded decode(byte[] file) {
        return switch (formats.read(file, soon())) {
            case Reading.Decoded decoded -> decoded;
            case Reading.Refused refused -> throw new AssertionError(refused);
        };
    }

    private byte[] encode(Raster raster, Rights rights, Encoding encoding) {
        return switch (formats.write(raster, rights, encoding, soon())) {
            case Writing.Encoded encoded -> encoded.file();
            case Writing.Refused refused -> throw new AssertionError(refused);
        };
    }
}
