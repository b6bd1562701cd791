package dev.vellum.training;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.BundleCheck;
import dev.vellum.training.export.BundleExport;
import dev.vellum.training.export.IntegerFit;
import dev.vellum.training.export.IntegerLoss;
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

/** {@code vellum export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Turns trained weights into a model: DIR/NAME.vlmd (decoder) and DIR/NAME.vlme (encoder).",
            "Then runs both the exported graphs and the training's simulation of them on held-out"
                    + " pictures; any difference in what the entropy coder sees is a failure."
        })
final class ExportCommand implements Callable<Integer> {

    private static final int SIDE = 512;

    /** Pictures on which fitted integers are judged. */
    private static final int JUDGING = 6;

    /** Pictures to which the fast analyses are fitted. */
    private static final int FITTED = 16;

    private static final List<Integer> QUALITIES = List.of(1, 20, 50, 80, 100);

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "What training wrote.")
    private @Nullable Path weights;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The training pictures: the tables are counted over some of them.")
    private @Nullable Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where it goes.")
    private @Nullable Path out;

    @Option(
            names = "--pack",
            paramLabel = "FILE",
            description = "Also write the weights, compressed for keeping, a little coarser.")
    private @Nullable Path pack;

    @Option(names = "--name", description = "Of the model: letters, digits, dots, dashes.")
    private String name = "vellum";

    @Option(names = "--pictures", description = "Pictures that the tables are counted over.")
    private int count = 100;

    @Option(
            names = "--fit",
            description =
                    "Pictures that the decoder's integers are fitted to; 0: integers by calibration"
                            + " alone. On others the better of both is found.")
    private int fitted = 24;

    @Option(
            names = "--ms-ssim",
            description = "Share of MS-SSIM in the loss that the encoder's searches lower, 0 to 1.")
    private double similarity = 0.1;

    @Option(names = "--threads", description = "Threads of the training engine.")
    private int threads = 1;

    @Override
    public Integer call() throws IOException, CodecException, OrtException {
        Weights trained = Weights.read(Options.given("--weights", weights));
        PictureFolder folder = PictureFolder.of(Options.given("--data", data));
        Path directory = Files.createDirectories(Options.given("--out", out));
        List<Raster> counted = rasters(folder.photographs(), count);
        counted.addAll(rasters(folder.graphics(), count / 10));
        try (NDManager manager = Engine.start(threads);
                CodecModule module = new CodecModule(trained.architecture(), manager)) {
            Weights whole = fitted(manager, module, trained, folder);
            BundleExport export = new BundleExport(manager, module, whole);
            DecoderFile decoder = export.decoder(name, counted);
            List<Raster> few = counted.subList(0, Math.min(FITTED, counted.size()));
            EncoderFile encoder = export.encoder(decoder, few, similarity);
            boolean exact = check(new BundleCheck(manager, module, whole, export, decoder), folder);
            if (!exact) {
                System.err.println("not written: ONNX Runtime and the simulation differ");
                return 1;
            }
            write(directory.resolve(name + ".vlmd"), decoder.bytes());
            write(directory.resolve(name + ".vlme"), encoder.bytes());
            if (pack != null) {
                trained.pack(pack);
            }
            System.out.println("model " + decoder.hash().hex());
        }
        return 0;
    }

    /** Weights whose integers are nearer to the floating point, where fitting gains. */
    private Weights fitted(
            NDManager manager, CodecModule module, Weights trained, PictureFolder folder)
            throws IOException {
        if (fitted == 0) {
            return trained;
        }
        List<Raster> pictures = rasters(folder.photographs(), fitted + JUDGING);
        int most = Math.max(1, pictures.size() - JUDGING);
        Weights fit = IntegerFit.of(manager, module, trained, pictures.subList(0, most));
        IntegerLoss loss =
                new IntegerLoss(
                        manager,
                        module,
                        pictures.subList(Math.max(0, pictures.size() - JUDGING), pictures.size()));
        double before = loss.of(trained);
        double after = loss.of(fit);
        System.out.printf(
                Locale.ROOT,
                "loss of integers by calibration alone %.5f, fitted to %d pictures %.5f%n",
                before,
                most,
                after);
        return after < before ? fit : trained;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        System.out.printf("%s: %d bytes%n", file, bytes.length);
    }

    private static boolean check(BundleCheck check, PictureFolder folder)
            throws IOException, OrtException {
        boolean exact = true;
        for (Raster picture : rasters(folder.development(), 3)) {
            for (int quality : QUALITIES) {
                BundleCheck.Outcome outcome = check.run(picture, quality);
                System.out.printf(
                        "check at quality %d: %d of %d means and classes differ, %d of %d samples%n",
                        quality,
                        outcome.different(),
                        outcome.values(),
                        outcome.differentSamples(),
                        outcome.samples());
                // samples are compared after a sum that single precision holds only nearly always
                exact &=
                        outcome.different() == 0
                                && outcome.differentSamples() < outcome.samples() / 1000;
            }
        }
        return exact;
    }

    /** The middles of the first pictures that are large enough. */
    private static List<Raster> rasters(List<Path> files, int most) throws IOException {
        List<Raster> rasters = new ArrayList<>();
        for (Path file : files) {
            if (rasters.size() == most) {
                break;
            }
            Raster raster = Raster.read(file).middle(64, SIDE);
            if (raster.width() > 0 && raster.height() > 0) {
                rasters.add(raster);
            }
        }
        return rasters;
    }
}
