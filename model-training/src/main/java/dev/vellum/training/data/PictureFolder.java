package dev.vellum.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The pictures below a folder, split by the hash of their names, so that the split is the same on
 * every machine and does not change when pictures are added elsewhere.
 *
 * @param photographs for training
 * @param graphics for training: files in folders called {@code graphics}
 * @param development photographs held out of training, for every comparison
 */
public record PictureFolder(List<Path> photographs, List<Path> graphics, List<Path> development) {

    /** Photographs that are held out, when there are enough. */
    private static final int HELD_OUT = 40;

    /** Lists the PNG and JPEG files below {@code folder}. */
    public static PictureFolder of(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).filter(PictureFolder::picture).toList();
        }
        List<Path> photographs =
                files.stream()
                        .filter(file -> !graphic(file))
                        .sorted(Comparator.comparing(PictureFolder::hash))
                        .toList();
        List<Path> graphics =
                files.stream()
                        .filter(PictureFolder::graphic)
                        .sorted(Comparator.comparing(PictureFolder::hash))
                        .toList();
        int heldOut = Math.min(HELD_OUT, photographs.size() / 5);
        return new PictureFolder(
                photographs.subList(heldOut, photographs.size()),
                graphics,
                photographs.subList(0, heldOut));
    }

    private static boolean picture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }

    private static boolean graphic(Path file) {
        Path parent = file.getParent();
        return parent != null && parent.endsWith("graphics");
    }

    private static String hash(Path file) {
        try {
            byte[] name = file.getFileName().toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
