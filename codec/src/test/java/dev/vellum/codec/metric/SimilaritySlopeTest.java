package dev.vellum.codec.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilaritySlopeTest {

    @ParameterizedTest
    @CsvSource({"190, 177, 1", "70, 45, 2", "11, 13, 3"})
    void theValueIsTheMetricsAndSlopesFollowIt(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] a = waves(width, height, random, 6);
        byte[] b = waves(width, height, random, 25);
        float[] slope = new float[a.length];

        double value = SimilaritySlope.add(width, height, a, b, 1, slope);

        assertThat(value)
                .isCloseTo(MultiScaleSimilarity.of(width, height, a, b).overall(), within(1e-5));
        for (int trial = 0; trial < 3; trial++) {
            // along the gradient itself, where it is far above what bytes round away
            byte[] up = b.clone();
            byte[] down = b.clone();
            double predicted = 0;
            int pixels = width * height;
            for (int colour = 0; colour < 3; colour++) {
                for (int i = 0; i < pixels; i++) {
                    if (random.nextInt(4) == 0) {
                        float here = slope[colour * pixels + i];
                        int sign = (int) Math.signum(here);
                        up[3 * i + colour] += (byte) sign;
                        down[3 * i + colour] -= (byte) sign;
                        predicted += sign * here;
                    }
                }
            }
            double seen = (value(width, height, a, up) - value(width, height, a, down)) / 2;
            assertThat(seen).as("seed %d", seed).isCloseTo(predicted, within(0.03 * predicted));
        }
    }

    @Test
    void aPictureWithoutRoomForAWindowHasNoSlope() {
        float[] slope = new float[3 * 10 * 40];

        assertThat(SimilaritySlope.add(10, 40, new byte[1200], new byte[1200], 1, slope))
                .isEqualTo(1);
        assertThat(slope).containsOnly(0);
    }

    private static double value(int width, int height, byte[] a, byte[] b) {
        return MultiScaleSimilarity.of(width, height, a, b).overall();
    }

    /** The same waves for every call, with noise of its own; away from the limits of a byte. */
    private static byte[] waves(int width, int height, Random random, int noise) {
        byte[] picture = new byte[3 * width * height];
        for (int i = 0; i < picture.length; i++) {
            double x = i / 3 % width;
            int y = i / 3 / width;
            double wave = 128 + 40 * Math.sin(x / 5 + i % 3) + 30 * Math.cos(y / 7.0);
            picture[i] = (byte) Math.rint(wave + random.nextInt(2 * noise + 1) - noise);
        }
        return picture;
    }
}
