package dev.vellum.codec;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
 * Encodes and decodes the mosaic of {@link SpeedComparison} with the codecs that people use today,
 * each at the setting whose file is closest to ours in bytes, one thread each, in turns. Processor
 * time, start of the program included; pictures come and go without compression (PPM, for AVIF
 * PNG).
 */
public final class PeerTimes {

    private static final int QUALITY = 50;
    private static final Limits LIMITS =
            new Limits(20_000_000, 1 << 28, 4L << 30, Duration.ofMinutes(10));

    /**
     * A codec by its commands.
     *
     * @param name with its settings
     * @param extension of its files
     * @param lowest setting tried
     * @param highest setting tried
     * @param rising whether files grow with the setting
     * @param encode command; {@code IN}, {@code OUT} and {@code Q} stand for files and setting
     * @param decode command likewise
     */
    private record Peer(
            String name,
            String extension,
            int lowest,
            int highest,
            boolean rising,
            String encode,
            String decode) {}

    private static final List<Peer> PEERS =
            List.of(
                    new Peer(
                            "libjpeg-turbo, optimised, progressive",
                            "jpg",
                            1,
                            100,
                            true,
                            "cjpeg -quality Q -optimize -progressive -outfile OUT mosaic.ppm",
                            "djpeg -outfile out.ppm IN"),
                    new Peer(
                            "WebP, -m 6",
                            "webp",
                            1,
                            100,
                            true,
                            "cwebp -quiet -m 6 -q Q mosaic.ppm -o OUT",
                            "dwebp -quiet -ppm IN -o out.ppm"),
                    new Peer(
                            "AVIF, aom, -s 6",
                            "avif",
                            0,
                            63,
                            false,
                            "avifenc -j 1 -s 6 --min Q --max Q mosaic.png OUT",
                            "avifdec -j 1 --png-compress 0 IN out.png"),
                    new Peer(
                            "JPEG XL, -e 7",
                            "jxl",
                            1,
                            99,
                            true,
                            "cjxl --quiet --num_threads=0 -e 7 -q Q mosaic.ppm OUT",
                            "djxl --quiet --num_threads=0 IN out.ppm"));

    private final Path folder;
    private final Picture picture;

    private PeerTimes(Path folder, Picture picture) {
        this.folder = folder;
        this.picture = picture;
    }

    /** Takes a decoder file, its encoder file beside it, a folder of photographs, and rounds. */
    public static void main(String[] arguments) throws IOException, CodecException {
        if (arguments.length != 3) {
            System.err.println("Usage: codec/measure peers MODEL.vlmd PHOTOGRAPHS ROUNDS");
            System.exit(2);
        }
        Path decoder = Path.of(arguments[0]);
        Path encoder = Path.of(arguments[0].replaceFirst("\\.vlmd$", ".vlme"));
        Path folder = Files.createTempDirectory("vellum-peers");
        try (Model model =
                Model.load(
                        Files.readAllBytes(decoder),
                        Files.readAllBytes(encoder),
                        Model.Tuning.DEFAULT)) {
            var mosaic = SpeedComparison.mosaic(Path.of(arguments[1]));
            ImageIO.write(mosaic, "png", folder.resolve("mosaic.png").toFile());
            Picture picture = SpeedComparison.picture(mosaic);
            new PeerTimes(folder, picture).run(model, Integer.parseInt(arguments[2]));
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void run(Model model, int rounds) throws IOException, CodecException {
        try (OutputStream ppm =
                new BufferedOutputStream(Files.newOutputStream(folder.resolve("mosaic.ppm")))) {
            String header = "P6\n%d %d\n255\n".formatted(picture.width(), picture.height());
            ppm.write(header.getBytes(StandardCharsets.US_ASCII));
            ppm.write(picture.rgb());
        }
        VellumEncoder quick = new VellumEncoder(model, LIMITS, 0);
        VellumEncoder careful = new VellumEncoder(model, LIMITS, 5);
        VellumDecoder decoder = new VellumDecoder(new ModelRegistry(List.of(model)), LIMITS);
        byte[] stream = quick.encode(picture, new Quality(QUALITY)).stream();
        List<Integer> settings = new ArrayList<>();
        for (Peer peer : PEERS) {
            settings.add(setting(peer, stream.length));
        }
        double[][] encoding = new double[PEERS.size() + 2][rounds];
        double[][] decoding = new double[PEERS.size() + 1][rounds];
        for (int round = -1; round < rounds; round++) { // the first one warms up
            int now = Math.max(round, 0);
            encoding[0][now] =
                    ProcessorTime.own(() -> quick.encode(picture, new Quality(QUALITY)).psnr());
            encoding[1][now] =
                    ProcessorTime.own(() -> careful.encode(picture, new Quality(QUALITY)).psnr());
            decoding[0][now] = ProcessorTime.own(() -> decoder.decode(stream));
            for (int i = 0; i < PEERS.size(); i++) {
                Peer peer = PEERS.get(i);
                encoding[i + 2][now] = child(peer.encode(), peer, settings.get(i));
                decoding[i + 1][now] = child(peer.decode(), peer, settings.get(i));
            }
        }
        System.out.printf(
                "%d x %d, quality %d, medians of %d, one thread%n%-50s %10s %14s %14s%n",
                picture.width(),
                picture.height(),
                QUALITY,
                rounds,
                "",
                "bytes",
                "encode, ms/MP",
                "decode, ms/MP");
        print("Vellum, effort 0, verified", stream.length, encoding[0], decoding[0]);
        print("Vellum, effort 5, verified", stream.length, encoding[1], decoding[0]);
        for (int i = 0; i < PEERS.size(); i++) {
            Peer peer = PEERS.get(i);
            String name = "%s, setting %d".formatted(peer.name(), settings.get(i));
            long bytes = Files.size(file(peer, settings.get(i)));
            print(name, bytes, encoding[i + 2], decoding[i + 1]);
        }
    }

    private void print(String name, long bytes, double[] encoding, double[] decoding) {
        System.out.printf(
                Locale.ROOT,
                "%-50s %10d %14.1f %14.1f%n",
                name,
                bytes,
                median(encoding),
                median(decoding));
    }

    /** Milliseconds a megapixel. */
    private double median(double[] seconds) {
        Arrays.sort(seconds);
        return seconds[seconds.length / 2] * 1e9 / picture.width() / picture.height();
    }

    /** The setting with the smallest file of at least {@code bytes}. */
    private int setting(Peer peer, int bytes) throws IOException {
        int small = peer.rising() ? peer.lowest() : peer.highest();
        int large = peer.rising() ? peer.highest() : peer.lowest();
        while (Math.abs(large - small) > 1) {
            int middle = (small + large) / 2;
            double _ = child(peer.encode(), peer, middle);
            if (Files.size(file(peer, middle)) < bytes) {
                small = middle;
            } else {
                large = middle;
            }
        }
        return large;
    }

    private Path file(Peer peer, int setting) {
        return folder.resolve("q" + setting + "." + peer.extension());
    }

    private double child(String template, Peer peer, int setting) throws IOException {
        String[] words = template.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
            words[i] =
                    switch (words[i]) {
                        case "IN", "OUT" -> file(peer, setting).toString();
                        case "Q" -> String.valueOf(setting);
                        case "mosaic.ppm", "mosaic.png", "out.ppm", "out.png" ->
                                folder.resolve(words[i]).toString();
                        default -> words[i];
                    };
        }
        return ProcessorTime.child(folder.resolve("log"), words);
    }
}
