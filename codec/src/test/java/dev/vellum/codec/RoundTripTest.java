package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundTripTest {

    private static final SampleModel.Files FILES = SampleModel.of(SampleModel.TINY);
    private static Model model;

    @BeforeAll
    static void load() throws CodecException {
        model = Model.load(FILES.decoder().bytes(), FILES.encoder().bytes(), Model.Tuning.DEFAULT);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1, 700",
        "700, 1",
        "16, 16",
        "17, 15",
        "255, 257",
        "256, 256",
        "511, 300",
        "1333, 1000",
    })
    void aPictureOfAnySizeComesBack(int width, int height) throws CodecException {
        Picture picture = SamplePictures.of(width, height, 1);
        for (int quality : new int[] {1, 50, 100}) {
            for (int effort : new int[] {0, 5}) {
                Encoded encoded =
                        new VellumEncoder(model, Limits.DEFAULT, effort)
                                .encode(picture, new Quality(quality));

                Picture decoded = decoder().decode(encoded.stream());

                assertThat(decoded.width()).isEqualTo(width);
                assertThat(decoded.height()).isEqualTo(height);
                assertThat(decoded.rgb()).isEqualTo(encoded.decoded().rgb());
                assertThat(Fidelity.between(picture, decoded)).isEqualTo(encoded.fidelity());
                assertThat(encoded.fidelity().psnr()).isGreaterThan(20);
            }
        }
    }

    @Test
    void moreQualityTakesMoreBytesAndGivesABetterPicture() throws CodecException {
        Picture picture = SamplePictures.of(600, 400, 2);
        VellumEncoder encoder = new VellumEncoder(model, Limits.DEFAULT, 0);
        Encoded last = encoder.encode(picture, new Quality(1));
        for (int quality : new int[] {15, 30, 45}) {
            Encoded next = encoder.encode(picture, new Quality(quality));

            assertThat(next.stream().length).isGreaterThan(last.stream().length);
            assertThat(next.fidelity().psnr()).isGreaterThan(last.fidelity().psnr());
            last = next;
        }
    }

    @Test
    void moreEffortTakesFewerBytes() throws CodecException {
        Picture picture = SamplePictures.of(600, 400, 2);

        Encoded plain =
                new VellumEncoder(model, Limits.DEFAULT, 2).encode(picture, new Quality(30));
        Encoded chosen =
                new VellumEncoder(model, Limits.DEFAULT, 3).encode(picture, new Quality(30));

        assertThat(chosen.stream().length).isLessThan(plain.stream().length);
        assertThat(chosen.fidelity().psnr()).isGreaterThan(plain.fidelity().psnr() - 0.3);
    }

    @Test
    void aModelThatCannotSearchDoesWhatItCanAndSaysSo() throws CodecException {
        Picture picture = SamplePictures.of(100, 60, 2);

        Encoded most = new VellumEncoder(model, Limits.DEFAULT, 9).encode(picture, new Quality(30));
        Encoded chosen =
                new VellumEncoder(model, Limits.DEFAULT, 5).encode(picture, new Quality(30));

        assertThat(most.effort()).isEqualTo(5);
        assertThat(most.stream()).isEqualTo(chosen.stream());
        assertThat(most.psnr()).isEqualTo(most.fidelity().psnr());
    }

    @Test
    void aStreamSaysWhatItIs() throws CodecException {
        Picture picture = SamplePictures.of(600, 400, 2);
        byte[] stream =
                new VellumEncoder(model, Limits.DEFAULT, 0)
                        .encode(picture, new Quality(40)).stream();

        StreamInfo info = VellumDecoder.inspect(stream);

        assertThat(info.width()).isEqualTo(600);
        assertThat(info.height()).isEqualTo(400);
        assertThat(info.quality()).isEqualTo(new Quality(40));
        assertThat(model.hash()).startsWith(info.model());
        assertThat(info.bitsPerPixel()).isEqualTo(8.0 * stream.length / 240_000);
        assertThat(info.segments().stream().map(StreamInfo.Part::name))
                .containsExactly(
                        "hyper-latents 1", "hyper-latents 2", "group 1", "group 2", "group 3");
    }

    @Test
    void anUnknownModelIsNamed() throws CodecException {
        byte[] stream =
                new VellumEncoder(model, Limits.DEFAULT, 0)
                        .encode(SamplePictures.of(20, 20, 3), new Quality(40)).stream();
        VellumDecoder stranger = new VellumDecoder(new ModelRegistry(List.of()), Limits.DEFAULT);

        assertThatThrownBy(() -> stranger.decode(stream))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageContaining(model.hash().substring(0, 16));
    }

    @Test
    void aClosedModelAndOneWithoutAnEncoderAreRefused() throws CodecException {
        Model half = Model.load(FILES.decoder().bytes(), Model.Tuning.DEFAULT);
        byte[] stream =
                new VellumEncoder(model, Limits.DEFAULT, 0)
                        .encode(SamplePictures.of(20, 20, 3), new Quality(40)).stream();
        VellumDecoder decoder = new VellumDecoder(new ModelRegistry(List.of(half)), Limits.DEFAULT);
        assertThat(decoder.decode(stream).width()).isEqualTo(20);

        assertThatThrownBy(() -> new VellumEncoder(half, Limits.DEFAULT, 0))
                .hasMessageContaining("one with an encoder file");
        half.close();
        assertThatThrownBy(() -> decoder.decode(stream))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    private static VellumDecoder decoder() {
        return new VellumDecoder(new ModelRegistry(List.of(model)), Limits.DEFAULT);
    }
}
