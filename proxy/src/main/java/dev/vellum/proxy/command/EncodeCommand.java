package dev.vellum.proxy.command;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Encodes ordinary pictures as latent streams. */
@Command(
        name = "encode",
        mixinStandardHelpOptions = true,
        description = "Encodes pictures as latent streams (.vlm), and says what a client will see.")
public final class EncodeCommand implements Callable<Integer> {

    private static final List<String> ENDINGS =
            List.of(".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif");

    @Spec private @Nullable CommandSpec spec;
    @Mixin private final FileTasks tasks = new FileTasks();
    @Mixin private final CodecOptions codec = new CodecOptions();

    @Option(
            names = {"-q", "--quality"},
            paramLabel = "N",
            defaultValue = "60",
            description = "1, smallest, to 100, best (default: ${DEFAULT-VALUE}).")
    private int quality;

    @Option(
            names = "--effort",
            paramLabel = "N",
            defaultValue = "5",
            description = {
                "0, fastest, to 9, smallest (default: ${DEFAULT-VALUE}). From 6 on latents are searched"
                        + " for in 4, 8, 16, 32 steps of about a second a megapixel each."
            })
    private int effort;

    @Override
    public Integer call() throws IOException, CodecException {
        Quality wanted = Commands.argument(Commands.spec(spec), () -> new Quality(quality));
        try (ModelRegistry models = codec.open();
                PictureFiles files = PictureFiles.open(codec.pixels())) {
            Model model = encoding(models);
            VellumEncoder encoder =
                    Commands.argument(
                            Commands.spec(spec),
                            () -> new VellumEncoder(model, codec.limits(), effort));
            return tasks.run(
                    Commands.spec(spec),
                    ENDINGS,
                    ".vlm",
                    (in, out) -> {
                        Picture picture = files.read(in);
                        long start = System.nanoTime();
                        Encoded encoded = encoder.encode(picture, wanted, EncodeCommand::show);
                        double seconds = (System.nanoTime() - start) / 1e9;
                        Files.write(out, encoded.stream());
                        return line(encoded, seconds) + lacking(encoded);
                    });
        }
    }

    private static Model encoding(ModelRegistry models) throws IOException {
        return models.models().stream()
                .filter(Model::encodes)
                .findFirst()
                .orElseThrow(() -> new IOException("no model with an encoder file (NAME.vlme)"));
    }

    /** How far a search is, for whoever watches. */
    private static void show(int done, int steps) {
        if (Objects.requireNonNull(System.console()).isTerminal()) { // never null since JDK 22
            System.err.printf("\rstep %d of %d%s", done, steps, done == steps ? "\n" : "");
        }
    }

    private String lacking(Encoded encoded) {
        return encoded.effort() == effort
                ? ""
                : " (effort " + encoded.effort() + ": no more within this model and these limits)";
    }

    private static String line(Encoded encoded, double seconds) {
        Fidelity fidelity = encoded.fidelity();
        return String.format(
                Locale.ROOT,
                "%d x %d, %d bytes, %.4f bpp, PSNR %.2f dB, MS-SSIM %.5f, worst tile %.4f, %.2f s",
                encoded.decoded().width(),
                encoded.decoded().height(),
                encoded.stream().length,
                encoded.bitsPerPixel(),
                fidelity.psnr(),
                fidelity.msSsim(),
                fidelity.worstTile(),
                seconds);
    }
}
