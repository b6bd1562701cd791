package dev.vellum.proxy.command;

import dev.vellum.codec.Fidelity;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.proxy.demo.Journey;
import dev.vellum.proxy.demo.Journey.Fetched;
import dev.vellum.proxy.demo.Journey.Way;
import dev.vellum.proxy.demo.Landscapes;
import dev.vellum.proxy.demo.PictureSite;
import dev.vellum.proxy.latent.CodecConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows on this machine alone what each form of pictures costs on a thin link. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Sends pictures over a simulated thin link in each form: as they are, as WebP, as AVIF,"
                    + " as latents. Prints bytes on the link, similarity and time, cold and when the"
                    + " far proxy has the form, and with --stay a page to compare them by eye."
        })
public final class DemoCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;
    @Mixin private final CodecOptions codec = new CodecOptions();

    @Option(
            names = "--pictures",
            paramLabel = "DIR",
            description = "JPEG and PNG files; default: painted landscapes.")
    @Nullable Path pictures;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many at most.")
    int count = 4;

    @Option(
            names = "--rate",
            paramLabel = "KBIT",
            defaultValue = "512",
            description = "Of the link, in kbit/s (default: ${DEFAULT-VALUE}).")
    int rate = 512;

    @Option(
            names = "--delay",
            paramLabel = "MS",
            defaultValue = "150",
            description = "Of the link, there and back (default: ${DEFAULT-VALUE}).")
    int delay = 150;

    @Option(names = "--stay", description = "Serve the page until interrupted.")
    boolean stay;

    /** One picture of the site. */
    private record Sample(String path, Picture original) {}

    /** Sums over all pictures. */
    private static final class Row {
        private long coldBytes;
        private double coldSeconds;
        private long bytes;
        private double seconds;
        private double similarity;
        private double psnr;
        private int ready;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Commands.spec(spec).commandLine().getOut();
        try (PictureSite site = new PictureSite();
                PictureFiles files = PictureFiles.open(codec.pixels())) {
            List<Sample> samples = samples(site, files);
            StringBuilder page = new StringBuilder("<!doctype html><title>Vellum</title><table>");
            String latents = latents();
            out.printf(
                    Locale.ROOT,
                    "%d pictures, %d kbit/s, %d ms there and back%n%n",
                    samples.size(),
                    rate,
                    delay);
            out.println("              first view            later views");
            out.println("form           kB on link  seconds  kB on link  seconds  MS-SSIM    PSNR");
            for (Way way : Way.values()) {
                if (way == Way.LATENTS && latents.isEmpty()) {
                    out.println("latents        no model (see --models)");
                    continue;
                }
                Row row = travel(way, latents, samples, site, files, page);
                print(out, way, row, samples.size());
            }
            site.put("/", "text/html", page.toString().getBytes(StandardCharsets.UTF_8));
            if (stay) {
                out.printf("%nTo compare: %s (interrupt to end)%n", site.url("/"));
                Thread.currentThread().join();
            }
        }
        return 0;
    }

    private List<Sample> samples(PictureSite site, PictureFiles files) throws IOException {
        List<Sample> samples = new ArrayList<>();
        List<Path> given = List.of();
        if (pictures != null) {
            try (Stream<Path> all = Files.list(pictures)) {
                given =
                        all.filter(file -> file.toString().matches("(?i).*\\.(jpe?g|png)"))
                                .sorted()
                                .limit(count)
                                .toList();
            }
            if (given.isEmpty()) {
                throw new IOException(pictures + ": no picture (expected: JPEG or PNG files)");
            }
        }
        for (int i = 0; i < (pictures == null ? count : given.size()); i++) {
            byte[] file = given.isEmpty() ? Landscapes.jpeg(i) : Files.readAllBytes(given.get(i));
            String path = "/" + i;
            site.put(path, file[0] == (byte) 0x89 ? "image/png" : "image/jpeg", file);
            samples.add(new Sample(path, files.read(file)));
        }
        return samples;
    }

    /** What the first model's latents travel as; empty without one. */
    private String latents() {
        try (ModelRegistry models = codec.open()) {
            return "image/vnd.vellum;m=" + models.models().getFirst().hash().substring(0, 10);
        } catch (IOException | dev.vellum.codec.CodecException none) {
            return "";
        }
    }

    private Row travel(
            Way way,
            String latents,
            List<Sample> samples,
            PictureSite site,
            PictureFiles files,
            StringBuilder page)
            throws IOException, InterruptedException {
        CodecConfig config =
                codec.models == null
                        ? CodecConfig.DEFAULT
                        : CodecConfig.DEFAULT.with(codec.models.toAbsolutePath());
        Row row = new Row();
        Duration oneWay = Duration.ofMillis(delay).dividedBy(2);
        try (Journey journey = new Journey(way, config, latents, rate * 1000L, oneWay)) {
            page.append("<tr><th>").append(way.label());
            for (Sample sample : samples) {
                Fetched cold = journey.fetch(site.url(sample.path()));
                row.coldBytes += cold.linkBytes();
                row.coldSeconds += cold.took().toNanos() / 1e9;
            }
            for (Sample sample : samples) {
                row.ready += journey.ready(site.url(sample.path())) ? 1 : 0;
                Fetched later = journey.fetch(site.url(sample.path()));
                row.bytes += later.linkBytes();
                row.seconds += later.took().toNanos() / 1e9;
                Fidelity fidelity = Fidelity.between(sample.original(), seen(later, files));
                row.similarity += fidelity.msSsim();
                row.psnr += fidelity.psnr();
                String shown = sample.path() + "-" + way.label();
                site.put(shown, later.type(), later.file());
                page.append("<td><img src='")
                        .append(shown)
                        .append("'><br>")
                        .append(later.linkBytes())
                        .append(" bytes");
            }
        }
        return row;
    }

    /** libvips does not read what a client hands to browsers. */
    private static Picture seen(Fetched fetched, PictureFiles files) throws IOException {
        if (!fetched.type().equals("image/bmp")) {
            return files.read(fetched.file());
        }
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(fetched.file()));
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int pixel = image.getRGB(i % image.getWidth(), i / image.getWidth());
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        return new Picture(image.getWidth(), image.getHeight(), rgb);
    }

    private static void print(PrintWriter out, Way way, Row row, int count) {
        out.printf(
                Locale.ROOT,
                "%-14s %10.1f %8.2f %11.1f %8.2f %8.4f %7.2f%s%n",
                way.label(),
                row.coldBytes / 1e3 / count,
                row.coldSeconds / count,
                row.bytes / 1e3 / count,
                row.seconds / count,
                row.similarity / count,
                row.psnr / count,
                row.ready < count ? "  (%d as the original)".formatted(count - row.ready) : "");
        out.flush();
    }
}
