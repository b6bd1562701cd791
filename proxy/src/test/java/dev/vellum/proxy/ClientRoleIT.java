package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client before its parent, through real sockets: whatever goes wrong, the picture arrives. */
@Timeout(120)
class ClientRoleIT {

    private static final Path MODELS = Path.of("../codec/src/test/resources/golden");
    private static final String BROWSER = "Accept: image/avif,image/webp,image/*,*/*;q=0.8\r\n";
    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final byte[] PHOTOGRAPH = SamplePictures.lossless(1, 320, 240);

    /** A parent that holds what is asked for as latents however long making them takes. */
    private static ProxyRunner parent() {
        ProxyRunner runner = ProxyRunner.forward();
        runner.name = "parent";
        runner.pictures = SampleModel.pictures();
        CodecConfig usual = CodecConfig.DEFAULT.with(MODELS);
        runner.codec = usual;
        return runner;
    }

    private static ProxyRunner client(int parentPort) {
        ProxyRunner runner = ProxyRunner.forward();
        runner.role = Hop.Role.CLIENT;
        runner.name = "client";
        runner.parent = Optional.of(new OriginAddress("http", "127.0.0.1", parentPort));
        runner.pictures = threads(1, 128);
        runner.codec = CodecConfig.DEFAULT.with(MODELS);
        return runner;
    }

    private static PictureConfig threads(int threads, int mib) {
        PictureConfig off = PictureConfig.OFF;
        return new PictureConfig(
                off.on(),
                off.offer(),
                off.guard(),
                off.efforts(),
                off.limits(),
                new TranscoderConfig(threads, ByteSize.ofMib(mib), 0.5));
    }

    private static ScriptedOrigin origin() throws IOException {
        return ScriptedOrigin.always(FRESH, latin(PHOTOGRAPH));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(Response response) {
        return response.body().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String url(ScriptedOrigin origin) {
        return "http://127.0.0.1:" + origin.port() + "/a.png";
    }

    private static String type() throws Exception {
        try (ModelRegistry models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT)) {
            return "image/vnd.vellum;m=" + models.models().getFirst().hash().substring(0, 10);
        }
    }

    /** Asks the parent as a client does until it has latents. */
    private static Response latents(Proxy parent, ScriptedOrigin origin) throws Exception {
        String asks = host(origin) + "Accept: " + type() + ",image/*\r\n";
        return SampleModel.until(parent, url(origin), asks, type());
    }

    private static Response get(Proxy proxy, ScriptedOrigin origin, String fields)
            throws IOException {
        return RawClient.get(proxy.port(), url(origin), host(origin) + fields);
    }

    private static String host(ScriptedOrigin origin) {
        return "Host: 127.0.0.1:" + origin.port() + "\r\n";
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
            Picture decoded = new VellumDecoder(models, Limits.DEFAULT).decode(bytes(latents));
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
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(response)));
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
        never.pictures = withThreads(SampleModel.pictures(), 0); // makes nothing
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

    private static PictureConfig withThreads(PictureConfig of, int threads) {
        return new PictureConfig(
                of.on(),
                of.offer(),
                of.guard(),
                of.efforts(),
                of.limits(),
                new TranscoderConfig(threads, of.transcoder().memory(), 0.5));
    }

    @Test
    void withoutAModelItIsAPlainProxy() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start()) {
            ProxyRunner runner = client(parent.port());
            runner.codec = CodecConfig.DEFAULT.with(Path.of("no-such-folder"));
            latents(parent, origin);
            try (Proxy client = runner.start()) {
                Response response = get(client, origin, BROWSER);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.field("Content-Type")).isNotEqualTo("image/bmp");
                assertThat(response.whole()).isTrue();
            }
        }
    }

    @Test
    void damagedLatentsAreAskedForInAnotherForm() throws Exception {
        String damaged = "\u00d6VLM\1\0" + "x".repeat(900);
        whatCannotBeDecodedIsAskedForInAnotherForm(damaged, threads(1, 128));
    }

    @Test
    void aFullPoolMeansAnotherForm() throws Exception {
        String whole;
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start()) {
            whole = latents(parent, origin).body();
        }
        whatCannotBeDecodedIsAskedForInAnotherForm(whole, threads(1, 1));
    }

    private static void whatCannotBeDecodedIsAskedForInAnotherForm(
            String latents, PictureConfig pool) throws Exception {
        String type = type();
        try (ScriptedOrigin parent =
                new ScriptedOrigin((request, wire) -> {
                    boolean asked = request.field("Accept").contains(type);
                    wire.respond(
                            "200 OK",
                            "Cache-Control: max-age=600\r\nVary: Accept\r\nETag: \""
                                    + (asked ? "l~vellum" : "v")
                                    + "\"\r\nContent-Type: "
                                    + (asked ? type : "image/png")
                                    + "\r\n",
                            asked ? latents : latin(PHOTOGRAPH));
                })) {
            ProxyRunner runner = client(parent.port());
            runner.pictures = pool;
            try (Proxy client = runner.start()) {
                for (int i = 0; i < 2; i++) {
                    Response response =
                            RawClient.get(client.port(), "http://example.test/a.png", BROWSER);
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.field("Content-Type")).isEqualTo("image/png");
                    assertThat(response.body()).isEqualTo(latin(PHOTOGRAPH));
                }
                assertThat(parent.received().getFirst().field("Accept")).startsWith(type);
            }
        }
    }

    @Test
    void latentsInTheCacheOutliveTheParent() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            Proxy parent = parent().start();
            boolean parentRuns = true;
            try (Proxy client = client(parent.port()).start()) {
                latents(parent, origin);
                Response before = get(client, origin, BROWSER);
                assertThat(before.field("Content-Type")).isEqualTo("image/bmp");
                parentRuns = false;
                parent.close();
                Response after = get(client, origin, BROWSER);
                assertThat(after.body()).isEqualTo(before.body());
            } finally {
                if (parentRuns) {
                    parent.close();
                }
            }
        }
    }
}
