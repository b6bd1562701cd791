package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Floor;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.util.Map;

/** What tests with the codec's sample model need: it is small and quick, and hardly trained. */
final class SampleModel {

    private SampleModel() {}

    /** Quick work, and a floor that the sample model reaches. */
    static PictureConfig pictures() {
        PictureConfig standard = PictureConfig.DEFAULT;
        Floor any = new Floor(0, 0);
        return new PictureConfig(
                true,
                standard.offer(),
                new Guard(
                        0.1,
                        500,
                        Map.of(
                                QualityClass.FINE, any,
                                QualityClass.STANDARD, any,
                                QualityClass.SAVING, any),
                        any),
                new Efforts(1, 0, 2),
                standard.limits(),
                new TranscoderConfig(1, ByteSize.ofMib(128), 0.5));
    }

    /** Asks until the answer is of that type. */
    static Response until(Proxy proxy, String target, String fields, String type)
            throws IOException, InterruptedException {
        while (true) { // the test has a timeout
            Response response = RawClient.get(proxy.port(), target, fields);
            if (response.field("Content-Type").equals(type)) {
                return response;
            }
            assertThat(response.status()).isEqualTo(200);
            Thread.sleep(50);
        }
    }
}
