package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Floor;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What tests with the codec's sample model need: it is small and quick, and hardly trained. */
final class SampleModel {

    static final Path MODELS = Path.of("../codec/src/test/resources/golden");

    /** What browsers ask for where they want a picture. */
    static final String BROWSER = "Accept: image/avif,image/webp,image/*,*/*;q=0.8\r\n";

    private SampleModel() {}

    /** A parent that holds what is asked for as latents however long making them takes. */
    static ProxyRunner parent() {
        ProxyRunner runner = ProxyRunner.forward();
        runner.name = "parent";
        runner.pictures = pictures();
        runner.codec = CodecConfig.DEFAULT.with(MODELS).unrefined();
        return runner;
    }

    static ProxyRunner client(int parentPort) {
        ProxyRunner runner = ProxyRunner.forward();
        runner.role = Hop.Role.CLIENT;
        runner.name = "client";
        runner.parent = Optional.of(new OriginAddress("http", "127.0.0.1", parentPort));
        runner.pictures = withThreads(PictureConfig.OFF, 1, 128);
        runner.codec = CodecConfig.DEFAULT.with(MODELS);
        return runner;
    }

    /** The same with another pool. */
    static PictureConfig withThreads(PictureConfig of, int threads, int mib) {
        return new PictureConfig(
                of.on(),
                of.offer(),
                of.guard(),
                of.efforts(),
                of.limits(),
                new TranscoderConfig(threads, ByteSize.ofMib(mib), 0.5));
    }

    /** Media type of the model's latents. */
    static String type() throws IOException, CodecException {
        try (ModelRegistry models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT)) {
            return "image/vnd.vellum;m=" + models.models().getFirst().hash().substring(0, 10);
        }
    }

    /** Asks the parent as a client does until it has latents. */
    static Response latents(Proxy parent, ScriptedOrigin origin)
            throws IOException, CodecException, InterruptedException {
        String asks = host(origin) + "Accept: " + type() + ",image/*\r\n";
        return until(parent, url(origin), asks, type());
    }

    static Response get(Proxy proxy, ScriptedOrigin origin, String fields) throws IOException {
        return RawClient.get(proxy.port(), url(origin), host(origin) + fields);
    }

    static String url(ScriptedOrigin origin) {
        return "http://127.0.0.1:" + origin.port() + "/a.png";
    }

    static String host(ScriptedOrigin origin) {
        return "Host: 127.0.0.1:" + origin.port() + "\r\n";
    }

    static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

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
