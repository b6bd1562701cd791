package dev.vellum.training;

import ai.djl.ndarray.NDManager;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.FilePromise;
import dev.vellum.training.export.FilePromise.Bits;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum promise}. */
@Command(
        name = "promise",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Compares the bytes of whole streams with what the training's density, in floating"
                    + " point, promises for the same latents: over the middles of held-out pictures,"
                    + " every byte counted.",
            "The status is 1 if the streams take over 1.5 % more."
        })
final class PromiseCommand implements Callable<Integer> {

    private static final double ALLOWED = 0.015;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "What training wrote, and the model was exported from.")
    private @Nullable Path weights;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "The decoder file; the encoder file (.vlme) lies beside it.")
    private @Nullable Path model;

    @Option(
            names = "--held-out",
            required = true,
            paramLabel = "DIR",
            description = "Measures the pictures that training on DIR holds out.")
    private @Nullable Path heldOut;

    @Option(names = "--qualities", split = ",", description = "Qualities, 1 to 100.")
    private List<Integer> qualities = List.of(5, 25, 45, 65, 85);

    @Option(names = "--pictures", description = "How many, at most.")
    private int most = 10;

    @Option(names = "--side", description = "Sides of their middles, at most.")
    private int side = 512;

    @Override
    public Integer call() throws IOException, CodecException {
        Weights trained = Weights.read(Options.given("--weights", weights));
        Path file = Options.given("--model", model);
        DecoderFile decoder = DecoderFile.read(Files.readAllBytes(file));
        Path beside = file.resolveSibling(new ModelFiles(file).name() + ".vlme");
        EncoderFile encoder = EncoderFile.read(Files.readAllBytes(beside), decoder);
        List<Raster> pictures = pictures(Options.given("--held-out", heldOut));
        double real = 0;
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(trained.architecture(), manager);
                FilePromise promise = new FilePromise(manager, module, trained, decoder, encoder)) {
            for (int quality : qualities) {
                Bits sum = new Bits(0, 0, 0);
                for (Raster picture : pictures) {
                    sum = sum.plus(promise.of(picture, quality));
                }
                print("quality %d".formatted(quality), sum);
                real += sum.file() / sum.floating() / qualities.size();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d pictures: streams take %+.2f %% of what was promised%n",
                pictures.size(),
                100 * (real - 1));
        return real <= 1 + ALLOWED ? 0 : 1;
    }

    private static void print(String name, Bits sum) {
        System.out.printf(
                Locale.ROOT,
                "%s: promised %.0f bytes, in integers %+.2f %%, streams %+.2f %%%n",
                name,
                sum.floating() / 8,
                100 * (sum.integer() / sum.floating() - 1),
                100 * (sum.file() / sum.floating() - 1));
    }

    private List<Raster> pictures(Path folder) throws IOException {
        List<Raster> pictures = new ArrayList<>();
        for (Path file : PictureFolder.of(folder).development()) {
            Raster middle = Raster.read(file).middle(64, side);
            if (pictures.size() < most && middle.width() > 0 && middle.height() > 0) {
                pictures.add(middle);
            }
        }
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no pictures (expected: 5 or more; a fifth counts)");
        }
        return pictures;
    }
}
