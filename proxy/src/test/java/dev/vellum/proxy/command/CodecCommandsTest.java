package dev.vellum.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.ProxyMain;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the codec, with the sample model of its tests. */
class CodecCommandsTest {

    private static final String MODELS = "../codec/src/test/resources/golden";

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void draw() throws IOException {
        Files.createDirectories(folder.resolve("in"));
        write("in/photo.png", "png", BufferedImage.TYPE_INT_RGB);
        write("in/other.jpg", "jpg", BufferedImage.TYPE_INT_RGB);
    }

    @Test
    void aPictureGoesThroughAStreamAndComesBack() throws IOException {
        Path stream = folder.resolve("photo.vlm");
        Path decoded = folder.resolve("photo.png");

        int encode =
                run(
                        "encode",
                        at("in/photo.png"),
                        stream.toString(),
                        "-q",
                        "40",
                        "--models",
                        MODELS);
        int decode = run("decode", stream.toString(), decoded.toString(), "--models", MODELS);
        int inspect = run("inspect", stream.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(List.of(encode, decode, inspect)).containsOnly(0);
        assertThat(out.toString())
                .contains("120 x 80, " + Files.size(stream) + " bytes")
                .contains("PSNR ")
                .contains("decoded in ")
                .contains("quality 40, ")
                .contains("hyper-latents");
        BufferedImage image = ImageIO.read(decoded.toFile());
        assertThat(image.getWidth()).isEqualTo(120);
        assertThat(image.getHeight()).isEqualTo(80);
        assertThat(image.getRGB(100, 40) >> 16 & 0xff).isBetween(170, 255);
        assertThat(image.getRGB(10, 40) >> 16 & 0xff).isBetween(0, 70);
    }

    @Test
    void aCutStreamDecodesCoarser() throws IOException {
        Path stream = folder.resolve("photo.vlm");
        run("encode", at("in/photo.png"), stream.toString(), "--models", MODELS);
        byte[] bytes = Files.readAllBytes(stream);
        Files.write(stream, Arrays.copyOf(bytes, bytes.length / 2));

        int decode = run("decode", stream.toString(), at("cut.png"), "--models", MODELS);

        assertThat(decode).isZero();
        assertThat(folder.resolve("cut.png")).exists();
    }

    @Test
    void aFolderIsDoneInOneGoAndABadFileDoesNotStopIt() throws IOException {
        Files.writeString(folder.resolve("in/bad.png"), "no picture");
        write("in/glass.png", "png", BufferedImage.TYPE_INT_ARGB);
        Files.writeString(folder.resolve("in/notes.txt"), "left alone");

        int encode =
                run("encode", "--in-dir", at("in"), "--out-dir", at("out"), "--models", MODELS);

        assertThat(encode).isEqualTo(1);
        assertThat(out.toString()).contains("[3/4] ").contains("[4/4] ");
        assertThat(err.toString())
                .contains("bad.png: ")
                .contains("glass.png: transparent pixels (expected: an opaque picture)");
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("photo.vlm", "other.vlm");
        }

        int decode =
                run("decode", "--in-dir", at("out"), "--out-dir", at("back"), "--models", MODELS);

        assertThat(decode).isZero();
        assertThat(folder.resolve("back/other.png")).exists();
    }

    @Test
    void withoutModelsNamedTheReleasesAreTaken() throws IOException {
        Path stream = folder.resolve("photo.vlm");

        assertThat(run("encode", at("in/photo.png"), stream.toString(), "--effort", "0")).isZero();
        assertThat(run("decode", stream.toString(), at("back.png"))).isZero();

        BufferedImage back = ImageIO.read(folder.resolve("back.png").toFile());
        assertThat(back.getWidth()).isEqualTo(120);
        assertThat(back.getHeight()).isEqualTo(80);
    }

    @Test
    void wrongUsageIsStatusTwoAndFailureOne() {
        assertThat(run("encode", "--models", MODELS)).isEqualTo(2);
        assertThat(run("encode", "a", "b", "--in-dir", "c", "--models", MODELS)).isEqualTo(2);
        assertThat(run("encode", at("in/photo.png"), at("x.vlm"), "-q", "0", "--models", MODELS))
                .isEqualTo(2);
        assertThat(run("decode", at("none.vlm"), at("x.png"), "--models", MODELS)).isEqualTo(1);
        assertThat(run("decode", "a.vlm", "b.png", "--models", at("in"))).isEqualTo(1);
        assertThat(run("decode", "a.vlm", "b.png", "--models", at("nowhere"))).isEqualTo(1);
        assertThat(run("inspect", at("in/photo.png"))).isEqualTo(1);
        assertThat(err.toString())
                .contains("expected: IN OUT, or --in-dir DIR --out-dir DIR")
                .contains("quality: 0 (expected: 1 to 100)")
                .contains("none.vlm: no such file")
                .contains("no model (expected: --models DIR with a file NAME.vlmd)")
                .contains("no folder of models")
                .contains("no latent stream (expected: d6 56 4c 4d)")
                .doesNotContain("\tat ");
    }

    private int run(String... arguments) {
        return ProxyMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    /** Dark on the left, bright on the right; with alpha, half transparent. */
    private void write(String name, String format, int type) throws IOException {
        BufferedImage image = new BufferedImage(120, 80, type);
        for (int y = 0; y < 80; y++) {
            for (int x = 0; x < 120; x++) {
                int level = x < 60 ? 30 : 220;
                image.setRGB(x, y, 0x80000000 | level << 16 | level << 8 | level);
            }
        }
        assertThat(ImageIO.write(image, format, folder.resolve(name).toFile())).isTrue();
    }
}
