package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LatentModelsTest {

    private static final Path FOLDER = Path.of("../codec/src/test/resources/golden");

    @Test
    void withoutPinsEveryModelOfTheFolderIsLoaded() {
        assertThat(loads(List.of())).isTrue();
    }

    @Test
    void aModelThatIsPinnedIsLoaded() throws IOException, CodecException {
        try (ModelRegistry models = ModelRegistry.open(FOLDER, Model.Tuning.DEFAULT)) {
            assertThat(loads(List.of(models.models().getFirst().hash()))).isTrue();
        }
    }

    @Test
    void aModelOfAnotherHashIsNotLoaded() {
        assertThat(loads(List.of("0".repeat(64)))).isFalse();
    }

    @Test
    void theReleasesModelNeedsNoPin() {
        CodecConfig config = with(Optional.empty(), List.of("0".repeat(64)));
        try (LatentModels models = LatentModels.open(config)) {
            assertThat(models.coder()).isPresent();
        }
    }

    private static boolean loads(List<String> pins) {
        try (LatentModels models = LatentModels.open(with(Optional.of(FOLDER), pins))) {
            return models.coder().isPresent();
        }
    }

    private static CodecConfig with(Optional<Path> folder, List<String> pins) {
        CodecConfig usual = CodecConfig.DEFAULT;
        return new CodecConfig(
                true,
                folder,
                pins,
                usual.effort(),
                usual.qualities(),
                usual.trials(),
                usual.hold(),
                usual.decoded());
    }
}
