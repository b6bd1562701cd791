package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Picture;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.picture.Rights;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
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
                        PixelFormat.acceptedBy(Fields.of("Accept", accept), Rights.UNSTATED)
                                .map(PixelFormat::name)
                                .orElse("none"))
                .isEqualTo(expected);
    }

    @Test
    void rightsGoIntoAFormatThatHasAPlaceForThem() throws IOException {
        Rights rights = new Rights("© 2026 Ana", "Ana");
        PixelFormat format =
                PixelFormat.acceptedBy(Fields.of("Accept", "image/*"), rights).orElseThrow();
        assertThat(format).isEqualTo(PixelFormat.PNG);
        byte[] file = format.write(new Picture(2, 1, new byte[] {1, 2, 3, 4, 5, 6}), rights);
        assertThat(new String(file, StandardCharsets.UTF_8))
                .contains("iTXtCopyright\0\0\0\0\0© 2026 Ana")
                .contains("iTXtAuthor\0\0\0\0\0Ana");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        assertThat(image.getRGB(1, 0)).isEqualTo(0xff040506);
        Fields only = Fields.of("Accept", "image/bmp");
        assertThat(PixelFormat.acceptedBy(only, rights)).contains(PixelFormat.BMP);
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
