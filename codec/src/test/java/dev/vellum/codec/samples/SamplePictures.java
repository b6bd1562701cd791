package dev.vellum.codec.samples;

import dev.vellum.codec.Picture;
import java.util.Random;

/** Pictures with smooth areas, edges, texture and noise. */
public final class SamplePictures {

    private SamplePictures() {}

    /** A picture; the same one for the same numbers. */
    public static Picture of(int width, int height, long seed) {
        Random random = new Random(seed);
        double[][] waves = new double[12][];
        for (int i = 0; i < waves.length; i++) {
            double reach = 4 << (i % 6);
            waves[i] =
                    new double[] {
                        random.nextGaussian() / reach,
                        random.nextGaussian() / reach,
                        random.nextDouble() * 6,
                        random.nextGaussian() * 4 * Math.sqrt(reach)
                    };
        }
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = Math.hypot(x - width * 0.6, y - height * 0.4) < width * 0.25;
                for (int c = 0; c < 3; c++) {
                    double v = inside ? 170 - 40 * c : 90 + 10 * c;
                    for (double[] wave : waves) {
                        v += wave[3] * Math.sin(wave[0] * x + wave[1] * y + wave[2] + c * 0.4);
                    }
                    v += random.nextGaussian() * 2;
                    rgb[3 * (y * width + x) + c] = (byte) Math.clamp(Math.round(v), 0, 255);
                }
            }
        }
        return new Picture(width, height, rgb);
    }
}
