package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.StreamInfo;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.store.purge.Purge;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Latents on the way to whoever names their model, through real sockets. */
@Timeout(120)
class LatentsIT {

    static final Path MODELS = Path.of("../codec/src/test/resources/golden");
    private static final String FRESH = "Cache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final String OTHERS = "image/avif,image/webp,image/*,*/*;q=0.8";
    private static final String PHOTOGRAPH = latin(SamplePictures.lossless(1, 320, 240));

    private static ModelRegistry models;
    private static String type;

    @BeforeAll
    static void load() throws Exception {
        models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT);
        type = "image/vnd.vellum;m=" + models.models().getFirst().hash().substring(0, 10);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String accept(String types) {
        return "Accept: " + types + "\r\n";
    }

    private static ProxyRunner edge(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.pictures = SampleModel.pictures();
        runner.codec = CodecConfig.DEFAULT.with(MODELS).unrefined();
        return runner;
    }

    @Test
    void whoNamesTheModelGetsLatentsThatDecodeToWhatTheEncoderPromised() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            String asks = accept(type + "," + OTHERS);
            Response latents = SampleModel.until(proxy, "/a.png", asks, type);

            assertThat(latents.field("Vary")).isEqualTo("Accept, Save-Data");
            assertThat(latents.field("ETag")).startsWith("\"").endsWith("~vellum\"");
            assertThat(latents.field("Cache-Control")).isEqualTo("max-age=600");
            assertThat(latents.body().length()).isLessThan(PHOTOGRAPH.length() * 9 / 10);
            byte[] stream = bytes(latents.body());
            StreamInfo info = VellumDecoder.inspect(stream);
            Picture decoded = new VellumDecoder(models, Limits.DEFAULT).decode(stream);
            Encoded promised =
                    new VellumEncoder(
                                    models.models().getFirst(),
                                    Limits.DEFAULT,
                                    CodecConfig.DEFAULT.effort())
                            .encode(original(), info.quality());
            assertThat(stream).isEqualTo(promised.stream());
            assertThat(decoded.rgb()).isEqualTo(promised.decoded().rgb());

            Response same =
                    RawClient.get(
                            proxy.port(),
                            "/a.png",
                            asks + "If-None-Match: " + latents.field("ETag") + "\r\n");
            assertThat(same.status()).isEqualTo(304);
            assertThat(origin.received()).hasSize(1);
            assertThat(origin.received().getFirst().field("Accept"))
                    .isEqualTo("image/avif,image/webp,image/*,*/*;q=0.8");
        }
    }

    private static Picture original() throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(PHOTOGRAPH)));
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int pixel = image.getRGB(i % image.getWidth(), i / image.getWidth());
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        return new Picture(image.getWidth(), image.getHeight(), rgb);
    }

    @Test
    void latentsThatSomebodyWaitedForAreMadeAgainForFewerBytesOnceNobodyWaits() throws Exception {
        try (ScriptedOrigin origin =
                ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH)) {
            ProxyRunner runner = edge(origin);
            runner.codec = CodecConfig.DEFAULT.with(MODELS);
            refines(origin, runner);
        }
    }

    private static void refines(ScriptedOrigin origin, ProxyRunner runner) throws Exception {
        try (Proxy proxy = runner.start()) {
            String asks = accept(type + "," + OTHERS) + "Downlink: 0.1\r\n";
            Response hasty = RawClient.get(proxy.port(), "/a.png", asks);
            assertThat(hasty.field("Content-Type")).isEqualTo(type);

            Response better = hasty;
            for (int i = 0; i < 400 && better.body().length() == hasty.body().length(); i++) {
                Thread.sleep(50);
                better = RawClient.get(proxy.port(), "/a.png", asks);
            }
            assertThat(better.field("Content-Type")).isEqualTo(type);
            assertThat(better.body().length()).isLessThan(hasty.body().length() * 98 / 100);
            assertThat(better.field("ETag")).isNotEqualTo(hasty.field("ETag"));
            assertThat(new VellumDecoder(models, Limits.DEFAULT).decode(bytes(better.body())))
                    .extracting(Picture::width, Picture::height)
                    .containsExactly(320, 240);
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void whoNamesAnotherModelOrNoneNeverGetsLatents() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            SampleModel.until(proxy, "/a.png", accept(type), type);
            for (String other :
                    new String[] {
                        "image/vnd.vellum;m=0000000000,image/*",
                        "image/vnd.vellum,image/*",
                        type + ";q=0,image/*",
                        "image/*,*/*",
                        "*/*",
                        OTHERS
                    }) {
                for (int i = 0; i < 3; i++) {
                    assertThat(
                                    RawClient.get(proxy.port(), "/a.png", accept(other))
                                            .field("Content-Type"))
                            .as(other)
                            .doesNotContain("vellum");
                }
            }
        }
    }

    @Test
    void purgingAModelPurgesItsLatentsOnlyAndTheyAreMadeAnew() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            Response avif = SampleModel.until(proxy, "/a.png", accept(OTHERS), "image/avif");
            SampleModel.until(proxy, "/a.png", accept(type), type);
            proxy.purge(List.of(new Purge(Purge.model(type.split("=", -1)[1]), false)));

            Response gone =
                    RawClient.get(proxy.port(), "/a.png", accept(type + ",image/avif;q=0.1"));
            assertThat(gone.field("Content-Type")).isEqualTo("image/avif");
            assertThat(gone.field("ETag")).isEqualTo(avif.field("ETag"));
            Response anew = SampleModel.until(proxy, "/a.png", accept(type), type);
            // the same or, after those made in haste, better ones
            assertThat(new VellumDecoder(models, Limits.DEFAULT).decode(bytes(anew.body())))
                    .extracting(Picture::width, Picture::height)
                    .containsExactly(320, 240);
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void purgingASourcePurgesItWhereverItIsAndWhatWasMadeOfIt() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH);
                Proxy proxy = edge(origin).start()) {
            SampleModel.until(proxy, "/a.png", accept(type), type);
            SampleModel.until(proxy, "/b.png", accept(type), type);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(PHOTOGRAPH));
            proxy.purge(List.of(new Purge(Purge.source(HexFormat.of().formatHex(digest)), false)));

            for (String path : List.of("/a.png", "/b.png")) {
                Response gone = RawClient.get(proxy.port(), path, accept(type));
                assertThat(gone.field("Cache-Status")).contains("fwd=");
            }
            assertThat(origin.received()).hasSize(4);
            assertThat(SampleModel.until(proxy, "/a.png", accept(type), type).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whatLatentsCannotHoldGoesInAnotherForm() throws Exception {
        String translucent = latin(SamplePictures.translucent(3, 300, 200));
        String drawing = latin(SamplePictures.drawing(2, 300, 200));
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        "Content-Type: image/png\r\n" + FRESH,
                                        request.path().equals("/alpha.png")
                                                ? translucent
                                                : drawing));
                Proxy proxy = edge(origin).start()) {
            String asks = accept(type + "," + OTHERS);
            assertThat(SampleModel.until(proxy, "/alpha.png", asks, "image/avif").body())
                    .isNotEmpty();
            assertThat(SampleModel.until(proxy, "/drawing.png", asks, "image/webp").body())
                    .isNotEmpty();
        }
    }

    @Test
    void withoutAModelPicturesGoOutInOrdinaryForms() throws Exception {
        try (ScriptedOrigin origin =
                ScriptedOrigin.always("Content-Type: image/png\r\n" + FRESH, PHOTOGRAPH)) {
            ProxyRunner runner = edge(origin);
            runner.codec = CodecConfig.DEFAULT.with(Path.of("no-such-folder"));
            try (Proxy proxy = runner.start()) {
                assertThat(
                                SampleModel.until(
                                                proxy,
                                                "/a.png",
                                                accept(type + "," + OTHERS),
                                                "image/avif")
                                        .status())
                        .isEqualTo(200);
            }
        }
    }
}
