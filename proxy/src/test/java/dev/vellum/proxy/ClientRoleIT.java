package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.BROWSER;
import static dev.vellum.proxy.SampleModel.MODELS;
import static dev.vellum.proxy.SampleModel.bytes;
import static dev.vellum.proxy.SampleModel.client;
import static dev.vellum.proxy.SampleModel.get;
import static dev.vellum.proxy.SampleModel.latents;
import static dev.vellum.proxy.SampleModel.latin;
import static dev.vellum.proxy.SampleModel.parent;
import static dev.vellum.proxy.SampleModel.type;
import static dev.vellum.proxy.SampleModel.withThreads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.units.ByteSize;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client before its parent, through real sockets. */
@Timeout(120)
class ClientRoleIT {

    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final byte[] PHOTOGRAPH = SamplePictures.lossless(1, 320, 240);

    private static ScriptedOrigin origin() throws IOException {
        return ScriptedOrigin.always(FRESH, latin(PHOTOGRAPH));
    }

    @Test
    void theBrowserGetsThePixelsOfTheParentsLatents() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start();
                Proxy client = client(parent.port()).start();
                ModelRegistry models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT)) {
            Response latents = latents(parent, origin);

            Response shown = get(client, origin, BROWSER);
            assertThat(shown.field("Content-Type")).isEqualTo("image/bmp");
            assertThat(shown.field("Vary")).isEqualTo("Accept, Save-Data");
            assertThat(shown.field("ETag")).endsWith(".BMP~vellum\"");
            Picture decoded =
                    new VellumDecoder(models, Limits.DEFAULT).decode(bytes(latents.body()));
            assertThat(pixels(shown)).isEqualTo(decoded.rgb());

            Response again = get(client, origin, BROWSER);
            assertThat(again.body()).isEqualTo(shown.body());
            assertThat(again.head()).contains("Cache-Status: client;hit");
            Response same =
                    get(client, origin, BROWSER + "If-None-Match: " + shown.field("ETag") + "\r\n");
            assertThat(same.status()).isEqualTo(304);

            Response png = get(client, origin, "Accept: image/png,image/webp;q=0.5\r\n");
            assertThat(png.field("Content-Type")).isEqualTo("image/png");
            assertThat(pixels(png)).isEqualTo(decoded.rgb());
            Response script = get(client, origin, "Accept: */*\r\n");
            assertThat(script.body()).isEqualTo(latin(PHOTOGRAPH));
            Response part = get(client, origin, BROWSER + "Range: bytes=0-9\r\n");
            assertThat(part.body()).isEqualTo(latin(PHOTOGRAPH).substring(0, 10));
            assertThat(origin.received())
                    .allSatisfy(request -> assertThat(request.head()).doesNotContain("vnd.vellum"));
        }
    }

    private static byte[] pixels(Response response) throws IOException {
        // ImageIO knows BMP and PNG by another program's code
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(response.body())));
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int pixel = image.getRGB(i % image.getWidth(), i / image.getWidth());
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        return rgb;
    }

    @Test
    void aFirstViewIsHeldWhereLatentsAreSoonerThere() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start()) {
            String slow = "Downlink: 0.02\r\nAccept: " + type() + ",image/*\r\n";
            Response held = get(parent, origin, slow);
            assertThat(held.field("Content-Type")).isEqualTo(type());
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void anOriginalThatAwaitsItsLatentsIsToBeAskedForAgain() throws Exception {
        ProxyRunner never = parent();
        never.pictures = withThreads(SampleModel.pictures(), 0, 128); // makes nothing
        never.codec =
                new CodecConfig(
                        true,
                        Optional.of(MODELS),
                        List.of(),
                        1,
                        CodecConfig.DEFAULT.qualities(),
                        1,
                        Duration.ofMillis(300),
                        ByteSize.ofMib(1));
        try (ScriptedOrigin origin = origin();
                Proxy parent = never.start()) {
            String slow = "Downlink: 0.02\r\nAccept: " + type() + ",image/*\r\n";
            for (int i = 0; i < 2; i++) {
                Response original = get(parent, origin, slow);
                assertThat(original.body()).isEqualTo(latin(PHOTOGRAPH));
                assertThat(original.field("Cache-Control")).isEqualTo("max-age=0");
                assertThat(original.field("Server-Timing")).isEqualTo("picture;desc=\"not-yet\"");
            }
            Response other = get(parent, origin, BROWSER);
            assertThat(other.field("Cache-Control")).isEqualTo("max-age=600");
            assertThat(origin.received()).hasSize(1);
        }
    }
}
