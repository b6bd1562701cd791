package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.container.StreamHeader;
import dev.vellum.codec.container.StreamWriter;
import dev.vellum.codec.samples.GoldenFiles;
import dev.vellum.codec.samples.SamplePictures;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static Model model;

    @BeforeAll
    static void load() throws CodecException {
        model =
                Model.load(
                        GoldenFiles.bytes("sample.vlmd"),
                        GoldenFiles.bytes("sample.vlme"),
                        Model.Tuning.DEFAULT);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aStreamThatDeclaresTooManyPixelsIsRefusedFromItsHeader() {
        byte[] header =
                new StreamWriter(new StreamHeader(model.id(), 16384, 16384, 50)).toByteArray();

        assertThatThrownBy(() -> decoder(Limits.DEFAULT).decode(header))
                .isInstanceOf(CodecException.TooLarge.class)
                .hasMessage("pixels: 268435456 (expected: at most 100000000)");
    }

    @Test
    void aStreamThatWouldTakeTooMuchMemoryIsRefusedFromItsHeader() {
        byte[] header =
                new StreamWriter(new StreamHeader(model.id(), 10_000, 10_000, 50)).toByteArray();
        Limits limits = new Limits(100_000_000, 1000, 100 << 20, LONG);

        assertThatThrownBy(() -> decoder(limits).decode(header))
                .isInstanceOf(CodecException.TooLarge.class)
                .hasMessageStartingWith("bytes of memory: ");
    }

    @Test
    void aLongStreamIsRefusedUnread() {
        Limits limits = new Limits(1000, 10, 1 << 30, LONG);

        assertThatThrownBy(() -> decoder(limits).decode(new byte[11]))
                .hasMessage("bytes of the stream: 11 (expected: at most 10)");
    }

    @Test
    void aCallThatTakesTooLongEnds() {
        Limits limits = new Limits(1 << 20, 1 << 20, 1 << 30, Duration.ZERO);

        assertThatThrownBy(() -> decoder(limits).decode(GoldenFiles.bytes("256x256-q50.vlm")))
                .isInstanceOf(CodecException.TooLarge.class)
                .hasMessageStartingWith("time in milliseconds: ");
    }

    @Test
    void aPictureThatIsTooLargeIsNotEncoded() {
        Limits limits = new Limits(1000, 1 << 20, 1 << 30, LONG);

        assertThatThrownBy(() ->
                        new VellumEncoder(model, limits, 0)
                                .encode(SamplePictures.of(50, 21, 1), new Quality(50)))
                .hasMessage("pixels: 1050 (expected: at most 1000)");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Limits(0, 1, 1, LONG)).hasMessageContaining("pixels: 0");
        assertThatThrownBy(() -> new Limits(1, 1, 1, Duration.ofNanos(-1)))
                .hasMessageContaining("not negative");
        assertThatThrownBy(() -> new Quality(101)).hasMessage("quality: 101 (expected: 1 to 100)");
        assertThatThrownBy(() -> new Picture(2, 2, new byte[11]))
                .hasMessage("samples: 11 (expected: 12)");
        assertThatThrownBy(() -> new Picture(16385, 1, new byte[3]))
                .hasMessage("width: 16385 (expected: 1 to 16384)");
        assertThatThrownBy(() -> new Model.Tuning(0, true, 1)).hasMessageContaining("threads: 0");
        assertThatThrownBy(() -> new VellumEncoder(model, Limits.DEFAULT, 10))
                .hasMessage("effort: 10 (expected: 0 to 9)");
    }

    @Test
    void aHundredMegapixelsTakeLessThanAGigabyteBeyondThePicture() {
        long estimate = MemoryEstimate.decode(model, 10_000, 10_000);

        assertThat(estimate - 300_000_000).isLessThan(1_000_000_000);
    }

    private static VellumDecoder decoder(Limits limits) {
        return new VellumDecoder(new ModelRegistry(List.of(model)), limits);
    }
}
