package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Fields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixelFormatTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/avif,image/webp,image/*,*/*;q=0.8 | BMP",
                "image/avif, */* | BMP",
                "image/bmp | BMP",
                "image/png,image/webp | PNG",
                "image/bmp;q=0, image/* | PNG",
                "image/*;q=0.0, */*, image/png | PNG",
                "image/webp | none",
                "*/* | none",
                "text/html | none",
                "image/*;q=0 | none",
            })
    void itIsTheFirstThatARequestForPicturesAccepts(String accept, String expected) {
        assertThat(
                        PixelFormat.acceptedBy(Fields.of("Accept", accept))
                                .map(PixelFormat::name)
                                .orElse("none"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, none",
        "100000, 1000000000, 0.882",
        "4000, 1, none",
        "64000, 1000000000, 0.441"
    })
    void aMeasuredRateIsToldInHalfOctaves(long bytes, long nanos, String downlink) {
        LinkRate link = new LinkRate();
        link.arrived(bytes, nanos);
        Fields told = link.told(Fields.of("Downlink", "50"));
        String value = told.first("Downlink");
        assertThat(value == null ? "none" : value).isEqualTo(downlink);
    }
}
