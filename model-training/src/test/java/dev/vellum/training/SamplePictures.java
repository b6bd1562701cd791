package dev.vellum.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Folders of small pictures with ramps, edges and noise. */
public final class SamplePictures {

    private SamplePictures() {}

    /** Writes {@code count} pictures of 160 x 144 pixels. */
    public static void write(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            ImageIO.write(picture(i, 160, 144), "png", folder.resolve("s" + i + ".png").toFile());
        }
    }

    private static BufferedImage picture(long seed, int width, int height) {
        Random random = new Random(seed);
        int edge = 20 + random.nextInt(100);
        int slope = 1 + random.nextInt(3);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int level = (x * slope + y) / 3 + (x > edge ? 80 : 0) + random.nextInt(12);
                int red = Math.min(255, level);
                int green = Math.min(255, level / 2 + y);
                int blue = Math.min(255, 200 - y + random.nextInt(8));
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }
}
