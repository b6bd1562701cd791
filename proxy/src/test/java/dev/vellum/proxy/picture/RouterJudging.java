package dev.vellum.proxy.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Says which way the router sends pictures that someone has sorted, by
 *
 * <pre>java -cp ... dev.vellum.proxy.picture.RouterJudging DRAWINGS PHOTOGRAPHS</pre>
 *
 * and names those that go the wrong way.
 */
final class RouterJudging {

    private RouterJudging() {}

    public static void main(String[] folders) throws IOException {
        try (PictureFormats formats = PictureFormatsTest.open(PictureLimits.DEFAULT)) {
            judge(formats, Path.of(folders[0]), Content.DRAWING);
            judge(formats, Path.of(folders[1]), Content.PHOTOGRAPH);
        }
    }

    private static void judge(PictureFormats formats, Path folder, Content expected)
            throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        int right = 0;
        int read = 0;
        for (Path file : files) {
            if (formats.read(Files.readAllBytes(file), PictureFormatsTest.soon())
                    instanceof Reading.Decoded decoded) {
                read++;
                if (Router.content(decoded.raster(), decoded.header().format().exact())
                        == expected) {
                    right++;
                } else {
                    System.out.println("wrong: " + file);
                }
            }
        }
        System.out.printf(
                "%s: %d of %d, %.1f %%%n",
                expected, right, read, 100.0 * right / Math.max(1, read));
    }
}
