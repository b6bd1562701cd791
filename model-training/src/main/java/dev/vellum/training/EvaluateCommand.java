package dev.vellum.training;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.training.curve.BdRate;
import dev.vellum.training.curve.CurvePlot;
import dev.vellum.training.curve.RdCurve;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.evaluation.FileEvaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Measures a model: encodes pictures, decodes the streams, and averages the bytes and the"
                    + " distortion of each quality.",
            "With --reference it prints BD-rates: by how much larger the files are than another"
                    + " codec's at equal distortion, PSNR from 28 to 38 dB and MS-SSIM from 10 to 20"
                    + " dB. A range that is not covered, fewer than 7 qualities, or a curve that"
                    + " falls is an error."
        })
final class EvaluateCommand implements Callable<Integer> {

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The decoder file; the encoder file (.vlme) lies beside it.")
    private @Nullable Path model;

    @Option(names = "--qualities", split = ",", description = "Qualities, 1 to 100.")
    private List<Integer> qualities = List.of(3, 10, 20, 30, 40, 50, 60, 70, 80, 90, 97);

    @Option(names = "--effort", description = "Of the encoder, 0 to 9.")
    private int effort = 0;

    @Option(
            names = "--reference",
            paramLabel = "CURVE",
            description = "A curve to compare with; may be given more than once.")
    private List<Path> references = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Where the curve goes.")
    private @Nullable Path json;

    @Option(names = "--plot", paramLabel = "FILE.png", description = "Where the plot goes.")
    private @Nullable Path plot;

    /** What is measured. */
    private static final class Source {

        @Option(names = "--images", paramLabel = "DIR", description = "Pictures, PNG or JPEG.")
        private @Nullable Path images;

        @Option(
                names = "--held-out",
                paramLabel = "DIR",
                description = "The pictures that training on DIR holds out, instead of all.")
        private @Nullable Path heldOut;

        @Option(
                names = "--curve",
                paramLabel = "CURVE",
                description = "A curve measured before, instead of a model.")
        private @Nullable Path curve;
    }

    @Override
    public Integer call() throws IOException, CodecException {
        RdCurve curve = source.curve != null ? RdCurve.read(source.curve) : measured();
        for (RdCurve.Point point : curve.points()) {
            System.out.printf(
                    Locale.ROOT,
                    "%.4f bpp  %.2f dB  MS-SSIM %.4f (%.2f dB)%n",
                    point.bpp(),
                    point.psnr(),
                    point.similarity(),
                    point.similarityDecibel());
        }
        if (json != null) {
            curve.write(json);
        }
        List<RdCurve> all = new ArrayList<>(List.of(curve));
        for (Path reference : references) {
            all.add(RdCurve.read(reference));
        }
        if (plot != null) {
            CurvePlot.write(all, plot);
        }
        boolean complete = true;
        for (RdCurve reference : all.subList(1, all.size())) {
            for (BdRate measure : BdRate.values()) {
                complete &= compare(measure, curve, reference);
            }
        }
        return complete ? 0 : 1;
    }

    private static boolean compare(BdRate measure, RdCurve curve, RdCurve reference) {
        try {
            System.out.printf(
                    Locale.ROOT,
                    "BD-rate by %s against %s: %+.1f %%%n",
                    measure,
                    reference.name(),
                    measure.of(curve, reference));
            return true;
        } catch (IllegalArgumentException e) {
            System.err.println("BD-rate by " + measure + ": " + e.getMessage());
            return false;
        }
    }

    private RdCurve measured() throws IOException, CodecException {
        List<Path> pictures =
                source.images != null
                        ? files(source.images)
                        : PictureFolder.of(Options.given("--held-out", source.heldOut))
                                .development();
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no PNG or JPEG pictures");
        }
        ModelFiles files = new ModelFiles(Options.given("--model", model));
        try (Model loaded = files.load()) {
            return new FileEvaluation(
                            new VellumEncoder(loaded, Limits.DEFAULT, effort),
                            (picture, number) ->
                                    System.err.printf(
                                            "%d of %d: %s%n",
                                            number, pictures.size(), picture.getFileName()))
                    .curve(files.name() + " effort " + effort, pictures, qualities);
        }
    }

    /** The pictures of a folder by name. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.getFileName()
                                    .toString()
                                    .toLowerCase(Locale.ROOT)
                                    .matches(".*\\.(png|jpe?g)"))
                    .sorted()
                    .toList();
        }
    }
}
