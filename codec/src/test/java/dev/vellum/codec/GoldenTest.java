package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.samples.GoldenFiles;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Old streams decode for ever, to the same pixels. */
class GoldenTest {

    private static ModelRegistry models;

    @BeforeAll
    static void load() throws CodecException {
        models =
                new ModelRegistry(
                        List.of(
                                Model.load(
                                        GoldenFiles.bytes("sample.vlmd"), Model.Tuning.DEFAULT)));
    }

    @AfterAll
    static void close() {
        models.close();
    }

    static List<String> lines() {
        return GoldenFiles.hashes();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aStreamGivesThePixelsThatItAlwaysGave(String line) throws CodecException {
        String[] words = line.split(" ", -1);
        byte[] stream = Arrays.copyOf(GoldenFiles.bytes(words[0]), Integer.parseInt(words[1]));

        Picture picture = new VellumDecoder(models, Limits.DEFAULT).decode(stream);

        assertThat(GoldenFiles.hash(picture)).isEqualTo(words[2]);
    }
}
