package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.proxy.picture.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentModelsTest {

    private static final Path FOLDER = Path.of("../codec/src/test/resources/golden");

    @TempDir private Path directory;

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

    @Test
    void aModelThatComesLaterIsTakenIfItIsThePinnedOne() throws IOException, CodecException {
        byte[] file = Files.readAllBytes(FOLDER.resolve("sample.vlmd"));
        String hash = hash(file);
        try (LatentModels models = LatentModels.open(with(Optional.of(directory), List.of(hash)))) {
            assertThat(models.form()).isEmpty();
            assertThat(models.missing()).containsExactly(hash);

            models.add(hash, file);
            assertThat(models.missing()).isEmpty();
            assertThat(models.form()).contains(new Form.Latents(hash.substring(0, 10)));
            assertThat(directory.resolve(hash + ".vlmd")).hasBinaryContent(file);
        }
        try (LatentModels again = LatentModels.open(with(Optional.of(directory), List.of(hash)))) {
            assertThat(again.missing()).isEmpty();
        }
    }

    @Test
    void aFileThatIsNotThePinnedOneOrNoModelIsRefused() throws IOException {
        byte[] file = Files.readAllBytes(FOLDER.resolve("sample.vlmd"));
        String hash = hash(file);
        byte[] cut = Arrays.copyOf(file, file.length - 1);
        byte[] long5 = Arrays.copyOf(file, 5 << 20);
        try (LatentModels models = LatentModels.open(with(Optional.of(directory), List.of(hash)))) {
            assertThatThrownBy(() -> models.add(hash, cut))
                    .isInstanceOf(CodecException.WrongModel.class)
                    .hasMessageContaining(hash(cut))
                    .hasMessageContaining(hash);
            assertThatThrownBy(() -> models.add(hash(cut), cut)).isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> models.add(hash(long5), long5))
                    .isInstanceOf(CodecException.TooLarge.class);
            assertThat(models.form()).isEmpty();
            assertThat(directory).isEmptyDirectory();
        }
    }

    private static String hash(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
