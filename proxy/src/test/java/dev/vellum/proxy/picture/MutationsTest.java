package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files at the binding itself, in a process of their own, so that a crash of native code is
 * an outcome: it leaves the file that did it. The long form takes {@code -Dvellum.mutations=100000}
 * of each fixture, and {@code -Dvellum.mutations.seed=N} others than usual.
 */
@Timeout(36_000)
class MutationsTest {

    private static final int ROUNDS = Integer.getInteger("vellum.mutations", 120);
    private static final long SEED = Long.getLong("vellum.mutations.seed", 1);

    private static final List<String> FIXTURES =
            List.of(
                    "plain.jpg",
                    "progressive.jpg",
                    "cmyk.jpg",
                    "icc.jpg",
                    "plain.png",
                    "palette.png",
                    "16-bit-alpha.png",
                    "plain.gif",
                    "animation.gif",
                    "plain.webp",
                    "lossless.webp",
                    "alpha.webp",
                    "animation.webp",
                    "plain.avif",
                    "alpha.avif");

    @TempDir Path directory;

    @Test
    void noDamageBreaksTheProcess() throws Exception {
        Path last = directory.resolve("last");
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:ErrorFile=" + directory.resolve("crash"),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dvellum.mutations=" + ROUNDS,
                                "-Dvellum.mutations.seed=" + SEED,
                                "-cp",
                                Objects.requireNonNull(
                                        System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path"))),
                                Child.class.getName(),
                                last.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int status;
        try {
            status = process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        System.out.print(said);
        if (status != 0) {
            Path kept =
                    Files.copy(
                            last,
                            Files.createTempFile("vellum-mutation", ".bin"),
                            StandardCopyOption.REPLACE_EXISTING);
            throw new AssertionError(
                    "exit status %d, by %s (expected: 0)%n%s".formatted(status, kept, said));
        }
        assertThat(said.lines()).hasSize(FIXTURES.size());
    }

    /** Reads damaged files, each written to the path given before it is read. */
    static final class Child {

        private Child() {}

        public static void main(String[] paths) throws IOException {
            Path last = Path.of(paths[0]);
            try (PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT)) {
                for (String name : FIXTURES) {
                    read(formats, name, last);
                }
            }
        }

        private static void read(PictureFormats formats, String name, Path last)
                throws IOException {
            byte[] whole = Fixtures.read(name);
            Mutations mutations = new Mutations(SEED ^ name.hashCode());
            Map<Bypass, Integer> refused = new EnumMap<>(Bypass.class);
            long slowest = 0;
            for (int round = 0; round < ROUNDS; round++) {
                byte[] file = mutations.next(whole);
                Files.write(last, file);
                long begun = System.nanoTime();
                Reading reading =
                        formats.read(file, Deadline.in(Duration.ofSeconds(30), System::nanoTime));
                slowest = Math.max(slowest, System.nanoTime() - begun);
                if (reading instanceof Reading.Refused(Bypass reason, String _)) {
                    refused.merge(reason, 1, Integer::sum);
                }
            }
            System.out.printf(
                    "%s, seed %d: %d read, refused %s, slowest %d ms%n",
                    name, SEED, ROUNDS, refused, slowest / 1_000_000);
        }
    }
}
