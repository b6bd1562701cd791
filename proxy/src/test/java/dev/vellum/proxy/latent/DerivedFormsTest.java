package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Picture;
import dev.vellum.proxy.picture.Content;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Floor;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.Haste;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.PictureFormats;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.PictureLimits;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Raster;
import dev.vellum.proxy.picture.Reading;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.VariantMaker;
import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What forms lose that are made of latents in a picture's place, with the model of the release.
 * {@code -Dvellum.derived.pictures=FOLDER -Dtest.timeout=2h} prints it for the JPEG files of a
 * folder.
 */
class DerivedFormsTest {

    /** By how much what both lose together may exceed the sum that is reckoned with. */
    private static final double ESTIMATE = 0.002;

    private final Map<String, List<double[]>> table = new TreeMap<>();

    /** A picture and what it is compared by. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Original(byte[] file, PictureHeader header, Raster raster) {}

    private static List<byte[]> files() throws IOException {
        String folder = System.getProperty("vellum.derived.pictures", "");
        if (folder.isEmpty()) {
            return List.of(SamplePictures.photograph(5, 192, 160));
        }
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            for (Path file :
                    all.filter(each -> each.toString().endsWith(".jpg")).sorted().toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    @Timeout(7200)
    void whatLatentsAndTheFormMadeOfThemLoseTogetherStaysAboutTheFloor() throws Exception {
        Vips vips = Vips.load(VipsLocation.find().orElseThrow());
        try (PictureFormats formats = new PictureFormats(vips, PictureLimits.DEFAULT);
                LatentModels models = LatentModels.open(CodecConfig.DEFAULT)) {
            VariantMaker maker = new VariantMaker(formats, Guard.DEFAULT, new Efforts(4, 2, 5));
            LatentCoder coder = models.coder().orElseThrow();
            for (byte[] file : files()) {
                if (formats.read(file, soon()) instanceof Reading.Decoded decoded) {
                    measure(
                            maker,
                            coder,
                            formats,
                            new Original(file, decoded.header(), decoded.raster()));
                }
            }
        }
        table.forEach((row, figures) ->
                System.out.printf(
                        "%-34s %2d pictures, %5.1f %% of the bytes, MS-SSIM %.4f, worst tile %.4f%n",
                        row,
                        figures.size(),
                        100 * mean(figures, 0),
                        mean(figures, 1),
                        figures.stream().mapToDouble(one -> one[2]).min().orElse(1)));
        assertThat(table).isNotEmpty();
    }

    private static double mean(List<double[]> figures, int column) {
        return figures.stream().mapToDouble(one -> one[column]).average().orElse(0);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofMinutes(10), System::nanoTime);
    }

    private void measure(
            VariantMaker maker, LatentCoder coder, PictureFormats formats, Original original) {
        List<Form> forms = List.of(new Form.Ordinary(Format.AVIF), new Form.Ordinary(Format.WEBP));
        for (QualityClass quality : QualityClass.values()) {
            Variant wanted = new Variant(coder.form(), Variant.OWN_WIDTH, quality);
            Making latents = maker.make(original.file(), coder, wanted, Haste.NONE, soon());
            if (latents instanceof Making.Made made) {
                note(
                        "latents " + quality,
                        original,
                        made.file().length,
                        made.overall(),
                        made.worstTile());
            }
            for (Form form : forms) {
                Format format = ((Form.Ordinary) form).format();
                Variant variant = new Variant(form, Variant.OWN_WIDTH, quality);
                if (maker.make(original.file(), format, variant, soon())
                        instanceof Making.Made direct) {
                    note(
                            format + " " + quality,
                            original,
                            direct.file().length,
                            direct.overall(),
                            direct.worstTile());
                }
            }
            if (latents instanceof Making.Made made && quality != QualityClass.SAVING) {
                for (QualityClass asked : List.of(QualityClass.STANDARD, QualityClass.SAVING)) {
                    for (Form form : forms) {
                        derive(maker, coder, formats, original, made, form, asked);
                    }
                }
            }
        }
    }

    private void derive(
            VariantMaker maker,
            LatentCoder coder,
            PictureFormats formats,
            Original original,
            Making.Made latents,
            Form form,
            QualityClass asked) {
        Format format = ((Form.Ordinary) form).format();
        VariantMaker.Lost lost =
                new VariantMaker.Lost(
                        original.header(),
                        latents.rights(),
                        original.file().length,
                        latents.overall(),
                        latents.worstTile());
        Variant variant = new Variant(form, Variant.OWN_WIDTH, asked);
        if (maker.derive(latents.file(), coder, lost, format, variant, soon())
                        instanceof Making.Made made
                && formats.read(made.file(), soon()) instanceof Reading.Decoded seen) {
            Fidelity fidelity =
                    Fidelity.between(picture(original.raster()), picture(seen.raster()));
            note(
                    "%s %s of latents %s".formatted(format, asked, latents.variant().quality()),
                    original,
                    made.file().length,
                    fidelity.msSsim(),
                    fidelity.worstTile());
            Floor floor = Guard.DEFAULT.floor(Content.PHOTOGRAPH, asked);
            assertThat(fidelity.msSsim()).isGreaterThan(floor.overall() - ESTIMATE);
        }
    }

    private static Picture picture(Raster raster) {
        return new Picture(raster.width(), raster.height(), raster.samples());
    }

    private void note(String row, Original original, int bytes, double overall, double tile) {
        table.computeIfAbsent(row, ignored -> new ArrayList<>())
                .add(new double[] {(double) bytes / original.file().length, overall, tile});
    }
}
