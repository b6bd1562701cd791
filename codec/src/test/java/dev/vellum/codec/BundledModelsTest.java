package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.samples.SampleModel;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BundledModelsTest {

    private static final SampleModel.Files FILES = SampleModel.of(SampleModel.TINY);
    private static final String HASH = FILES.decoder().hash().hex();

    @Test
    void theReleaseOpensAllItsModels() throws IOException, CodecException {
        try (ModelRegistry models = ModelRegistry.bundled(Model.Tuning.DEFAULT)) {
            assertThat(models.models()).allSatisfy(model -> assertThat(model.name()).isNotEmpty());
        }
    }

    @Test
    void aModelEncodesIfItsEncoderIsThere() throws IOException, CodecException {
        byte[] index = bytes("sample " + HASH + "\n");
        byte[] decoder = FILES.decoder().bytes();
        byte[] encoder = FILES.encoder().bytes();

        assertThat(encodes(Map.of("index", index, "sample.vlmd", decoder))).isFalse();
        assertThat(encodes(Map.of("index", index, "sample.vlmd", decoder, "sample.vlme", encoder)))
                .isTrue();
    }

    @Test
    void aModelOfAnotherHashIsRefused() {
        byte[] index = bytes("sample " + "0".repeat(64) + "\n");

        assertThatThrownBy(
                        () -> load(Map.of("index", index, "sample.vlmd", FILES.decoder().bytes())))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessage("model sample: SHA-256 %s (expected: %s)", HASH, "0".repeat(64));
    }

    @Test
    void whatTheIndexNamesMustBeThere() {
        assertThatThrownBy(() -> load(Map.of("index", bytes("sample " + HASH + "\n"))))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("sample.vlmd");
        assertThatThrownBy(() -> load(Map.of("index", bytes("sample\n"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected: NAME SHA-256");
    }

    private static boolean encodes(Map<String, byte[]> files) throws IOException, CodecException {
        try (ModelRegistry models = new ModelRegistry(load(files))) {
            return models.models().getFirst().encodes();
        }
    }

    private static List<Model> load(Map<String, byte[]> files) throws IOException, CodecException {
        return new BundledModels(name ->
                files.containsKey(name) ? new ByteArrayInputStream(files.get(name)) : null)
                .load(Model.Tuning.DEFAULT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
