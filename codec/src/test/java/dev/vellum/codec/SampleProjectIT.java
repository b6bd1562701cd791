package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.vellum.codec.samples.GoldenFiles;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in {@code sample} is compiled and run with two jars on its class path, the codec's
 * and ONNX Runtime's, as an application would.
 */
class SampleProjectIT {

    private static final Path SOURCE = Path.of("sample/src/main/java/sample/Decode.java");

    @TempDir private Path folder;

    @Test
    void theDecoderNeedsOnnxRuntimeAndNothingElse() throws Exception {
        String classPath = jar() + File.pathSeparator + onnxRuntime();
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.write(models.resolve("sample.vlmd"), GoldenFiles.bytes("sample.vlmd"));
        Path stream = folder.resolve("in.vlm");
        Files.write(stream, GoldenFiles.bytes("40x23-q50.vlm"));
        Path out = folder.resolve("out.ppm");

        run("javac", "-cp", classPath, "-d", folder.toString(), SOURCE.toString());
        run(
                "java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath + File.pathSeparator + folder,
                "sample.Decode",
                models.toString(),
                stream.toString(),
                out.toString());

        byte[] written = Files.readAllBytes(out);
        byte[] header = "P6 40 23 255\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(Arrays.copyOf(written, header.length)).isEqualTo(header);
        assertThat(Arrays.copyOfRange(written, header.length, written.length))
                .isEqualTo(decoded(models, stream));
    }

    private static byte[] decoded(Path models, Path stream) throws IOException, CodecException {
        try (ModelRegistry registry = ModelRegistry.open(models, Model.Tuning.DEFAULT)) {
            return new VellumDecoder(registry, Limits.DEFAULT)
                    .decode(Files.readAllBytes(stream))
                    .rgb();
        }
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file ->
                            file.getFileName().toString().matches("codec-[^-]+(-SNAPSHOT)?[.]jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path onnxRuntime() throws URISyntaxException {
        return Path.of(
                OrtEnvironment.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private void run(String tool, String... arguments) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", tool);
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(
                                Stream.concat(
                                                Stream.of(program.toString()),
                                                List.of(arguments).stream())
                                        .toList())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertThat(process.waitFor()).as(() -> output(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String output(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
