package dev.vellum.codec.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.codec.Picture;
import dev.vellum.codec.samples.SamplePictures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LaplacianEnergyTest {

    @Test
    void aFlatPictureAndARampHaveNone() {
        byte[] flat = new byte[3 * 7 * 5];
        Arrays.fill(flat, (byte) 200);
        byte[] ramp = new byte[3 * 7 * 5];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i / 3 % 7 * 20 + i / 21 * 10);
        }

        assertThat(LaplacianEnergy.of(7, 5, flat)).isZero();
        assertThat(LaplacianEnergy.of(7, 5, ramp)).isCloseTo(0, within(1e-6));
        assertThat(LaplacianEnergy.of(2, 17, new byte[3 * 2 * 17])).isZero();
    }

    @Test
    void aSinglePointCountsItsOwnAndItsNeighboursValues() {
        byte[] point = new byte[3 * 5 * 5];
        Arrays.fill(point, 3 * 12, 3 * 12 + 3, (byte) 64);

        // (4 x 64)^2 at the point, 64^2 at its four neighbours, nine pixels in all
        assertThat(LaplacianEnergy.of(5, 5, point))
                .isCloseTo((256.0 * 256 + 4 * 64 * 64) / 9, within(1e-6));
    }

    @Test
    void blurTakesEnergyAway() {
        Picture picture = SamplePictures.of(64, 48, 3);
        byte[] rgb = picture.rgb();
        byte[] blurred = rgb.clone();
        for (int i = 3; i < rgb.length - 3; i++) {
            int sum = (rgb[i - 3] & 255) + 2 * (rgb[i] & 255) + (rgb[i + 3] & 255);
            blurred[i] = (byte) (sum / 4);
        }

        assertThat(LaplacianEnergy.of(64, 48, blurred))
                .isLessThan(0.8 * LaplacianEnergy.of(64, 48, rgb));
    }
}
