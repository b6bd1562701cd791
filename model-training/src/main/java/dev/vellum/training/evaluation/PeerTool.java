package dev.vellum.training.evaluation;

import dev.vellum.codec.Picture;
import dev.vellum.training.data.Raster;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Another codec as a yardstick: its encoder and decoder as commands, on one thread. Works in a
 * temporary folder of its own.
 */
public final class PeerTool implements AutoCloseable {

    private final Peer peer;
    private final Path folder;
    private final Path original;
    private final Path file;
    private final Path result;
    private final Path log;

    /** Makes the folder. */
    public PeerTool(Peer peer) throws IOException {
        this.peer = peer;
        folder = Files.createTempDirectory("vellum-peer");
        original = folder.resolve("original.png");
        file = folder.resolve("coded");
        result = folder.resolve("decoded.png");
        log = folder.resolve("log");
    }

    /** A codec whose commands Debian has. */
    public enum Peer {
        /** libavif-bin: {@code avifenc -s 6 -y 420} and {@code avifdec}. */
        AVIF(63) {
            @Override
            List<String> encode(int step, Path original, Path file) {
                String q = "" + step;
                return List.of(
                        "avifenc",
                        "-j",
                        "1",
                        "-s",
                        "6",
                        "-y",
                        "420",
                        "--min",
                        q,
                        "--max",
                        q,
                        original.toString(),
                        file.toString());
            }

            @Override
            List<String> decode(Path file, Path result) {
                return List.of("avifdec", "-j", "1", file.toString(), result.toString());
            }
        },

        /** webp: {@code cwebp -m 6} and {@code dwebp}. */
        WEBP(100) {
            @Override
            List<String> encode(int step, Path original, Path file) {
                return List.of(
                        "cwebp",
                        "-quiet",
                        "-m",
                        "6",
                        "-q",
                        "" + (100 - step),
                        original.toString(),
                        "-o",
                        file.toString());
            }

            @Override
            List<String> decode(Path file, Path result) {
                return List.of("dwebp", "-quiet", file.toString(), "-o", result.toString());
            }
        };

        private final int coarsest;

        Peer(int coarsest) {
            this.coarsest = coarsest;
        }

        /** The command that writes {@code file}, at a step from 0, the finest. */
        abstract List<String> encode(int step, Path original, Path file);

        abstract List<String> decode(Path file, Path result);
    }

    /**
     * A picture that was encoded and decoded.
     *
     * @param bytes of the file
     */
    public record Coded(long bytes, Picture decoded) {}

    /**
     * Encodes a picture with the finest step that takes at most {@code bytes}, the coarsest if none
     * does.
     *
     * @throws IOException if a tool is missing or fails
     */
    public Coded nearest(Picture picture, long bytes) throws IOException {
        write(picture);
        int low = 0;
        int high = peer.coarsest;
        while (low < high) {
            int middle = (low + high) / 2;
            if (encode(middle) > bytes) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        long size = encode(low);
        run(peer.decode(file, result));
        return new Coded(size, FileEvaluation.picture(Raster.read(result)));
    }

    private long encode(int step) throws IOException {
        run(peer.encode(step, original, file));
        return Files.size(file);
    }

    private void write(Picture picture) throws IOException {
        int width = picture.width();
        BufferedImage image =
                new BufferedImage(width, picture.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = picture.rgb();
        for (int i = 0; i < rgb.length / 3; i++) {
            int red = rgb[3 * i] & 255;
            int green = rgb[3 * i + 1] & 255;
            int blue = rgb[3 * i + 2] & 255;
            image.setRGB(i % width, i / width, (red << 16) | (green << 8) | blue);
        }
        ImageIO.write(image, "png", original.toFile());
    }

    private void run(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(
                        String.join(" ", command) + ": status " + status + "\n" + read(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + ": interrupted", e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }

    /** Removes the folder. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }
}
