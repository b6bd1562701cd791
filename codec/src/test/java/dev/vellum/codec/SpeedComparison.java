package dev.vellum.codec;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Encodes and decodes one picture of 9 megapixels, a mosaic of photographs, beside {@code avifenc
 * -s 6} and {@code avifdec}, one thread each, in turns. Times are of the processor, so that other
 * work on the machine shows little; medians count.
 */
public final class SpeedComparison {

    private static final int COLUMNS = 6;
    private static final int ROWS = 6;
    private static final int TILE_WIDTH = 576;
    private static final int TILE_HEIGHT = 432;
    private static final int WIDTH = COLUMNS * TILE_WIDTH;
    private static final int HEIGHT = ROWS * TILE_HEIGHT;
    private static final int QUALITY = 50;
    private static final Limits LIMITS =
            new Limits(20_000_000, 1 << 28, 4L << 30, Duration.ofMinutes(10));

    private final Path folder;
    private final Path png;
    private final Path avif;
    private final Picture picture;
    private final Model model;

    private SpeedComparison(Path folder, BufferedImage image, Model model) throws IOException {
        this.folder = folder;
        this.png = folder.resolve("mosaic.png");
        this.avif = folder.resolve("mosaic.avif");
        this.picture = picture(image);
        this.model = model;
        ImageIO.write(image, "png", png.toFile());
    }

    /** Takes a decoder file, its encoder file beside it, a folder of photographs, and rounds. */
    public static void main(String[] arguments) throws IOException, CodecException {
        if (arguments.length != 3) {
            System.err.println("Usage: codec/measure speed MODEL.vlmd PHOTOGRAPHS ROUNDS");
            System.exit(2);
        }
        Path decoder = Path.of(arguments[0]);
        Path encoder = Path.of(arguments[0].replaceFirst("\\.vlmd$", ".vlme"));
        Path folder = Files.createTempDirectory("vellum-speed");
        try (Model model =
                Model.load(
                        Files.readAllBytes(decoder),
                        Files.readAllBytes(encoder),
                        Model.Tuning.DEFAULT)) {
            new SpeedComparison(folder, mosaic(Path.of(arguments[1])), model)
                    .run(Integer.parseInt(arguments[2]));
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void run(int rounds) throws IOException, CodecException {
        VellumEncoder encoder = new VellumEncoder(model, LIMITS, 0);
        VellumDecoder decoder = new VellumDecoder(new ModelRegistry(List.of(model)), LIMITS);
        Encoded encoded = encoder.encode(picture, new Quality(QUALITY));
        int quantiser = quantiser(encoded.stream().length);
        List<String> names =
                List.of(
                        "encode, effort 0, verified: pixels and PSNR",
                        "    MS-SSIM, where it is asked for",
                        "avifenc -s 6, PNG to file",
                        "decode, bytes to RGB",
                        "avifdec, file to PNG",
                        "    of this to PNG without compression",
                        "PNG of ours through ImageIO");
        double[][] times = new double[names.size()][rounds];
        for (int round = -1; round < rounds; round++) { // the first one warms up
            double[] now = {
                ProcessorTime.own(() -> encoder.encode(picture, new Quality(QUALITY)).psnr()),
                ProcessorTime.own(() -> Fidelity.between(picture, encoded.decoded())),
                child(encode(quantiser)),
                ProcessorTime.own(() -> decoder.decode(encoded.stream())),
                child("avifdec", "-j", "1", avif.toString(), out("d.png")),
                child("avifdec", "-j", "1", "--png-compress", "0", avif.toString(), out("d.png")),
                ProcessorTime.own(() -> writePng(encoded.decoded())),
            };
            for (int i = 0; round >= 0 && i < now.length; i++) {
                times[i][round] = now[i];
            }
        }
        double megapixels = WIDTH * HEIGHT / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%d x %d, %d rounds; ours %d bytes, %.2f dB; AVIF %d bytes (quantiser %d)%n",
                WIDTH,
                HEIGHT,
                rounds,
                encoded.stream().length,
                encoded.fidelity().psnr(),
                Files.size(avif),
                quantiser);
        for (int i = 0; i < times.length; i++) {
            Arrays.sort(times[i]);
            double median = times[i][rounds / 2];
            System.out.printf(
                    Locale.ROOT,
                    "%-60s %6.2f s %7.1f ms/MP%n",
                    names.get(i),
                    median,
                    1000 * median / megapixels);
        }
        System.out.printf(
                Locale.ROOT,
                "avifenc / encode: %.2f (asked: 2), with MS-SSIM %.2f; decode / avifdec to PNG:"
                        + " %.2f (asked: at most 1.5), to uncompressed PNG: %.2f%n",
                median(times[2]) / median(times[0]),
                median(times[2]) / (median(times[0]) + median(times[1])),
                median(times[3]) / median(times[4]),
                median(times[3]) / median(times[5]));
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    /** The quantiser at which AVIF takes about as many bytes. */
    private int quantiser(int bytes) throws IOException {
        int low = 0;
        int high = 63;
        while (low < high) {
            int middle = (low + high) / 2;
            double _ = child(encode(middle));
            if (Files.size(avif) > bytes) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private String[] encode(int quantiser) {
        String q = "" + quantiser;
        return new String[] {
            "avifenc", "-j", "1", "-s", "6", "--min", q, "--max", q, png.toString(), avif.toString()
        };
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private double child(String... command) throws IOException {
        return ProcessorTime.child(folder.resolve("log"), command);
    }

    private Path writePng(Picture decoded) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        byte[] rgb = decoded.rgb();
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int level = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8;
            image.setRGB(i % WIDTH, i / WIDTH, level | (rgb[3 * i + 2] & 255));
        }
        Path file = folder.resolve("ours.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    static Picture picture(BufferedImage image) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int pixel = image.getRGB(i % WIDTH, i / WIDTH);
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        return new Picture(WIDTH, HEIGHT, rgb);
    }

    /** Corners of the first photographs that are large enough, by the names of their files. */
    static BufferedImage mosaic(Path photographs) throws IOException {
        List<BufferedImage> tiles = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(photographs)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            if (tiles.size() == COLUMNS * ROWS) {
                break;
            }
            BufferedImage image = ImageIO.read(file.toFile());
            if (image != null
                    && image.getWidth() >= TILE_WIDTH
                    && image.getHeight() >= TILE_HEIGHT) {
                tiles.add(image.getSubimage(0, 0, TILE_WIDTH, TILE_HEIGHT));
            }
        }
        if (tiles.isEmpty()) {
            throw new IOException(
                    photographs + ": no picture of at least " + TILE_WIDTH + " x " + TILE_HEIGHT);
        }
        BufferedImage mosaic = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = mosaic.createGraphics();
        for (int i = 0; i < COLUMNS * ROWS; i++) {
            int x = i % COLUMNS * TILE_WIDTH;
            int y = i / COLUMNS * TILE_HEIGHT;
            graphics.drawImage(tiles.get(i % tiles.size()), x, y, null);
        }
        graphics.dispose();
        return mosaic;
    }
}
