package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.BROWSER;
import static dev.vellum.proxy.SampleModel.MODELS;
import static dev.vellum.proxy.SampleModel.bytes;
import static dev.vellum.proxy.SampleModel.client;
import static dev.vellum.proxy.SampleModel.get;
import static dev.vellum.proxy.SampleModel.host;
import static dev.vellum.proxy.SampleModel.latents;
import static dev.vellum.proxy.SampleModel.latin;
import static dev.vellum.proxy.SampleModel.parent;
import static dev.vellum.proxy.SampleModel.type;
import static dev.vellum.proxy.SampleModel.url;
import static dev.vellum.proxy.SampleModel.withThreads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.units.ByteSize;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong between a client, its parent and the codec: the picture arrives. */
@Timeout(120)
class ClientFaultsIT {

    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final byte[] PHOTOGRAPH = SamplePictures.lossless(1, 320, 240);

    @TempDir private Path directory;

    private static ScriptedOrigin origin() throws IOException {
        return ScriptedOrigin.always(FRESH, latin(PHOTOGRAPH));
    }

    private static void isTheOriginsPicture(Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("Content-Type")).isEqualTo("image/png");
        assertThat(response.body()).isEqualTo(latin(PHOTOGRAPH));
    }

    // ---- the model

    @Test
    void withoutAModelItIsAPlainProxy() throws Exception {
        CodecConfig none = CodecConfig.DEFAULT.with(Path.of("no-such-folder"));
        theClientIsAPlainProxyWith(none);
    }

    @Test
    void aModelThatWasTamperedWithIsNotLoaded() throws Exception {
        String pin;
        try (ModelRegistry models = ModelRegistry.open(MODELS, Model.Tuning.DEFAULT)) {
            pin = models.models().getFirst().hash();
        }
        byte[] decoder = Files.readAllBytes(MODELS.resolve("sample.vlmd"));
        decoder[decoder.length / 2] ^= 1;
        Files.write(directory.resolve("sample.vlmd"), decoder);
        theClientIsAPlainProxyWith(pinned(directory, pin));
    }

    private static CodecConfig pinned(Path folder, String pin) {
        CodecConfig usual = CodecConfig.DEFAULT;
        return new CodecConfig(
                true,
                Optional.of(folder),
                List.of(pin),
                usual.effort(),
                usual.qualities(),
                usual.trials(),
                usual.hold(),
                usual.decoded());
    }

    private static void theClientIsAPlainProxyWith(CodecConfig codec) throws Exception {
        ProxyRunner withoutModel = parent(); // or else it would hand its model to the client
        withoutModel.codec = CodecConfig.DEFAULT.off();
        try (ScriptedOrigin origin = origin();
                Proxy parent = withoutModel.start()) {
            ProxyRunner runner = client(parent.port());
            runner.codec = codec;
            try (Proxy client = runner.start()) {
                isTheOriginsPicture(get(client, origin, "Accept: image/png\r\n"));
            }
        }
    }

    // ---- the latents

    @Test
    void whatIsNoStreamIsAskedForInAnotherForm() throws Exception {
        String nonsense = "\u00d6VLM\1\0" + "x".repeat(900);
        whatCannotBeDecodedIsAskedForInAnotherForm(
                nonsense, withThreads(PictureConfig.OFF, 1, 128));
    }

    @Test
    void aStreamThatIsDamagedBehindItsHeaderIsAskedForInAnotherForm() throws Exception {
        byte[] stream = bytes(wholeLatents());
        stream[stream.length / 2] ^= 0x55;
        whatCannotBeDecodedIsAskedForInAnotherForm(
                latin(stream), withThreads(PictureConfig.OFF, 1, 128));
    }

    @Test
    void aFullPoolOfDecodersMeansAnotherForm() throws Exception {
        whatCannotBeDecodedIsAskedForInAnotherForm(
                wholeLatents(), withThreads(PictureConfig.OFF, 1, 1));
    }

    @Test
    void aFullPoolOfEncodersMeansTheOriginal() throws Exception {
        ProxyRunner busy = parent();
        busy.pictures = withThreads(SampleModel.pictures(), 0, 8); // one picture's worth, for ever
        try (ScriptedOrigin origin = origin();
                Proxy parent = busy.start();
                Proxy client = client(parent.port()).start()) {
            for (String path : List.of("/a.png", "/b.png", "/a.png", "/b.png")) {
                String url = "http://127.0.0.1:" + origin.port() + path;
                isTheOriginsPicture(RawClient.get(client.port(), url, host(origin) + BROWSER));
            }
        }
    }

    private static String wholeLatents() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start()) {
            return latents(parent, origin).body();
        }
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
                    isTheOriginsPicture(
                            RawClient.get(client.port(), "http://example.test/a.png", BROWSER));
                }
                assertThat(parent.received().getFirst().field("Accept")).startsWith(type);
            }
        }
    }

    @Test
    void latentsThatWereDamagedOnDiskAreFetchedAgain() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy parent = parent().start()) {
            String stream = latents(parent, origin).body();
            String shown;
            try (Proxy client = withDisk(parent).start()) {
                shown = get(client, origin, BROWSER).body();
            }
            assertThat(damage(bytes(stream))).isEqualTo(1);
            try (Proxy client = withDisk(parent).start()) {
                Response again = get(client, origin, BROWSER);
                assertThat(again.field("Content-Type")).isEqualTo("image/bmp");
                assertThat(again.body()).isEqualTo(shown);
                assertThat(again.field("Cache-Status")).doesNotContain("client;hit");
            }
        }
    }

    private ProxyRunner withDisk(Proxy parent) {
        ProxyRunner runner = client(parent.port());
        runner.disk = Optional.of(DiskConfig.of(directory, ByteSize.ofMib(64)));
        return runner;
    }

    /** Changes a byte in the midst of every copy of the stream on disk; says how many there are. */
    private int damage(byte[] stream) throws IOException {
        int copies = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                int at = latin(bytes).indexOf(latin(stream));
                if (at >= 0) {
                    bytes[at + stream.length / 2] ^= 1;
                    Files.write(file, bytes);
                    copies++;
                }
            }
        }
        return copies;
    }

    // ---- the parent

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

    @Test
    void withoutItsParentWhatIsNotCachedFailsAsProxyStatusSays() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            Proxy parent = parent().start();
            parent.close();
            try (Proxy client = client(parent.port()).start()) {
                Response response = get(client, origin, BROWSER);
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("Proxy-Status"))
                        .isEqualTo("client;error=connection_refused");
                assertThat(origin.received()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/avif,image/webp,image/*,*/*;q=0.8", "*/*"})
    void withoutItsParentItAsksTheOriginWhereThatIsAllowed(String accept) throws Exception {
        try (ScriptedOrigin origin = origin()) {
            Proxy parent = parent().start();
            parent.close();
            ProxyRunner runner = client(parent.port());
            runner.orDirect = true;
            try (Proxy client = runner.start()) {
                String fields = "Accept: " + accept + "\r\n";
                isTheOriginsPicture(get(client, origin, fields));
                isTheOriginsPicture(get(client, origin, fields)); // from the cache
                assertThat(origin.received()).hasSize(1);
                assertThat(origin.received().getFirst().line()).startsWith("GET /a.png ");
                assertThat(origin.received().getFirst().head()).doesNotContain("vnd.vellum");
            }
        }
    }

    @Test
    void withoutItsParentATunnelGoesToTheServerWhereThatIsAllowed() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            Proxy parent = parent().start();
            parent.close();
            ProxyRunner runner = client(parent.port());
            runner.orDirect = true;
            runner.connectPorts = Set.of(origin.port());
            try (Proxy client = runner.start();
                    RawClient browser = new RawClient(client.port())) {
                String authority = "127.0.0.1:" + origin.port();
                browser.sendHead("CONNECT " + authority, "Host: " + authority);
                assertThat(RawClient.readHead(browser.in())).startsWith("HTTP/1.1 200");
                browser.sendHead("GET /a.png", "Host: " + authority);
                isTheOriginsPicture(browser.response("GET"));
            }
        }
    }
}
