package dev.vellum.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.BundleExport;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.Engine;
import dev.vellum.training.tensors.Safetensors.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that measure a model, run on a tiny one that nobody trained. */
class MeasuringCommandsTest {

    @TempDir private static Path folder;
    private static Path pictures;
    private static Path model;
    private static Path trained;

    @BeforeAll
    static void export() throws Exception {
        pictures = folder.resolve("pictures");
        SamplePictures.write(pictures, 5); // one in five is held out
        Architecture architecture = Architecture.tiny();
        double[] scales = new double[architecture.activations().size()];
        Arrays.fill(scales, 1.0 / 32);
        scales[architecture.activations().indexOf("synthesis.residual")] = 0.5;
        Weights weights =
                new Weights(architecture, SampleWeights.of(architecture, 3), scales, 0, 0);
        List<Raster> few = List.of(Raster.read(pictures.resolve("s0.png")).middle(64, 128));
        trained = folder.resolve("tiny.safetensors");
        weights.write(trained, Precision.F32);
        model = folder.resolve("tiny.vlmd");
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(architecture, manager)) {
            BundleExport export = new BundleExport(manager, module, weights);
            DecoderFile decoder = export.decoder("tiny", few);
            Files.write(model, decoder.bytes());
            Files.write(folder.resolve("tiny.vlme"), export.encoder(decoder, few, 0.35).bytes());
        }
    }

    @Test
    void prefixesAreMeasuredFromTheFirstSegmentToTheWholeStream() {
        Run run =
                run(
                        new PrefixCommand(),
                        "--model",
                        model.toString(),
                        "--images",
                        pictures.toString(),
                        "--bytes",
                        "60");

        assertThat(run.status).isIn(0, 1); // whether a further segment helps is the model's affair
        assertThat(run.output.lines().map(line -> line.split("  ", 2)[0].strip()))
                .contains("half the bytes", "to hyper-latents", "to latents");
        assertThat(run.output.lines().filter(line -> line.startsWith("to latents")))
                .singleElement()
                .asString()
                .contains("100.0 % of the stream, 5 of 5 pictures");
    }

    @Test
    void streamsTakeAboutWhatTheDensityPromises() {
        Run run =
                run(
                        new PromiseCommand(),
                        "--weights",
                        trained.toString(),
                        "--model",
                        model.toString(),
                        "--held-out",
                        pictures.toString(),
                        "--qualities",
                        "60,90");

        assertThat(run.status).isIn(0, 1);
        assertThat(run.output.lines()).hasSize(3);
        String last = run.output.lines().toList().getLast();
        assertThat(last).matches("1 pictures: streams take [+-].* % of what was promised");
        // nobody trained it, so integers lose; but its tables are counted over a picture like this
        assertThat(Double.parseDouble(last.split(" ", -1)[4])).isBetween(-20.0, 20.0);
    }

    @Test
    void sharpnessIsComparedAtAboutEqualBytes() {
        assumeTrue(has("avifenc") && has("avifdec"), "needs libavif-bin");

        Run run =
                run(
                        new SharpnessCommand(),
                        "--model",
                        model.toString(),
                        "--held-out",
                        pictures.toString(),
                        "--pictures",
                        "1",
                        "--bpp",
                        "1");

        assertThat(run.status).isIn(0, 1);
        assertThat(run.output)
                .matches("1 pictures: .* of the originals' energy at .* bpp; AVIF .* bpp\\n");
    }

    @Test
    void aSheetShowsEachPictureBesideItsOriginal() throws IOException {
        boolean webp = has("cwebp") && has("dwebp");
        assumeTrue(webp || (has("avifenc") && has("avifdec")), "needs webp or libavif-bin");
        Path sheets = folder.resolve("sheets");
        Run run =
                run(
                        new SheetCommand(),
                        "--model",
                        model.toString(),
                        "--images",
                        pictures.toString(),
                        "--out",
                        sheets.toString(),
                        "--bpp",
                        "0.5,1",
                        "--peers",
                        webp ? "WEBP" : "AVIF",
                        "--pictures",
                        "2",
                        "--side",
                        "100");

        assertThat(run.status).isZero();
        for (String name : List.of("sheet-0.5.png", "sheet-1.0.png")) {
            var sheet = ImageIO.read(sheets.resolve(name).toFile());
            assertThat(sheet.getHeight()).isEqualTo(2 * 122);
            var original = ImageIO.read(pictures.resolve("s1.png").toFile());
            // the middle of the second picture, below its label
            assertThat(sheet.getRGB(50, 122 + 18 + 50)).isEqualTo(original.getRGB(80, 72));
            assertThat(sheet.getRGB(104 + 50, 18 + 50)).isNotEqualTo(0xffffffff);
        }
    }

    private static boolean has(String command) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, command)));
    }

    private record Run(int status, String output) {}

    private static Run run(Object command, String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            int status = new CommandLine(command).execute(arguments);
            return new Run(status, bytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }
}
