package dev.vellum.proxy;

import static dev.vellum.proxy.SampleModel.latin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Latents in the place of the pictures they were made of, through real sockets. */
@Timeout(120)
class MasterIT {

    private static final String PHOTOGRAPH = latin(SamplePictures.lossless(1, 320, 240));
    private static final String FRESH =
            "Content-Type: image/png\r\nCache-Control: max-age=600\r\nETag: \"v\"\r\n";
    private static final String AVIF = "Accept: image/avif,image/webp,image/*\r\n";
    private static final String UNTOUCHED = "Accept: image/*\r\nCache-Control: no-transform\r\n";

    @TempDir private Path directory;

    private static ScriptedOrigin origin() throws IOException {
        return ScriptedOrigin.always(FRESH, PHOTOGRAPH);
    }

    private static ProxyRunner edge(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.pictures = SampleModel.pictures();
        runner.codec = CodecConfig.DEFAULT.with(SampleModel.MODELS).withoutOriginals();
        return runner;
    }

    private static Response latents(Proxy proxy) throws Exception {
        String type = SampleModel.type();
        return SampleModel.until(proxy, "/a.png", "Accept: " + type + "\r\n", type);
    }

    /** Asks for latents until they alone are stored; who comes in between may fetch once more. */
    private static int settled(Proxy proxy, ScriptedOrigin origin) throws Exception {
        latents(proxy);
        while (proxy.bodyBytes() >= PHOTOGRAPH.length()) { // the test has a timeout
            Thread.sleep(50);
            latents(proxy);
        }
        return origin.received().size();
    }

    @Test
    void theOriginalLeavesTheStoreAndOtherFormsAreMadeOfTheLatents() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy proxy = edge(origin).start()) {
            int fetched = settled(proxy, origin);
            Response first = latents(proxy);
            Response again = latents(proxy);
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.field("ETag")).isEqualTo(first.field("ETag"));
            Response avif = RawClient.get(proxy.port(), "/a.png", AVIF);
            assertThat(avif.field("Content-Type")).isEqualTo("image/avif");
            assertThat(avif.field("Cache-Control")).isEqualTo("max-age=600");
            Response same =
                    RawClient.get(
                            proxy.port(),
                            "/a.png",
                            AVIF + "If-None-Match: " + avif.field("ETag") + "\r\n");
            assertThat(same.status()).isEqualTo(304);
            assertThat(origin.received()).hasSize(fetched);
        }
    }

    @Test
    void nobodyHasToAskForLatentsForThemToTakeTheOriginalsPlace() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a.png", AVIF);
            while (proxy.bodyBytes() >= PHOTOGRAPH.length()) { // the test has a timeout
                Thread.sleep(20);
            }
            int fetched = origin.received().size();
            assertThat(latents(proxy).status()).isEqualTo(200);
            assertThat(origin.received()).hasSize(fetched);
        }
    }

    @Test
    void whoeverWantsTheVeryBytesGetsThemFromTheOriginAndFromThenOnTheyStay() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy proxy = edge(origin).start()) {
            int fetched = settled(proxy, origin);
            Response untouched = RawClient.get(proxy.port(), "/a.png", UNTOUCHED);
            assertThat(untouched.body()).isEqualTo(PHOTOGRAPH);
            assertThat(untouched.field("ETag")).isEqualTo("\"v\"");
            assertThat(origin.received()).hasSize(fetched + 1);
            latents(proxy);
            assertThat(RawClient.get(proxy.port(), "/a.png", UNTOUCHED).body())
                    .isEqualTo(PHOTOGRAPH);
            assertThat(origin.received()).hasSize(fetched + 1);
        }
    }

    @Test
    void aPartOfTheBytesComesFromTheOrigin() throws Exception {
        String length = Integer.toString(PHOTOGRAPH.length());
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            boolean part = request.head().contains("Range: bytes=0-3");
                            wire.respond(
                                    part ? "206 Partial Content" : "200 OK",
                                    part
                                            ? FRESH + "Content-Range: bytes 0-3/" + length + "\r\n"
                                            : FRESH,
                                    part ? PHOTOGRAPH.substring(0, 4) : PHOTOGRAPH);
                        });
                Proxy proxy = edge(origin).start()) {
            int fetched = settled(proxy, origin);
            Response whole = latents(proxy);
            String range = "Accept: image/*\r\nRange: bytes=0-3\r\n";
            Response part = RawClient.get(proxy.port(), "/a.png", range);
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(PHOTOGRAPH.substring(0, 4));
            assertThat(latents(proxy).body()).isEqualTo(whole.body());
            assertThat(origin.received()).hasSize(fetched + 1);
        }
    }

    @Test
    void theyOutliveARestartOnDisk() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            String before;
            int fetched;
            ProxyRunner runner = edge(origin);
            runner.disk = Optional.of(DiskConfig.of(directory, ByteSize.ofMib(64)));
            try (Proxy proxy = runner.start()) {
                fetched = settled(proxy, origin);
                before = latents(proxy).body();
            }
            try (Proxy proxy = runner.start()) {
                assertThat(latents(proxy).body()).isEqualTo(before);
                assertThat(RawClient.get(proxy.port(), "/a.png", AVIF).field("Content-Type"))
                        .isEqualTo("image/avif");
                assertThat(origin.received()).hasSize(fetched);
            }
        }
    }

    @Test
    void theyArePurgedWithTheirSourceAndByTheirModel() throws Exception {
        try (ScriptedOrigin origin = origin();
                Proxy proxy = edge(origin).start()) {
            String model = SampleModel.type().split("=", -1)[1];
            for (Purge.Target target :
                    List.of(Purge.url("http://example.test/a.png"), Purge.model(model))) {
                int fetched = settled(proxy, origin);
                proxy.purge(List.of(new Purge(target, false)));
                latents(proxy);
                assertThat(origin.received()).as("%s", target).hasSizeGreaterThan(fetched);
            }
        }
    }

    @Test
    void theyAreConfirmedByTheOriginAsTheOriginalWouldBe() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            boolean known = request.head().contains("If-None-Match: \"v\"");
                            wire.respond(
                                    known ? "304 Not Modified" : "200 OK",
                                    FRESH,
                                    known ? "" : PHOTOGRAPH);
                        });
                Proxy proxy = edge(origin).start()) {
            int fetched = settled(proxy, origin);
            Response before = latents(proxy);
            String confirmed = "Accept: " + SampleModel.type() + "\r\nCache-Control: no-cache\r\n";
            Response after = RawClient.get(proxy.port(), "/a.png", confirmed);
            assertThat(after.body()).isEqualTo(before.body());
            assertThat(after.field("Cache-Status")).contains("fwd-status=304");
            assertThat(origin.received()).hasSize(fetched + 1);
        }
    }
}
