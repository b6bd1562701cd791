package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.samples.SamplePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How good a picture the beginning of a stream gives, with the newest model of the release. */
class PrefixTest {

    private static final Path FOLDER = Path.of("src/main/resources/dev/vellum/codec/models");
    private static final Picture ORIGINAL = SamplePictures.of(600, 540, 7);

    private static ModelRegistry models;
    private static byte[] stream;

    @BeforeAll
    static void encode() throws IOException, CodecException {
        String newest;
        try (ModelRegistry bundled = ModelRegistry.bundled(Model.Tuning.DEFAULT)) {
            newest = bundled.models().getLast().name();
        }
        Model model =
                Model.load(
                        Files.readAllBytes(FOLDER.resolve(newest + ".vlmd")),
                        Files.readAllBytes(FOLDER.resolve(newest + ".vlme")),
                        Model.Tuning.DEFAULT);
        models = new ModelRegistry(List.of(model));
        stream =
                new VellumEncoder(model, Limits.DEFAULT, 5)
                        .encode(ORIGINAL, new Quality(60)).stream();
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @Test
    void fourHundredBytesShowWhatItIsAbout() throws CodecException {
        assertThat(psnr(400)).isGreaterThan(18);
    }

    @Test
    void halfTheBytesShowAPicture() throws CodecException {
        assertThat(psnr(stream.length / 2)).isGreaterThan(26);
    }

    @Test
    void aFurtherSegmentOfLatentsNeverMakesItWorse() throws CodecException {
        double last = 0;
        for (Segment segment : StreamReader.read(stream).segments()) {
            if (segment.type() >= Segment.FIRST_GROUP) {
                double psnr = psnr(segment.offset() + segment.length() + 4);
                assertThat(psnr).as("to byte %d", segment.offset()).isGreaterThan(last);
                last = psnr;
            }
        }
        assertThat(last).isGreaterThan(32);
    }

    private static double psnr(int length) throws CodecException {
        Picture decoded =
                new VellumDecoder(models, Limits.DEFAULT).decode(Arrays.copyOf(stream, length));
        return Fidelity.between(ORIGINAL, decoded).psnr();
    }
}
