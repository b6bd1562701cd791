package dev.vellum.training.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A picture in memory: 8-bit sRGB, three planes one after the other.
 *
 * @param planes {@code [3, height, width]}
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels, handed over and not copied
public record Raster(int width, int height, byte[] planes) {

    /** Reads a PNG or JPEG file; transparent parts are shown over white. */
    public static Raster read(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + ": no picture that can be read (expected: PNG or JPEG)");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] planes = new byte[3 * width * height];
        int[] row = new int[width];
        boolean opaque = !image.getColorModel().hasAlpha();
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int argb = row[x];
                int alpha = opaque ? 255 : argb >>> 24;
                for (int c = 0; c < 3; c++) {
                    int value = argb >> (16 - 8 * c) & 255;
                    planes[(c * height + y) * width + x] =
                            (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
                }
            }
        }
        return new Raster(width, height, planes);
    }

    /** The part from the top left corner {@code (x, y)}. */
    public Raster crop(int x, int y, int cropWidth, int cropHeight) {
        byte[] part = new byte[3 * cropWidth * cropHeight];
        for (int c = 0; c < 3; c++) {
            for (int row = 0; row < cropHeight; row++) {
                System.arraycopy(
                        planes,
                        (c * height + y + row) * width + x,
                        part,
                        (c * cropHeight + row) * cropWidth,
                        cropWidth);
            }
        }
        return new Raster(cropWidth, cropHeight, part);
    }

    /** The middle, its sides multiples of {@code unit} and at most {@code limit}. */
    public Raster middle(int unit, int limit) {
        int w = Math.min(limit, width) / unit * unit;
        int h = Math.min(limit, height) / unit * unit;
        return crop((width - w) / 2, (height - h) / 2, w, h);
    }
}
