package dev.vellum.proxy.demo;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Painted landscapes as JPEG files: gradients, ridges, grain. Photographs are better; see
 * --pictures.
 */
public final class Landscapes {

    private static final int WIDTH = 768;
    private static final int HEIGHT = 512;

    /** Wavelengths of the ridges, in pixels. */
    private static final double[] WAVES = {310, 140, 61, 27, 11};

    private Landscapes() {}

    /** A file of quality 90, another for each seed. */
    public static byte[] jpeg(long seed) {
        try {
            ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
                ImageWriteParam quality = writer.getDefaultWriteParam();
                quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                quality.setCompressionQuality(0.9f);
                writer.setOutput(stream);
                writer.write(null, new IIOImage(paint(new Random(seed)), null, null), quality);
            } finally {
                writer.dispose();
            }
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static BufferedImage paint(Random random) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        double[] phases = random.doubles(3L * WAVES.length, 0, 2 * Math.PI).toArray();
        for (int x = 0; x < WIDTH; x++) {
            double[] ridges = new double[3];
            for (int layer = 0; layer < 3; layer++) {
                double ridge = HEIGHT * (0.35 + 0.2 * layer);
                for (int wave = 0; wave < WAVES.length; wave++) {
                    double phase = phases[layer * WAVES.length + wave];
                    ridge += WAVES[wave] / 9 * Math.sin(2 * Math.PI * x / WAVES[wave] + phase);
                }
                ridges[layer] = ridge;
            }
            for (int y = 0; y < HEIGHT; y++) {
                image.setRGB(x, y, colour(ridges, y, random));
            }
        }
        return image;
    }

    /** The nearest ridge that covers the point, else sky; the nearer, the darker and grainier. */
    private static int colour(double[] ridges, int y, Random random) {
        int layer = -1;
        for (int i = 0; i < ridges.length; i++) {
            layer = y > ridges[i] ? i : layer;
        }
        double down = (double) y / HEIGHT;
        double grain = random.nextGaussian() * (layer + 2) * 2.5;
        int red = level((layer < 0 ? 120 + 130 * down : 130 - 38 * layer) + grain);
        int green = level((layer < 0 ? 160 + 70 * down : 140 - 25 * layer) + grain);
        int blue = level((layer < 0 ? 230 - 40 * down : 130 - 45 * layer) + grain);
        return red << 16 | green << 8 | blue;
    }

    private static int level(double value) {
        return Math.clamp(Math.round(value), 0, 255);
    }
}
