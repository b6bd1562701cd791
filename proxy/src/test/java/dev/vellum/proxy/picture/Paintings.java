package dev.vellum.proxy.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Random;

/** Pictures of either kind, computed from a seed. */
final class Paintings {

    private Paintings() {}

    /** Soft shapes under a texture of several scales and the noise of a sensor. */
    static Raster photograph(long seed, int width, int height) {
        Random random = new Random(seed);
        // the finest shapes are 3 pixels wide
        double[][] layers = new double[layers(width)][];
        for (int layer = 0; layer < layers.length; layer++) {
            int cells = 3 << layer;
            layers[layer] = random.doubles((long) (cells + 2) * (cells + 2), -1, 1).toArray();
        }
        double[] tint = random.doubles(3, 0.4, 1).toArray();
        byte[] samples = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double light = 0.5;
                for (int layer = 0; layer < layers.length; layer++) {
                    light += 0.8 / layers.length * smooth(layers[layer], 3 << layer, x, y, width);
                }
                for (int band = 0; band < 3; band++) {
                    double noise = 0.006 * random.nextGaussian();
                    double value = 255 * (light * tint[band] + noise + 0.05 * band);
                    samples[(y * width + x) * 3 + band] = (byte) Math.clamp(value, 0, 255);
                }
            }
        }
        return Raster.still(width, height, 3, samples);
    }

    private static int layers(int width) {
        int layers = 2;
        while (3 << layers < width / 3) {
            layers++;
        }
        return layers;
    }

    private static double smooth(double[] cells, int count, int x, int y, int size) {
        double u = (double) x * count / size;
        double v = (double) y * count / size % count;
        int left = (int) u;
        int top = (int) v;
        double fx = u - left;
        double fy = v - top;
        int row = count + 2;
        double upper = cells[top * row + left] * (1 - fx) + cells[top * row + left + 1] * fx;
        double lower =
                cells[(top + 1) * row + left] * (1 - fx) + cells[(top + 1) * row + left + 1] * fx;
        return upper * (1 - fy) + lower * fy;
    }

    /** Windows, bars, lines, curves and rows of small strokes like text, with smoothed edges. */
    static Raster drawing(long seed, int width, int height) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        canvas.setColor(random.nextBoolean() ? Color.WHITE : new Color(40, 44, 52));
        canvas.fillRect(0, 0, width, height);
        for (int i = 0; i < 12; i++) {
            canvas.setColor(new Color(random.nextInt(0x1000000)));
            int x = random.nextInt(width);
            int y = random.nextInt(height);
            int size = 10 + random.nextInt(Math.max(1, width / 4));
            switch (random.nextInt(3)) {
                case 0 -> canvas.fillRect(x, y, size, size / 2 + 1);
                case 1 -> canvas.fill(new Ellipse2D.Double(x, y, size, size));
                default -> {
                    canvas.setStroke(new BasicStroke(1.5f));
                    canvas.draw(new Line2D.Double(x, y, random.nextInt(width), y + 20.0));
                }
            }
        }
        canvas.setColor(Color.DARK_GRAY);
        canvas.setStroke(new BasicStroke(1.2f));
        for (int line = 8; line < height - 8; line += 14) {
            for (int x = 8; x < width * 2 / 3; x += 6 + random.nextInt(3)) {
                Path2D.Double glyph = new Path2D.Double();
                glyph.moveTo(x, line + random.nextInt(8));
                glyph.curveTo(
                        x + 4.0, line, x + 1.0, line + 8.0, x + 4.0, line + random.nextInt(8));
                canvas.draw(glyph);
            }
        }
        canvas.dispose();
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int rgb = image.getRGB(i % width, i / width);
            samples[3 * i] = (byte) (rgb >> 16);
            samples[3 * i + 1] = (byte) (rgb >> 8);
            samples[3 * i + 2] = (byte) rgb;
        }
        return Raster.still(width, height, 3, samples);
    }
}
