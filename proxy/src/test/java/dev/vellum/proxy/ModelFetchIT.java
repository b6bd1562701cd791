package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.BROWSER;
import static dev.vellum.proxy.SampleModel.MODELS;
import static dev.vellum.proxy.SampleModel.client;
import static dev.vellum.proxy.SampleModel.get;
import static dev.vellum.proxy.SampleModel.host;
import static dev.vellum.proxy.SampleModel.latents;
import static dev.vellum.proxy.SampleModel.latin;
import static dev.vellum.proxy.SampleModel.parent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.SamplePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Decoder files on their way from parents to clients, through real sockets. */
@Timeout(120)
class ModelFetchIT {

    private static final String PATH = "/.well-known/vellum/models/";
    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";

    private static String hash = "";
    private static byte[] file = new byte[0];

    @TempDir private Path directory;

    @BeforeAll
    static void read() throws Exception {
        file = Files.readAllBytes(MODELS.resolve("sample.vlmd"));
        try (ModelRegistry models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT)) {
            hash = models.models().getFirst().hash();
        }
    }

    private static ScriptedOrigin origin() throws IOException {
        return ScriptedOrigin.always(FRESH, latin(SamplePictures.lossless(1, 320, 240)));
    }

    private ProxyRunner withPinOnly(int parentPort) {
        ProxyRunner runner = client(parentPort);
        CodecConfig usual = CodecConfig.DEFAULT;
        runner.codec =
                new CodecConfig(
                        true,
                        Optional.of(directory),
                        List.of(hash),
                        usual.effort(),
                        usual.qualities(),
                        usual.trials(),
                        usual.hold(),
                        usual.decoded());
        return runner;
    }

    @Test
    void aProxyServesTheDecoderFilesItHolds() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            ProxyRunner edge = ProxyRunner.edge(origin);
            edge.codec = CodecConfig.DEFAULT.with(MODELS);
            for (ProxyRunner runner : List.of(parent(), edge)) {
                try (Proxy proxy = runner.start()) {
                    Response model = RawClient.get(proxy.port(), PATH + hash, "");
                    assertThat(model.status()).isEqualTo(200);
                    assertThat(model.body()).isEqualTo(latin(file));
                    assertThat(model.field("Cache-Control")).contains("immutable");
                    String same = "If-None-Match: " + model.field("ETag") + "\r\n";
                    assertThat(RawClient.get(proxy.port(), PATH + hash, same).status())
                            .isEqualTo(304);
                    Response part =
                            RawClient.get(proxy.port(), PATH + hash, "Range: bytes=0-3\r\n");
                    assertThat(part.body()).isEqualTo("VLMD");
                }
            }
            assertThat(origin.received()).isEmpty();
        }
    }

    @Test
    void whatIsNoModelHereGoesItsOrdinaryWay() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            ProxyRunner edge = ProxyRunner.edge(origin);
            edge.codec = CodecConfig.DEFAULT.with(MODELS);
            try (Proxy proxy = edge.start()) {
                for (String path : List.of(PATH + "0".repeat(64), PATH, PATH + hash + "/x")) {
                    RawClient.get(proxy.port(), path, "");
                    assertThat(origin.received().getLast().path()).isEqualTo(path);
                }
            }
        }
    }

    @Test
    void aForwardProxyThatHasNotTheModelSaysSoAndAsksNobody() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy proxy = parent().start()) {
            String target = PATH + "0".repeat(64);
            String elsewhere = "http://127.0.0.1:" + origin.port() + target;
            for (Response none :
                    List.of(
                            RawClient.get(proxy.port(), target, ""),
                            RawClient.get(proxy.port(), elsewhere, host(origin)))) {
                assertThat(none.status()).isEqualTo(404);
                assertThat(none.field("Proxy-Status")).startsWith("parent;error=");
            }
            assertThat(origin.received()).isEmpty();
        }
    }

    @Test
    void aClientFetchesThePinnedModelFromItsParentAndKeepsIt() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            String shown;
            try (Proxy parent = parent().start();
                    Proxy client = withPinOnly(parent.port()).start()) {
                latents(parent, origin);
                shown = untilPixels(client, origin);
            }
            assertThat(directory.resolve(hash + ".vlmd")).hasBinaryContent(file);
            ProxyRunner without = parent();
            without.codec = CodecConfig.DEFAULT.with(MODELS);
            try (Proxy parent = without.start();
                    Proxy client = withPinOnly(parent.port()).start()) {
                latents(parent, origin);
                assertThat(get(client, origin, BROWSER).body()).isEqualTo(shown);
            }
        }
    }

    private static String untilPixels(Proxy client, ScriptedOrigin origin)
            throws IOException, InterruptedException {
        while (true) { // the test has a timeout
            // as a browser that reloads does: what is stored may be the form from before the model
            Response response = get(client, origin, BROWSER + "Cache-Control: no-cache\r\n");
            assertThat(response.status()).isEqualTo(200);
            if (response.field("Content-Type").equals("image/bmp")) {
                return response.body();
            }
            Thread.sleep(50);
        }
    }

    @Test
    void redirectsAndOtherFilesAreNotTakenAndTheParentIsAskedAgain() throws Exception {
        byte[] tampered = file.clone();
        tampered[tampered.length / 2] ^= 1;
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedOrigin other = ScriptedOrigin.always("", latin(file));
                ScriptedOrigin parent =
                        new ScriptedOrigin((request, wire) -> {
                            switch (asked.incrementAndGet()) {
                                case 1 ->
                                        wire.respond(
                                                "302 Found",
                                                "Location: http://127.0.0.1:%d%s%s\r\n"
                                                        .formatted(other.port(), PATH, hash),
                                                "");
                                case 2 -> wire.respond("200 OK", "", latin(tampered));
                                default -> wire.respond("200 OK", "", latin(file));
                            }
                        });
                Proxy client = withPinOnly(parent.port()).start()) {
            Path kept = directory.resolve(hash + ".vlmd");
            while (!Files.exists(kept)) { // the test has a timeout
                Thread.sleep(20);
            }
            assertThat(kept).hasBinaryContent(file);
            assertThat(other.received()).isEmpty();
            assertThat(parent.received())
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request.path()).isEqualTo(PATH + hash));
            assertThat(client.port()).isPositive();
        }
    }
}
