package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bombs and garbage: each is a clear value, in little time and memory. */
@Timeout(120)
class HostileFilesTest {

    private final PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT);

    @AfterEach
    void close() {
        formats.close();
    }

    private Reading read(byte[] file) {
        return formats.read(file, PictureFormatsTest.soon());
    }

    private Bypass reason(byte[] file) {
        return switch (read(file)) {
            case Reading.Refused(Bypass reason, String _) -> reason;
            case Reading.Decoded decoded -> throw new AssertionError(decoded.header());
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void hugeDeclaredSizesAreRefusedUnread() {
        byte[] jpeg = Fixtures.read("plain.jpg");
        int frame = indexOf(jpeg, new byte[] {(byte) 0xff, (byte) 0xc0});
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65535).putShort(frame + 7, (short) 65535);
        assertThat(reason(jpeg)).isEqualTo(Bypass.TOO_MANY_PIXELS);

        byte[] gif = Fixtures.read("plain.gif");
        ByteBuffer.wrap(gif)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(6, (short) 65535)
                .putShort(8, (short) 65535);
        assertThat(reason(gif)).isEqualTo(Bypass.TOO_MANY_PIXELS);

        byte[] webp =
                ByteBuffer.allocate(30)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(ascii("RIFF"))
                        .putInt(22)
                        .put(ascii("WEBPVP8X"))
                        .putInt(10)
                        .putInt(0)
                        .put(new byte[] {-1, -1, 0, -1, -1, 0})
                        .array();
        assertThat(reason(webp)).isEqualTo(Bypass.TOO_MANY_PIXELS);

        byte[] avif = Fixtures.read("plain.avif");
        int size = indexOf(avif, ascii("ispe"));
        ByteBuffer.wrap(avif).putInt(size + 8, 65535).putInt(size + 12, 65535);
        assertThat(reason(avif)).isEqualTo(Bypass.TOO_MANY_PIXELS);
    }

    @ParameterizedTest
    @CsvSource({"65535, 65535", "2147483647, 2147483647", "1, 2147483647", "2147483647, 1"})
    void hugePngsAreRefusedUnread(int width, int height) {
        byte[] png = new PngBytes().header(width, height, 8, 2).pixels(new byte[1000]);
        assertThat(reason(png)).isEqualTo(Bypass.TOO_MANY_PIXELS);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 5", "-2147483648, 1"})
    void sizesThatAreNoneAreMalformed(int width, int height) {
        byte[] png = new PngBytes().header(width, height, 8, 2).pixels(new byte[1000]);
        assertThat(reason(png)).isEqualTo(Bypass.MALFORMED);
    }

    @Test
    void packedTextOf200MegabytesIsNeverUnpacked() {
        byte[] megabytes = new byte[5_000_000];
        Arrays.fill(megabytes, (byte) 'x');
        byte[] packed = PngBytes.deflate(megabytes);
        byte[] text = new byte[packed.length + 6];
        System.arraycopy(ascii("Note"), 0, text, 0, 4); // and NUL, and method 0
        System.arraycopy(packed, 0, text, 6, packed.length);
        PngBytes bomb = new PngBytes().header(2, 2, 8, 0);
        for (int i = 0; i < 40; i++) {
            bomb.chunk(i % 2 == 0 ? "zTXt" : "iTXt", text);
        }
        byte[] file = bomb.pixels(new byte[] {0, 1, 2, 0, 3, 4});

        byte[] plain = new PngBytes().header(2, 2, 8, 0).pixels(new byte[] {0, 1, 2, 0, 3, 4});
        assertThat(PngText.stripped(file)).isEqualTo(plain);
        assertThat(read(file))
                .isInstanceOfSatisfying(
                        Reading.Decoded.class,
                        decoded ->
                                assertThat(decoded.raster().samples())
                                        .containsExactly(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4));
    }

    @Test
    void aPngOfPixelsThatAreMissingIsRefused() {
        byte[] png = new PngBytes().header(6000, 6000, 8, 6).pixels(new byte[1000]);
        assertThat(reason(png)).isEqualTo(Bypass.MALFORMED);
    }

    @Test
    void animationsOfTooManyFramesAreRefusedUnread() {
        assertThat(reason(frames(3000, 1, 1))).isEqualTo(Bypass.TOO_MANY_FRAMES);
        assertThat(reason(frames(400, 2000, 1000))).isEqualTo(Bypass.TOO_MANY_PIXELS);
        assertThat(read(frames(400, 1, 1)))
                .isInstanceOfSatisfying(
                        Reading.Decoded.class,
                        decoded -> assertThat(decoded.raster().frames()).isEqualTo(400));
    }

    /** A GIF whose frames each paint one pixel. */
    static byte[] frames(int count, int width, int height) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(13)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(ascii("GIF89a"))
                        .putShort((short) width)
                        .putShort((short) height)
                        .put(new byte[] {(byte) 0x80, 0, 0})
                        .array());
        out.writeBytes(new byte[] {0, 0, 0, -1, -1, -1});
        for (int i = 0; i < count; i++) {
            out.writeBytes(new byte[] {0x21, (byte) 0xf9, 4, 0, 5, 0, 0, 0});
            out.writeBytes(new byte[] {0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0});
            // code size 2: clear, colour i & 1, end
            out.writeBytes(new byte[] {2, 2, (byte) (0x44 | ((i & 1) << 3)), 1, 0});
        }
        out.write(0x3b);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"plain.jpg", "progressive.jpg", "plain.png", "lossless.webp", "plain.avif"})
    void halfAFileIsNoPicture(String name) {
        byte[] whole = Fixtures.read(name);
        assertThat(reason(Arrays.copyOf(whole, whole.length / 2))).isEqualTo(Bypass.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "icc.jpg",
                "plain.png",
                "palette.png",
                "16-bit-alpha.png",
                "plain.gif",
                "animation.gif",
                "plain.webp",
                "alpha.webp",
                "animation.webp",
                "plain.avif",
                "alpha.avif"
            })
    void everyCutAndEveryFlippedBitIsAValue(String name) {
        byte[] whole = Fixtures.read(name);
        for (int i = 0; i < 40; i++) {
            check(Arrays.copyOf(whole, whole.length * i / 40));
        }
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            byte[] flipped = whole.clone();
            for (int i = 0; i <= round % 8; i++) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            check(flipped);
        }
    }

    private void check(byte[] file) {
        switch (read(file)) {
            case Reading.Refused refused ->
                    assertThat(refused.reason())
                            .isIn(
                                    Bypass.NOT_A_PICTURE,
                                    Bypass.MALFORMED,
                                    Bypass.TOO_MANY_PIXELS,
                                    Bypass.TOO_MANY_FRAMES,
                                    Bypass.ANIMATION,
                                    Bypass.HIGH_DYNAMIC_RANGE);
            case Reading.Decoded decoded ->
                    assertThat((long) decoded.raster().samples().length)
                            .isLessThanOrEqualTo(4 * PictureLimits.DEFAULT.pixels());
        }
    }

    @Test
    void animationsThatCannotBeReadAreLeftAlone() {
        byte[] control = ByteBuffer.allocate(8).putInt(5).putInt(0).array();
        byte[] png =
                new PngBytes()
                        .header(2, 2, 8, 0)
                        .chunk("acTL", control)
                        .pixels(new byte[] {0, 1, 2, 0, 3, 4});
        assertThat(reason(png)).isEqualTo(Bypass.ANIMATION);
        byte[] avif = Fixtures.read("plain.avif");
        avif[11] = 's'; // avis
        assertThat(reason(avif)).isEqualTo(Bypass.ANIMATION);
    }

    @Test
    void brightPicturesAreLeftAlone() {
        for (int transfer : List.of(16, 18)) {
            byte[] png =
                    new PngBytes()
                            .header(2, 2, 8, 0)
                            .chunk("cICP", new byte[] {9, (byte) transfer, 0, 1})
                            .pixels(new byte[] {0, 1, 2, 0, 3, 4});
            assertThat(reason(png)).isEqualTo(Bypass.HIGH_DYNAMIC_RANGE);
        }
    }

    private static int indexOf(byte[] file, byte[] wanted) {
        for (int i = 0; i + wanted.length <= file.length; i++) {
            if (Arrays.equals(file, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("not found");
    }
}
