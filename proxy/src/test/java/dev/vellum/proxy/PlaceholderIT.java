package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.bytes;
import static dev.vellum.proxy.SampleModel.latin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.variant.PictureConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Previews that pages ask for by a query, through real sockets. */
@Timeout(120)
class PlaceholderIT {

    private static final String PHOTOGRAPH = latin(SamplePictures.lossless(1, 320, 240));
    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final String PNG = "Accept: */*\r\n";
    private static final String WEBP = "Accept: image/webp,image/*\r\n";

    private static ProxyRunner edge(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        PictureConfig quick = SampleModel.pictures();
        Offer offer = quick.offer();
        runner.pictures =
                quick.with(
                        new Offer(
                                offer.forms(),
                                offer.quality(),
                                true,
                                false,
                                List.of(),
                                0,
                                List.of(),
                                true));
        runner.codec = CodecConfig.DEFAULT.with(SampleModel.MODELS);
        return runner;
    }

    private static ScriptedOrigin origin(String body) throws IOException {
        return ScriptedOrigin.always(FRESH, body);
    }

    private static BufferedImage image(Response response) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(bytes(response.body())));
    }

    @Test
    void theFirstToAskGetsAFewHundredBytesWithATagAndALifeOfTheirOwn() throws Exception {
        try (ScriptedOrigin origin = origin(PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            Response webp = RawClient.get(proxy.port(), "/a.png?vellum=placeholder", WEBP);
            assertThat(webp.field("Content-Type")).isEqualTo("image/webp");
            assertThat(webp.body().length()).isLessThan(700);
            assertThat(webp.field("Cache-Control")).isEqualTo("public, max-age=86400");
            assertThat(webp.field("ETag")).endsWith("~vellum\"");

            Response png = RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
            assertThat(image(png).getWidth()).isEqualTo(32);
            assertThat(image(png).getHeight()).isEqualTo(24);
            assertThat(png.field("ETag")).isNotEqualTo(webp.field("ETag"));
            Response same =
                    RawClient.get(
                            proxy.port(),
                            "/a.png?vellum=placeholder",
                            PNG + "If-None-Match: " + png.field("ETag") + "\r\n");
            assertThat(same.status()).isEqualTo(304);
            assertThat(origin.received()).hasSize(1);
            assertThat(origin.received().getFirst().path()).isEqualTo("/a.png");
        }
    }

    @Test
    void thePictureItselfLinksToIt() throws Exception {
        try (ScriptedOrigin origin = origin(PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            Response avif =
                    SampleModel.until(
                            proxy, "/a.png?x=1", "Accept: image/avif,image/*\r\n", "image/avif");
            assertThat(avif.field("Link"))
                    .isEqualTo("</a.png?x=1&vellum=placeholder>; rel=\"preview\"");
            Response preview = RawClient.get(proxy.port(), "/a.png?x=1&vellum=placeholder", WEBP);
            assertThat(preview.field("Content-Type")).isEqualTo("image/webp");
            assertThat(preview.field("Link")).isEmpty();
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void latentsInThePicturesPlaceGiveItByTheirBeginning() throws Exception {
        try (ScriptedOrigin origin = origin(PHOTOGRAPH)) {
            ProxyRunner runner = edge(origin);
            runner.codec = runner.codec.withoutOriginals();
            try (Proxy proxy = runner.start()) {
                String type = SampleModel.type();
                SampleModel.until(proxy, "/a.png", "Accept: " + type + "\r\n", type);
                while (proxy.bodyBytes() >= PHOTOGRAPH.length()) { // the test has a timeout
                    Thread.sleep(20);
                }
                int fetched = origin.received().size();
                Response png = RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
                assertThat(image(png).getWidth()).isEqualTo(32);
                assertThat(origin.received()).hasSize(fetched);
            }
        }
    }

    @Test
    void itGoesWithItsPicture() throws Exception {
        try (ScriptedOrigin origin = origin(PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
            proxy.purge(List.of(new Purge(Purge.url("http://example.test/a.png"), false)));
            RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
            assertThat(origin.received()).hasSize(2);
        }
    }

    @Test
    void whereThereIsNoneAPageGetsOneTransparentPixelAndNotThePicture() throws Exception {
        String broken = PHOTOGRAPH.substring(0, 60) + "x".repeat(4000);
        try (ScriptedOrigin origin = origin(broken);
                Proxy proxy = edge(origin).start()) {
            for (int i = 0; i < 2; i++) {
                Response none = RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
                assertThat(none.status()).isEqualTo(200);
                assertThat(none.field("Content-Type")).isEqualTo("image/png");
                assertThat(image(none).getRGB(0, 0) >>> 24).isZero();
                assertThat(image(none).getWidth()).isEqualTo(1);
                assertThat(none.field("Cache-Control")).isEqualTo("max-age=10");
            }
        }
    }

    @Test
    void withoutTheOptionTheQueryIsTheOrigins() throws Exception {
        try (ScriptedOrigin origin = origin(PHOTOGRAPH)) {
            ProxyRunner runner = edge(origin);
            runner.pictures = SampleModel.pictures();
            try (Proxy proxy = runner.start()) {
                Response answer = RawClient.get(proxy.port(), "/a.png?vellum=placeholder", PNG);
                assertThat(answer.body()).isEqualTo(PHOTOGRAPH);
                assertThat(origin.received().getFirst().path())
                        .isEqualTo("/a.png?vellum=placeholder");
            }
        }
    }
}
