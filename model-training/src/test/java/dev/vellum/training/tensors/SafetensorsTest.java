package dev.vellum.training.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.vellum.training.tensors.Safetensors.Precision;
import dev.vellum.training.tensors.Safetensors.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

    @TempDir private Path folder;

    private final Safetensors sample =
            new Safetensors(
                    Map.of("note", "two \"arrays\""),
                    Map.of(
                            "a", new Tensor(List.of(2, 2), new float[] {1, -2.5f, 3e-3f, 65504}),
                            "b", new Tensor(List.of(), new float[] {0.1f})));

    @Test
    void singlePrecisionIsKeptBitByBit() throws IOException {
        Path file = folder.resolve("x.safetensors");
        sample.write(file, Precision.F32);
        Safetensors read = Safetensors.read(file);
        assertThat(read.metadata()).isEqualTo(sample.metadata());
        assertThat(read.tensor("a").values()).containsExactly(1, -2.5f, 3e-3f, 65504);
        assertThat(read.tensor("a").shape()).containsExactly(2, 2);
        assertThat(read.tensor("b").values()).containsExactly(0.1f);
    }

    @Test
    void halfPrecisionIsTheNearestHalf() throws IOException {
        Path file = folder.resolve("x.safetensors");
        sample.write(file, Precision.F16);
        assertThat(Safetensors.read(file).tensor("b").values())
                .containsExactly(Float.float16ToFloat(Float.floatToFloat16(0.1f)));
    }

    @Test
    void packedNumbersAreWithinHalfAStepOfEightBits() throws IOException {
        Path file = folder.resolve("x.gz");
        sample.pack(file);
        Safetensors read = Safetensors.read(file);
        assertThat(read.metadata()).isEqualTo(sample.metadata());
        assertThat(read.tensor("a").values()[1]).isEqualTo(-2.5f);
        assertThat(read.tensor("b").values()[0]).isCloseTo(0.1f, withinPercentage(0.2));
        assertThat(folder).isDirectoryNotContaining("glob:**.plain");
    }

    @Test
    void arraysStartAtMultiplesOfEight() throws IOException {
        Path file = folder.resolve("x.safetensors");
        sample.write(file, Precision.F32);
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes[0] & 7).isZero();
        assertThat(bytes.length).isEqualTo(8 + (bytes[0] & 255) + 256 * (bytes[1] & 255) + 20);
    }

    @Test
    void cutFilesAreRefusedWithTheirName() throws IOException {
        Path file = folder.resolve("x.safetensors");
        sample.write(file, Precision.F32);
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length += 7) {
            byte[] cut = new byte[length];
            System.arraycopy(bytes, 0, cut, 0, length);
            Files.write(file, cut);
            assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = folder.resolve("x.safetensors");
        Files.write(file, "not what was expected here".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(IOException.class);
    }
}
