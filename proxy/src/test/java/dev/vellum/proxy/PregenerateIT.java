package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.picture.SamplePictures;
import dev.vellum.proxy.pregenerate.Pregeneration;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pictures made ready before anyone asks, through real sockets. */
@Timeout(120)
class PregenerateIT {

    private static final String FRESH =
            "Cache-Control: max-age=600\r\nContent-Type: image/jpeg\r\n";
    private static final String SITEMAP =
            """
            <?xml version="1.0"?>
            <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
                xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
              <url><loc>http://example.test/page.html</loc>
                <image:image><image:loc>http://example.test/1.jpg</image:loc></image:image></url>
              <url><loc>http://example.test/2.jpg</loc></url>
            </urlset>
            """;

    @TempDir Path directory;

    private ProxyRunner edge(ScriptedOrigin origin, int threads) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.pictures = PicturesIT.quick(threads);
        runner.disk = Optional.of(DiskConfig.of(directory.resolve("disk"), ByteSize.ofMib(64)));
        return runner;
    }

    private static ScriptedOrigin origin() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 1; i <= 4; i++) {
            byte[] file = SamplePictures.photograph(i, 160, 120);
            files.put("/" + i + ".jpg", new String(file, StandardCharsets.ISO_8859_1));
        }
        return new ScriptedOrigin((request, wire) -> {
            String file = files.get(request.path());
            if (request.path().equals("/sitemap.xml")) {
                wire.respond("200 OK", "Content-Type: application/xml\r\n", SITEMAP);
            } else if (file == null) {
                wire.respond("404 Not Found", "", "");
            } else {
                wire.respond("200 OK", FRESH, file);
            }
        });
    }

    private static Pregeneration pregeneration(Proxy proxy) {
        return new Pregeneration(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()),
                Duration.ZERO,
                Duration.ofMinutes(1));
    }

    @Test
    void firstRequestsAreHitsOfVariantsAcrossARestart() throws Exception {
        try (ScriptedOrigin origin = origin()) {
            Map<URI, String> outcomes = new LinkedHashMap<>();
            try (Proxy proxy = edge(origin, 1).start()) {
                Pregeneration pregeneration = pregeneration(proxy);
                List<URI> listed =
                        pregeneration.sitemap(URI.create("http://example.test/sitemap.xml"));
                assertThat(listed)
                        .containsExactly(
                                URI.create("http://example.test/1.jpg"),
                                URI.create("http://example.test/2.jpg"));
                pregeneration.run(listed, outcomes::put);
                assertThat(outcomes.values())
                        .allMatch(outcome -> outcome.startsWith("image/avif, image/webp, "));
                pregeneration.run(
                        List.of(URI.create("http://example.test/none.jpg")), outcomes::put);
                assertThat(outcomes.values()).contains("status 404");
            }
            int asked = origin.received().size();
            try (Proxy proxy = edge(origin, 0).start()) { // which makes nothing
                for (String type : List.of("image/avif", "image/webp")) {
                    Response first =
                            RawClient.get(
                                    proxy.port(),
                                    "/2.jpg",
                                    "Accept: " + type + ",image/*,*/*;q=0.8\r\n");
                    assertThat(first.field("Content-Type")).isEqualTo(type);
                    assertThat(first.field("Cache-Status")).startsWith("vellum;hit");
                }
            }
            assertThat(origin.received()).hasSize(asked);
        }
    }

    @Test
    void aKilledRunGoesOnWhereItWas() throws Exception {
        Path urls = directory.resolve("urls");
        Path state = directory.resolve("state");
        Path config = directory.resolve("edge.yaml");
        Files.writeString(
                urls,
                """
                # pictures
                http://example.test/1.jpg
                http://example.test/2.jpg
                http://example.test/3.jpg
                http://example.test/4.jpg
                """);
        Files.writeString(state, "http://example.test/1.jpg\timage/avif\nhttp://example.test/2.j");
        try (ScriptedOrigin origin = origin();
                Proxy proxy = edge(origin, 1).start()) {
            Files.writeString(
                    config,
                    """
                    role: edge
                    listen: {host: 127.0.0.1, port: %d}
                    routes: [{hosts: [example.test], origins: ["http://127.0.0.1:1"]}]
                    """
                            .formatted(proxy.port()));
            String[] command = {
                "pregenerate",
                "--urls",
                urls.toString(),
                "--config",
                config.toString(),
                "--state",
                state.toString(),
                "--rate",
                "1000"
            };
            assertThat(ProxyMain.commandLine().execute(command)).isZero();
            assertThat(origin.received().stream().map(ScriptedOrigin.Received::path))
                    .containsExactly("/2.jpg", "/3.jpg", "/4.jpg");
            assertThat(ProxyMain.commandLine().execute(command)).isZero();
            assertThat(origin.received()).hasSize(3);
        }
    }
}
