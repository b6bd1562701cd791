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
 * AVIF as a yardstick: libavif's {@code avifenc -s 6 -y 420} and {@code avifdec}, on one thread.
 * Works in a temporary folder of its own.
 */
public final class AvifTool implements AutoCloseable {

    private static final int COARSEST = 63;

    private final Path folder;
    private final Path original;
    private final Path file;
    private final Path result;
    private final Path log;

    /** Makes the folder. */
    public AvifTool() throws IOException {
        folder = Files.createTempDirectory("vellum-avif");
        original = folder.resolve("original.png");
        file = folder.resolve("coded.avif");
        result = folder.resolve("decoded.png");
        log = folder.resolve("log");
    }

    /**
     * A picture that was encoded and decoded.
     *
     * @param bytes of the file
     */
    public record Coded(long bytes, Picture decoded) {}

    /**
     * Encodes a picture with the finest quantiser that takes at most {@code bytes}, the coarsest if
     * none does.
     *
     * @throws IOException if a tool is missing or fails
     */
    public Coded nearest(Picture picture, long bytes) throws IOException {
        write(picture);
        int low = 0;
        int high = COARSEST;
        while (low < high) {
            int middle = (low + high) / 2;
            if (encode(middle) > bytes) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        long size = encode(low);
        run(List.of("avifdec", "-j", "1", file.toString(), result.toString()));
        return new Coded(size, FileEvaluation.picture(Raster.read(result)));
    }

    private long encode(int quantiser) throws IOException {
        String q = "" + quantiser;
        run(
                List.of(
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
                        file.toString()));
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
