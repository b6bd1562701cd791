package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vellum.codec.samples.GoldenFiles;
import dev.vellum.codec.samples.SamplePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Encoding and decoding leave no memory behind. {@code -Dvellum.rounds=10000} makes it the long
 * form; over so many rounds the Java heap must have a fixed size, for the process is measured as a
 * whole ({@code codec/README.md} has the command).
 */
class MemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int ROUNDS = Integer.getInteger("vellum.rounds", 400);

    @Test
    void residentMemoryStaysLevel() throws CodecException, IOException {
        assumeTrue(Files.exists(STATUS), "needs /proc");
        try (Model model =
                        Model.load(
                                GoldenFiles.bytes("sample.vlmd"),
                                GoldenFiles.bytes("sample.vlme"),
                                Model.Tuning.DEFAULT);
                ModelRegistry models = new ModelRegistry(List.of(model))) {
            rounds(model, models, 200);
            long before = residentBytes();

            rounds(model, models, ROUNDS);

            assertThat(residentBytes() - before)
                    .as("bytes more after %d rounds", ROUNDS)
                    .isLessThan(48L << 20);
        }
    }

    private static void rounds(Model model, ModelRegistry models, int rounds)
            throws CodecException {
        for (int i = 0; i < rounds; i++) {
            Picture picture = SamplePictures.of(60 + i % 50, 40 + i % 70, i % 10);
            byte[] stream =
                    new VellumEncoder(model, Limits.DEFAULT, i % 6)
                            .encode(picture, new Quality(1 + i % 100)).stream();
            assertThat(new VellumDecoder(models, Limits.DEFAULT).decode(stream).width())
                    .isEqualTo(picture.width());
        }
    }

    /** What the process holds, with the heap shrunk to what lives. */
    private static long residentBytes() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
