package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On pictures that nobody fitted it to; {@code RouterTuning} measures it on real ones. */
class RouterTest {

    @ParameterizedTest
    @CsvSource({"640,480", "1600,900", "200,150", "64,64"})
    void drawingsAndPhotographsAreToldApart(int width, int height) {
        for (int seed = 0; seed < 10; seed++) {
            assertThat(Router.content(Paintings.drawing(seed, width, height), true))
                    .as("drawing %d", seed)
                    .isEqualTo(Content.DRAWING);
            assertThat(Router.content(Paintings.photograph(seed, width, height), false))
                    .as("photograph %d", seed)
                    .isEqualTo(Content.PHOTOGRAPH);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,500", "500,1", "2,2", "33,33"})
    void everySizeHasFeatures(int width, int height) {
        Raster flat = Raster.still(width, height, 4, new byte[width * height * 4]);
        assertThat(Arrays.stream(Features.of(flat, true).values()).boxed())
                .allMatch(value -> value >= 0 && value <= 1);
        assertThat(
                        Arrays.stream(
                                        Features.of(Paintings.photograph(1, width, height), false)
                                                .values())
                                .boxed())
                .allMatch(value -> value >= 0 && value <= 1);
    }
}
