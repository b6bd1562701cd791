package dev.vellum.proxy.picture.vips;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VipsTest {

    private final Vips vips = load();

    private static Vips load() {
        try {
            return Vips.load(VipsLocation.find().orElseThrow());
        } catch (VipsException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void theVersionThatTheBuildPinsIsLoaded() {
        assertThat(vips.version()).startsWith("8.18.");
    }

    @ParameterizedTest
    @ValueSource(strings = {".png", ".webp[lossless]", ".avif[lossless]"})
    void losslessFormatsGiveTheSamplesBack(String suffix) throws VipsException {
        byte[] samples = gradient(37, 23, 4);
        try (VipsSession session = vips.session()) {
            byte[] file = session.wrap(samples, 37, 23, 4).encode(suffix);
            VipsImage read = session.open(file, "[fail_on=error]").toSrgb();
            assertThat(read.width()).isEqualTo(37);
            assertThat(read.height()).isEqualTo(23);
            assertThat(read.samples()).isEqualTo(samples);
        }
    }

    @Test
    void nothingOfASessionIsLeftWhenItIsClosed() throws VipsException {
        byte[] samples = gradient(500, 500, 3);
        long before = vips.trackedBytes();
        for (int round = 0; round < 20; round++) {
            try (VipsSession session = vips.session()) {
                byte[] file = session.wrap(samples, 500, 500, 3).encode(".jpg");
                session.open(file, "").upright().toSrgb().samples();
            }
        }
        // idle threads of libvips keep a buffer each; twenty pictures would be far more
        assertThat(vips.trackedBytes() - before).isLessThan(samples.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>",
                "P6 1 1 255 abc",
                "%PDF-1.4",
                "II*\0\10\0\0\0\0\0\0\0\0\0\0\0",
            })
    void formatsThatAreNotListedAreRefused(String file) {
        try (VipsSession session = vips.session()) {
            assertThatThrownBy(() -> session.open(file.getBytes(StandardCharsets.ISO_8859_1), ""))
                    .isInstanceOf(VipsException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".png[compression=1]", ".webp[lossless,effort=0]"})
    void aKilledSessionStopsDecodingAndEncoding(String suffix) throws Exception {
        byte[] file;
        byte[] samples = noise(3000 * 3000 * 3);
        try (VipsSession session = vips.session()) {
            file = session.wrap(samples, 3000, 3000, 3).encode(".png[compression=1]");
        }
        try (VipsSession session = vips.session()) {
            VipsImage read = session.open(file, "").toSrgb();
            VipsImage wrapped = session.wrap(samples, 3000, 3000, 3);
            Thread killer = killing(session);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    read.samples();
                                }
                            })
                    .isInstanceOf(VipsException.class);
            assertThatThrownBy(() -> wrapped.encode(suffix)).isInstanceOf(VipsException.class);
            assertThatThrownBy(read::upright).isInstanceOf(VipsException.class);
            killer.interrupt();
            killer.join();
        }
    }

    @Test
    void aLoopInProgressIsStoppedBeforeItsEnd() throws Exception {
        byte[] samples = noise(4000 * 4000 * 3);
        try (VipsSession session = vips.session()) {
            VipsImage wrapped = session.wrap(samples, 4000, 4000, 3);
            long start = System.nanoTime();
            Thread killer = killing(session);
            assertThatThrownBy(() -> wrapped.encode(".png[compression=9]"))
                    .isInstanceOf(VipsException.class);
            long stopped = System.nanoTime() - start;
            killer.interrupt();
            killer.join();
            // whole, this takes some seconds
            assertThat(stopped).isLessThan(1_000_000_000L);
        }
    }

    /** Kills again and again from 20 ms on, as a watchdog does. */
    private static Thread killing(VipsSession session) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        while (true) {
                            Thread.sleep(20);
                            session.kill();
                        }
                    } catch (InterruptedException done) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void theLibraryIsFoundInADistributionAndInACheckout(@TempDir Path home) throws Exception {
        Properties properties = new Properties();
        properties.putAll(System.getProperties());
        properties.setProperty("vellum.home", home.toString());
        properties.setProperty("os.name", "Linux");
        properties.setProperty("os.arch", "aarch64");
        assertThat(VipsLocation.find(properties, home)).isEmpty();

        Path checkout = home.resolve("proxy/native/node_modules/@img");
        Path inCheckout = library(checkout, "sharp-libvips-linux-arm64");
        assertThat(VipsLocation.find(properties, home)).contains(inCheckout);

        Path inDistribution = library(home.resolve("native"), "sharp-libvips-linux-arm64");
        assertThat(VipsLocation.find(properties, home)).contains(inDistribution);

        Path own = Files.createFile(home.resolve("libvips.so.42"));
        properties.setProperty(VipsLocation.OVERRIDE, own.toString());
        assertThat(VipsLocation.find(properties, home)).contains(own);
    }

    private static Path library(Path folder, String platform) throws Exception {
        Path lib = Files.createDirectories(folder.resolve(platform).resolve("lib"));
        Files.createFile(lib.resolve("index.js"));
        return Files.createFile(lib.resolve("libvips-cpp.so.8.18.7"));
    }

    private static byte[] gradient(int width, int height, int bands) {
        byte[] samples = new byte[width * height * bands];
        for (int i = 0; i < samples.length; i++) {
            int pixel = i / bands;
            samples[i] =
                    (byte)
                            (i % bands == 3
                                    ? 128 + pixel % 100
                                    : pixel % width + pixel / width + 40 * (i % bands));
        }
        return samples;
    }

    private static byte[] noise(int length) {
        byte[] samples = new byte[length];
        new java.util.Random(1).nextBytes(samples);
        return samples;
    }
}
