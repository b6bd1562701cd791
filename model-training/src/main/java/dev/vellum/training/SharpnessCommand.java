package dev.vellum.training;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.codec.metric.LaplacianEnergy;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.data.Raster;
import dev.vellum.training.evaluation.FileEvaluation;
import dev.vellum.training.evaluation.PeerTool;
import dev.vellum.training.evaluation.QualitySearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum sharpness}. */
@Command(
        name = "sharpness",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Measures whether a model blurs: the energy of the Laplacian of decoded pictures, as a"
                    + " share of the original's, beside AVIF (avifenc -s 6, 4:2:0) at the same"
                    + " bytes.",
            "The status is 1 if the model's mean is lower. Needs avifenc and avifdec."
        })
final class SharpnessCommand implements Callable<Integer> {

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

    @Option(names = "--bpp", description = "Bits per pixel of each picture, about.")
    private double target = 0.25;

    @Option(names = "--effort", description = "Of the encoder, 0 to 9.")
    private int effort = 5;

    @Option(names = "--pictures", description = "How many, at most.")
    private int most = 40;

    @Override
    public Integer call() throws IOException, CodecException {
        ModelFiles files = new ModelFiles(Options.given("--model", model));
        List<Path> pictures = PictureFolder.of(Options.given("--held-out", heldOut)).development();
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no pictures (expected: 5 or more; a fifth counts)");
        }
        double own = 0;
        double other = 0;
        double ownBits = 0;
        double otherBits = 0;
        int count = Math.min(most, pictures.size());
        try (Model loaded = files.load();
                PeerTool avif = new PeerTool(PeerTool.Peer.AVIF)) {
            for (Path file : pictures.subList(0, count)) {
                Picture picture = FileEvaluation.picture(Raster.read(file));
                double energy = energy(picture);
                Encoded encoded =
                        QualitySearch.nearest(
                                new VellumEncoder(loaded, Limits.DEFAULT, effort), picture, target);
                PeerTool.Coded coded = avif.nearest(picture, encoded.stream().length);
                double pixels = (double) picture.width() * picture.height();
                own += energy(encoded.decoded()) / energy / count;
                other += energy(coded.decoded()) / energy / count;
                ownBits += encoded.bitsPerPixel() / count;
                otherBits += 8 * coded.bytes() / pixels / count;
                System.err.printf(
                        Locale.ROOT,
                        "%s: %.3f at %d bytes, AVIF %.3f at %d%n",
                        file.getFileName(),
                        energy(encoded.decoded()) / energy,
                        encoded.stream().length,
                        energy(coded.decoded()) / energy,
                        coded.bytes());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d pictures: %.3f of the originals' energy at %.3f bpp; AVIF %.3f at %.3f bpp%n",
                count,
                own,
                ownBits,
                other,
                otherBits);
        return own >= other ? 0 : 1;
    }

    private static double energy(Picture picture) {
        return LaplacianEnergy.of(picture.width(), picture.height(), picture.rgb());
    }
}
