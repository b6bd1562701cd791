package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.proxy.picture.Similarity.Closeness;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes out is smaller and alike enough, by the real encoders and the real measure. */
class VariantMakerTest {

    private static final Efforts FAST = new Efforts(2, 1, 6);

    private final PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT);
    private final VariantMaker maker = new VariantMaker(formats, Guard.DEFAULT, FAST);
    private final Similarity similarity = new SeenSimilarity();

    @AfterEach
    void close() {
        formats.close();
    }

    private byte[] file(Raster raster, Encoding encoding) {
        return switch (formats.write(
                raster, Rights.UNSTATED, encoding, PictureFormatsTest.soon())) {
            case Writing.Encoded encoded -> encoded.file();
            case Writing.Refused refused -> throw new AssertionError(refused);
        };
    }

    private Raster pixels(byte[] file) {
        return switch (formats.read(file, PictureFormatsTest.soon())) {
            case Reading.Decoded decoded -> decoded.raster();
            case Reading.Refused refused -> throw new AssertionError(refused);
        };
    }

    private Making make(byte[] source, Format format, QualityClass quality) {
        return make(source, format, quality, Variant.OWN_WIDTH);
    }

    private Making make(byte[] source, Format format, QualityClass quality, int width) {
        return maker.make(
                source,
                format,
                new Variant(new Form.Ordinary(format), width, quality),
                PictureFormatsTest.soon());
    }

    private static Making.Made made(Making making) {
        return switch (making) {
            case Making.Made made -> made;
            case Making.Bypassed bypassed -> throw new AssertionError(bypassed);
        };
    }

    private static Bypass reason(Making making) {
        return switch (making) {
            case Making.Made made -> throw new AssertionError(made.variant());
            case Making.Bypassed(Bypass reason, String _) -> reason;
        };
    }

    @ParameterizedTest
    @CsvSource({"AVIF, SAVING", "AVIF, STANDARD", "WEBP, SAVING", "WEBP, STANDARD", "JPEG, SAVING"})
    void aPhotographGetsSmallerAndStaysAboveTheFloor(Format format, QualityClass quality) {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));

        Making.Made made = made(make(source, format, quality));

        Raster original = pixels(source);
        Closeness seen = similarity.between(original, pixels(made.file()));
        Floor floor = Guard.DEFAULT.floor(Content.PHOTOGRAPH, quality);
        assertThat(made.file().length).isLessThanOrEqualTo((int) (source.length * 0.9));
        assertThat(seen.overall()).isGreaterThanOrEqualTo(floor.overall());
        assertThat(seen.worstTile()).isGreaterThanOrEqualTo(floor.worstTile());
        assertThat(made.overall()).isEqualTo(seen.overall());
        assertThat(made.worstTile()).isEqualTo(seen.worstTile());
        assertThat(made.trials()).isBetween(1, FAST.trials());
        assertThat(Sniffer.format(made.file())).isEqualTo(format);
    }

    /** Latents that lose nothing. */
    private LatentCoder exact(Raster raster) {
        return coder(raster, true);
    }

    private static LatentCoder coder(Raster raster, boolean expected) {
        return new LatentCoder() {
            @Override
            public boolean expects(int quality, long pixels, int bytes) {
                assertThat(pixels).isEqualTo((long) raster.width() * raster.height());
                return expected;
            }

            @Override
            public Form.Latents form() {
                return new Form.Latents("0123456789");
            }

            @Override
            public int guess(QualityClass quality) {
                return 50;
            }

            @Override
            public int trials() {
                return 1;
            }

            @Override
            public Coding code(Raster picture, int quality, Deadline deadline) {
                return new Coding.Coded(new byte[100], 1, 1);
            }

            @Override
            public Optional<Raster> decode(byte[] file, Deadline deadline) {
                return deadline.over() ? Optional.empty() : Optional.of(raster);
            }
        };
    }

    @Test
    void latentsOfUnexpectedLengthDoNotGoOutHoweverAlikeTheyLook() {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));
        Raster raster = pixels(source);
        assertThat(made(latents(source, coder(raster, true))).file()).hasSize(100);
        assertThat(reason(latents(source, coder(raster, false)))).isEqualTo(Bypass.UNEXPECTED);
    }

    private Making latents(byte[] source, LatentCoder coder) {
        Variant variant = new Variant(coder.form(), Variant.OWN_WIDTH, QualityClass.STANDARD);
        return maker.make(source, coder, variant, Haste.NONE, PictureFormatsTest.soon());
    }

    @Test
    void whatLatentsLostIsNotLeftToLoseForTheFormMadeOfThem() {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));
        Making.Made of1 = made(derive(source, 1, 1));
        Making.Made of99 = made(derive(source, 0.99, 0.98));
        assertThat(of1.overall()).isGreaterThanOrEqualTo(0.97);
        assertThat(of99.overall()).isGreaterThanOrEqualTo(0.98);
        assertThat(of99.file().length).isGreaterThan(of1.file().length);
        assertThat(reason(derive(source, 0.97, 0.98))).isEqualTo(Bypass.BELOW_FLOOR);
        assertThat(reason(derive(source, 0.99, 0.92))).isEqualTo(Bypass.BELOW_FLOOR);
    }

    private Making derive(byte[] source, double overall, double worstTile) {
        Raster raster = pixels(source);
        return maker.derive(
                new byte[100],
                exact(raster),
                new VariantMaker.Lost(
                        new PictureHeader(Format.JPEG, 320, 240, 1, PictureHeader.Traits.PLAIN),
                        Rights.UNSTATED,
                        source.length,
                        overall,
                        worstTile),
                Format.WEBP,
                new Variant(new Form.Ordinary(Format.WEBP), Variant.OWN_WIDTH, QualityClass.SAVING),
                PictureFormatsTest.soon());
    }

    @Test
    void draftsFindTheQualityThatFullEffortIsSpentOn() {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));
        Making.Made draft = made(avif(source, new Efforts(2, 2, 6)));
        Making.Made full = made(avif(source, new Efforts(2, 4, 6)));
        assertThat(full.file().length).isLessThan(draft.file().length);
        assertThat(full.trials()).isGreaterThan(draft.trials()).isLessThanOrEqualTo(15);
    }

    private Making avif(byte[] source, Efforts efforts) {
        return new VariantMaker(formats, Guard.DEFAULT, efforts)
                .make(
                        source,
                        Format.AVIF,
                        new Variant(
                                new Form.Ordinary(Format.AVIF),
                                Variant.OWN_WIDTH,
                                QualityClass.STANDARD),
                        PictureFormatsTest.soon());
    }

    @Test
    void aLargePictureGetsLessEffort() {
        Efforts efforts = new Efforts(6, 6, 5);
        assertThat(efforts.avif(400_000)).isEqualTo(6);
        assertThat(efforts.avif(2_000_000)).isEqualTo(4);
        assertThat(efforts.avif(40_000_000)).isEqualTo(2);
        assertThat(efforts.hurried().avif(400_000)).isEqualTo(2);
        assertThat(new Efforts(1, 0, 4).avif(40_000_000)).isZero();
    }

    @Test
    void lessIsAskedOfWhoSaves() {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));
        int saving = made(make(source, Format.WEBP, QualityClass.SAVING)).file().length;
        int standard = made(make(source, Format.WEBP, QualityClass.STANDARD)).file().length;
        int fine = made(make(source, Format.WEBP, QualityClass.FINE)).file().length;
        assertThat(saving).isLessThanOrEqualTo(standard).isLessThan(fine);
        assertThat(standard).isLessThanOrEqualTo(fine);
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"JPEG", "WEBP", "AVIF"})
    void whatIsSmallAlreadyIsLeftAlone(Format format) {
        byte[] source =
                file(
                        Paintings.photograph(4, 320, 240),
                        new Encoding.Avif(45, 4, Encoding.Avif.Colour.HALF));
        assertThat(reason(make(source, format, QualityClass.FINE)))
                .isIn(Bypass.NOT_SMALLER, Bypass.BELOW_FLOOR);
    }

    @Test
    void aDrawingIsKeptSharp() {
        Raster drawing = Paintings.drawing(7, 500, 400);
        byte[] source = file(drawing, new Encoding.Png(false));

        Making.Made made = made(make(source, Format.WEBP, QualityClass.SAVING));

        assertThat(made.content()).isEqualTo(Content.DRAWING);
        assertThat(made.file().length).isLessThan(source.length);
        Closeness seen = similarity.between(drawing, pixels(made.file()));
        assertThat(seen.worstTile()).isGreaterThanOrEqualTo(0.99);
        assertThat(reason(make(source, Format.JPEG, QualityClass.SAVING)))
                .isEqualTo(Bypass.DRAWING);
        assertThat(reason(make(source, Format.AVIF, QualityClass.SAVING)))
                .isEqualTo(Bypass.DRAWING);
    }

    @Test
    void alphaIsJudgedOverBlackAndOverWhite() {
        // opaque colours agree; only what shows through differs
        byte[] dark = new byte[200 * 200 * 4];
        byte[] other = new byte[200 * 200 * 4];
        for (int i = 0; i < dark.length; i += 4) {
            int stripe = i / 4 % 200 / 10 % 2;
            dark[i + 3] = (byte) (stripe == 0 ? 255 : 0);
            other[i + 3] = (byte) 255;
        }
        Raster one = Raster.still(200, 200, 4, dark);
        Raster two = Raster.still(200, 200, 4, other);
        assertThat(similarity.between(one.over(0), two.over(0)).overall())
                .isCloseTo(1, within(1e-6));
        assertThat(similarity.between(one, two).overall()).isLessThan(0.5);
        assertThat(similarity.between(one, one)).isEqualTo(Closeness.EQUAL);
    }

    @Test
    void theWorstFrameOfAnAnimationCounts() {
        Raster scene = Scene.raster(3, 3);
        byte[] broken = scene.samples().clone();
        Arrays.fill(broken, broken.length * 2 / 3, broken.length, (byte) 0);
        Raster lastIsBlack = new Raster(scene.width(), scene.height(), 3, broken, scene.timing());
        assertThat(similarity.between(scene, scene)).isEqualTo(Closeness.EQUAL);
        assertThat(similarity.between(scene, lastIsBlack).overall()).isLessThan(0.9);
    }

    @Test
    void transparencyAndMotionSurviveOrTheFormIsRefused() {
        byte[] alpha = Fixtures.read("alpha.png");
        assertThat(pixels(made(make(alpha, Format.WEBP, QualityClass.STANDARD)).file()).hasAlpha())
                .isTrue();
        assertThat(reason(make(alpha, Format.JPEG, QualityClass.STANDARD)))
                .isIn(Bypass.ALPHA, Bypass.DRAWING);
        byte[] animation = Fixtures.read("animation.gif");
        Making.Made moving = made(make(animation, Format.WEBP, QualityClass.STANDARD));
        assertThat(pixels(moving.file()).frames()).isEqualTo(3);
        assertThat(reason(make(animation, Format.AVIF, QualityClass.STANDARD)))
                .isEqualTo(Bypass.ANIMATION);
    }

    @Test
    void aNarrowVariantIsJudgedAtItsOwnSize() {
        byte[] source = file(Paintings.photograph(5, 640, 480), new Encoding.Jpeg(92));
        Making.Made made = made(make(source, Format.WEBP, QualityClass.STANDARD, 320));
        assertThat(pixels(made.file()).width()).isEqualTo(320);
        assertThat(pixels(made.file()).height()).isEqualTo(240);
    }

    @Test
    void whatCannotBeReadHasItsReason() {
        assertThat(reason(make(new byte[10], Format.WEBP, QualityClass.STANDARD)))
                .isEqualTo(Bypass.TINY);
        assertThat(reason(make(new byte[5000], Format.WEBP, QualityClass.STANDARD)))
                .isEqualTo(Bypass.NOT_A_PICTURE);
        byte[] cut = Arrays.copyOf(Fixtures.read("plain.png"), 3000);
        assertThat(reason(make(cut, Format.WEBP, QualityClass.STANDARD)))
                .isEqualTo(Bypass.MALFORMED);
    }

    @Test
    void aDeadlineEndsTheSearchAndWhatWasFoundCounts() {
        byte[] source = file(Paintings.photograph(3, 320, 240), new Encoding.Jpeg(97));
        Deadline off = PictureFormatsTest.soon();
        VariantMaker hasty =
                new VariantMaker(
                        formats,
                        Guard.DEFAULT,
                        FAST,
                        (original, candidate) -> {
                            off.callOff();
                            return Closeness.EQUAL;
                        });
        Variant variant =
                new Variant(
                        new Form.Ordinary(Format.WEBP), Variant.OWN_WIDTH, QualityClass.STANDARD);
        assertThat(hasty.make(source, Format.WEBP, variant, off))
                .isInstanceOfSatisfying(
                        Making.Made.class, made -> assertThat(made.trials()).isEqualTo(1));
        assertThat(reason(hasty.make(source, Format.WEBP, variant, off)))
                .isEqualTo(Bypass.CANCELLED);
    }

    @Test
    void theGuardObjectsToLittleSavingAndToLittleLikeness() {
        Guard guard = Guard.DEFAULT;
        Floor floor = new Floor(0.97, 0.92);
        Closeness good = new Closeness(0.97, 0.92);
        assertThat(guard.objection(1000, 900, good, floor)).isEmpty();
        assertThat(guard.objection(1000, 901, good, floor))
                .isEqualTo(Optional.of(Bypass.NOT_SMALLER));
        assertThat(guard.objection(1000, 500, new Closeness(0.969, 0.99), floor))
                .contains(Bypass.BELOW_FLOOR);
        assertThat(guard.objection(1000, 500, new Closeness(0.99, 0.919), floor))
                .contains(Bypass.BELOW_FLOOR);
        for (QualityClass quality : QualityClass.values()) {
            for (Content content : Content.values()) {
                assertThat(guard.floor(content, quality).overall()).isGreaterThanOrEqualTo(0.97);
                assertThat(guard.floor(content, quality).worstTile()).isGreaterThanOrEqualTo(0.92);
            }
        }
    }
}
