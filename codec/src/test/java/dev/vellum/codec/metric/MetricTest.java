package dev.vellum.codec.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricTest {

    @Test
    void peakSignalFollowsItsDefinition() {
        byte[] a = new byte[30_000];
        byte[] b = new byte[30_000];
        assertThat(PeakSignal.of(a, b)).isEqualTo(100);
        Arrays.fill(b, (byte) 255);
        assertThat(PeakSignal.of(a, b)).isEqualTo(0);
        Arrays.fill(b, (byte) 5);
        assertThat(PeakSignal.of(a, b)).isEqualTo(20 * Math.log10(51));
        byte[] far = new byte[3_000_000];
        byte[] all = new byte[3_000_000];
        Arrays.fill(far, (byte) 255);
        assertThat(PeakSignal.of(far, all)).isEqualTo(0);
    }

    @Test
    void equalPicturesAreAlike() {
        byte[] picture = noise(200 * 190, 1, 60);
        MultiScaleSimilarity.Result result =
                MultiScaleSimilarity.of(200, 190, picture, picture.clone());
        assertThat(result.overall()).isCloseTo(1, within(1e-6));
        assertThat(result.worstTile()).isCloseTo(1, within(1e-6));
    }

    /** Flat pictures differ in luminance alone, which counts at the coarsest scale. */
    @Test
    void flatPicturesFollowTheFormula() {
        byte[] a = new byte[3 * 300 * 200];
        byte[] b = new byte[3 * 300 * 200];
        Arrays.fill(a, (byte) 100);
        Arrays.fill(b, (byte) 150);
        double c1 = 2.55 * 2.55;
        double luminance = (2.0 * 100 * 150 + c1) / (100.0 * 100 + 150.0 * 150 + c1);

        double value = MultiScaleSimilarity.of(300, 200, a, b).overall();

        assertThat(value).isCloseTo(Math.pow(luminance, 0.1333), within(1e-4));
    }

    @ParameterizedTest
    @CsvSource({
        "176, 176, 5",
        "301, 211, 5",
        "175, 300, 4",
        "90, 100, 4",
        "40, 30, 2",
        "11, 11, 1"
    })
    void noisyPicturesAgreeWithTheDefinition(int width, int height, int scales) {
        byte[] a = noise(width * height, 2, 60);
        byte[] b = a.clone();
        Random random = new Random(3);
        for (int i = 0; i < b.length; i++) {
            b[i] = (byte) Math.clamp((b[i] & 0xff) + (int) (random.nextGaussian() * 15), 0, 255);
        }

        double value = MultiScaleSimilarity.of(width, height, a, b).overall();

        assertThat(value)
                .isBetween(0.3, 0.999)
                .isCloseTo(definition(width, height, a, b, scales), within(2e-5));
    }

    @Test
    void aBadSpotShowsInItsTile() {
        byte[] a = noise(640 * 512, 4, 40);
        byte[] b = a.clone();
        for (int y = 280; y < 360; y++) {
            for (int x = 150; x < 230; x++) {
                for (int c = 0; c < 3; c++) {
                    b[3 * (y * 640 + x) + c] = (byte) ((x * y) % 251);
                }
            }
        }

        MultiScaleSimilarity.Result result = MultiScaleSimilarity.of(640, 512, a, b);

        assertThat(result.overall()).isGreaterThan(0.95);
        assertThat(result.worstTile()).isLessThan(0.9);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 300", "128, 2"})
    void tinyPicturesHaveAValueToo(int width, int height) {
        byte[] a = noise(width * height, 5, 30);
        byte[] b = noise(width * height, 6, 30);
        MultiScaleSimilarity.Result same = MultiScaleSimilarity.of(width, height, a, a);
        MultiScaleSimilarity.Result other = MultiScaleSimilarity.of(width, height, a, b);
        assertThat(same.overall()).isCloseTo(1, within(1e-6));
        assertThat(other.overall()).isBetween(0.0, 0.9999);
    }

    private static byte[] noise(int pixels, long seed, double deviation) {
        Random random = new Random(seed);
        byte[] picture = new byte[3 * pixels];
        for (int i = 0; i < picture.length; i++) {
            double v = 128 + 50 * Math.sin(i * 0.002) + deviation * random.nextGaussian();
            picture[i] = (byte) Math.clamp((int) v, 0, 255);
        }
        return picture;
    }

    /** The definition, window by window, in double precision. */
    private static double definition(int width, int height, byte[] a, byte[] b, int scales) {
        double[] weights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
        double total = Arrays.stream(weights, 0, scales).sum();
        double sum = 0;
        for (int colour = 0; colour < 3; colour++) {
            double[] planeA = plane(a, colour);
            double[] planeB = plane(b, colour);
            int w = width;
            int h = height;
            double product = 1;
            for (int scale = 0; scale < scales; scale++) {
                double[] means = windows(planeA, planeB, w, h);
                double mean = scale == scales - 1 ? means[1] : means[0];
                product *= Math.pow(Math.max(0, mean), weights[scale] / total);
                planeA = halve(planeA, w, h);
                planeB = halve(planeB, w, h);
                w /= 2;
                h /= 2;
            }
            sum += product / 3;
        }
        return sum;
    }

    private static double[] windows(double[] a, double[] b, int w, int h) {
        double[][] kernel = new double[11][11];
        double norm = 0;
        for (int y = 0; y < 11; y++) {
            for (int x = 0; x < 11; x++) {
                kernel[y][x] = Math.exp(-((x - 5) * (x - 5) + (y - 5) * (y - 5)) / 4.5);
                norm += kernel[y][x];
            }
        }
        double contrast = 0;
        double similarity = 0;
        for (int y = 0; y + 11 <= h; y++) {
            for (int x = 0; x + 11 <= w; x++) {
                double[] m = new double[5];
                for (int i = 0; i < 121; i++) {
                    double k = kernel[i / 11][i % 11] / norm;
                    double p = a[(y + i / 11) * w + x + i % 11];
                    double q = b[(y + i / 11) * w + x + i % 11];
                    m[0] += k * p;
                    m[1] += k * q;
                    m[2] += k * p * p;
                    m[3] += k * q * q;
                    m[4] += k * p * q;
                }
                double c2 = 7.65 * 7.65;
                double c1 = 2.55 * 2.55;
                double cs =
                        (2 * (m[4] - m[0] * m[1]) + c2)
                                / (m[2] - m[0] * m[0] + m[3] - m[1] * m[1] + c2);
                contrast += cs;
                similarity += cs * (2 * m[0] * m[1] + c1) / (m[0] * m[0] + m[1] * m[1] + c1);
            }
        }
        double count = (w - 10.0) * (h - 10.0);
        return new double[] {contrast / count, similarity / count};
    }

    private static double[] plane(byte[] picture, int colour) {
        double[] plane = new double[picture.length / 3];
        Arrays.setAll(plane, i -> picture[3 * i + colour] & 0xff);
        return plane;
    }

    private static double[] halve(double[] plane, int w, int h) {
        double[] half = new double[w / 2 * (h / 2)];
        for (int i = 0; i < half.length; i++) {
            int at = i / (w / 2) * 2 * w + i % (w / 2) * 2;
            half[i] = (plane[at] + plane[at + 1] + plane[at + w] + plane[at + w + 1]) / 4;
        }
        return half;
    }
}
