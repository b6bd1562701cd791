package dev.vellum.training.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.training.curve.RdCurve.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BdRateTest {

    @Test
    void aCodecThatAlwaysNeedsAThirdLessHasADifferenceOfMinusAThird() {
        RdCurve reference = curve("reference", 1, 0, 13);
        RdCurve better = curve("better", 2.0 / 3, 0, 13);
        assertThat(BdRate.PSNR.of(better, reference)).isCloseTo(-100 / 3.0, within(1e-9));
        assertThat(BdRate.MS_SSIM.of(better, reference)).isCloseTo(-100 / 3.0, within(1e-9));
    }

    @Test
    void qualitiesBetweenThoseOfTheReferenceDoNotMatter() {
        RdCurve reference = curve("reference", 1, 0, 13);
        RdCurve shifted = curve("shifted", 1, 0.5, 13);
        assertThat(BdRate.PSNR.of(shifted, reference)).isCloseTo(0, within(0.2));
    }

    @Test
    void tooFewQualitiesAreAnError() {
        RdCurve few = new RdCurve("few", curve("x", 1, 0, 13).points().subList(0, 6));
        assertThatThrownBy(() -> BdRate.PSNR.of(few, curve("reference", 1, 0, 13)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("few: 6 qualities (expected: at least 7)");
    }

    @Test
    void aRangeThatIsNotCoveredIsAnError() {
        RdCurve narrow = new RdCurve("narrow", curve("x", 1, 0, 13).points().subList(2, 11));
        assertThatThrownBy(() -> BdRate.PSNR.of(narrow, curve("reference", 1, 0, 13)))
                .hasMessageContaining("expected: 28 to 38 covered");
    }

    @Test
    void aCurveThatFallsIsAnError() {
        List<Point> points = new ArrayList<>(curve("x", 1, 0, 13).points());
        Point point = points.get(5);
        points.set(5, new Point(point.bpp(), points.get(4).psnr() - 0.1, point.similarity()));
        RdCurve falling = new RdCurve("falling", points);
        assertThatThrownBy(() -> BdRate.PSNR.of(falling, curve("reference", 1, 0, 13)))
                .hasMessageContaining("PSNR falls from");
    }

    @Test
    void interpolationOfMonotonePointsIsMonotone() {
        double[] x = {0, 1, 2, 3, 4};
        double[] y = {0, 0.1, 2, 2.1, 7};
        MonotoneCubic cubic = new MonotoneCubic(x, y);
        double before = 0;
        for (double t = 0.01; t < 4; t += 0.01) {
            double mean = cubic.integral(t - 0.01, t) / 0.01;
            assertThat(mean).isGreaterThanOrEqualTo(before - 1e-12);
            before = mean;
        }
    }

    @Test
    void curvesSurviveTheirFile(@TempDir Path folder) throws IOException {
        RdCurve curve = curve("saved", 1, 0, 13);
        curve.write(folder.resolve("saved.json"));
        assertThat(RdCurve.read(folder.resolve("saved.json"))).isEqualTo(curve);
    }

    /** PSNR and MS-SSIM that grow linearly with the logarithm of the rate. */
    private static RdCurve curve(String name, double factor, double shift, int points) {
        return new RdCurve(
                name,
                IntStream.range(0, points)
                        .mapToObj(i -> {
                            double psnr = 27 + i + shift;
                            double decibel = 9 + i + shift;
                            double bpp = factor * 0.1 * Math.pow(2, (i + shift) / 2.5);
                            return new Point(bpp, psnr, 1 - Math.pow(10, -decibel / 10));
                        })
                        .toList());
    }
}
