package dev.vellum.training;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.training.data.Raster;
import dev.vellum.training.evaluation.ContactSheet;
import dev.vellum.training.evaluation.FileEvaluation;
import dev.vellum.training.evaluation.PeerTool;
import dev.vellum.training.evaluation.QualitySearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum sheet}. */
@Command(
        name = "sheet",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Draws contact sheets to judge by eye: each original, what the model makes of it, and what"
                    + " other codecs make of it in at most as many bytes. One PNG file for each rate.",
            "AVIF needs avifenc and avifdec (Debian: libavif-bin), WebP cwebp and dwebp (webp)."
        })
final class SheetCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "The decoder file; the encoder file (.vlme) lies beside it.")
    private @Nullable Path model;

    @Option(names = "--images", required = true, paramLabel = "DIR", description = "PNG or JPEG.")
    private @Nullable Path images;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where they go.")
    private @Nullable Path out;

    @Option(names = "--bpp", split = ",", description = "Bits per pixel of each picture, about.")
    private List<Double> rates = List.of(0.1, 0.25, 0.5);

    @Option(names = "--peers", split = ",", description = "AVIF, WEBP.")
    private List<PeerTool.Peer> peers = List.of(PeerTool.Peer.values());

    @Option(names = "--pictures", description = "How many, at most.")
    private int most = 24;

    @Option(names = "--side", description = "Of what is shown of each picture, its middle.")
    private int side = 384;

    @Option(names = "--effort", description = "Of the encoder, 0 to 9.")
    private int effort = 5;

    @Override
    public Integer call() throws IOException, CodecException {
        ModelFiles files = new ModelFiles(Options.given("--model", model));
        Path folder = Files.createDirectories(Options.given("--out", out));
        List<Path> pictures = EvaluateCommand.files(Options.given("--images", images));
        try (Model loaded = files.load()) {
            VellumEncoder encoder = new VellumEncoder(loaded, Limits.DEFAULT, effort);
            for (double rate : rates) {
                ContactSheet sheet = new ContactSheet(side);
                for (Path file : pictures.subList(0, Math.min(most, pictures.size()))) {
                    sheet.add(row(encoder, file, rate));
                }
                Path png = folder.resolve(String.format(Locale.ROOT, "sheet-%s.png", rate));
                ImageIO.write(sheet.draw(), "png", png.toFile());
                System.out.println(png);
            }
        }
        return 0;
    }

    private List<ContactSheet.Tile> row(VellumEncoder encoder, Path file, double rate)
            throws IOException, CodecException {
        Picture picture = FileEvaluation.picture(Raster.read(file));
        Encoded encoded = QualitySearch.nearest(encoder, picture, rate);
        long bytes = encoded.stream().length;
        List<ContactSheet.Tile> row = new ArrayList<>();
        row.add(new ContactSheet.Tile(file.getFileName().toString(), picture));
        row.add(tile("Vellum", bytes, picture, encoded.decoded()));
        for (PeerTool.Peer peer : peers) {
            try (PeerTool tool = new PeerTool(peer)) {
                PeerTool.Coded coded = tool.nearest(picture, bytes);
                row.add(tile(peer.name(), coded.bytes(), picture, coded.decoded()));
            }
        }
        return row;
    }

    private static ContactSheet.Tile tile(
            String name, long bytes, Picture original, Picture decoded) {
        Fidelity fidelity = Fidelity.between(original, decoded);
        double bits = 8.0 * bytes / ((double) original.width() * original.height());
        String label =
                String.format(
                        Locale.ROOT,
                        "%s  %.3f bpp  %.2f dB  MS-SSIM %.4f",
                        name,
                        bits,
                        fidelity.psnr(),
                        fidelity.msSsim());
        return new ContactSheet.Tile(label, decoded);
    }
}
