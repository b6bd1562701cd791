package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.config.ConfigException;
import dev.vellum.proxy.config.ConfigReader;
import dev.vellum.proxy.config.ProxyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that is read again while the proxy serves. */
class ReloadIT {

    private static final int RELOADS = 100;
    private static final Pattern TAKEN = Pattern.compile("the configuration was read again");

    @TempDir Path folder;

    /** Both origins have the same; which one is asked tells which configuration holds. */
    private static String yaml(ContentOrigin origin, String more) {
        return """
        role: edge
        listen: {host: 127.0.0.1, port: 0}
        admin: {port: 0, token-file: token}
        routes: [{hosts: [example.test], origins: ["http://%s:%d"]}]
        log: {access: off}
        threads: 2
        %s
        """
                .formatted("127.0.0.1", origin.address().port(), more);
    }

    private ProxyConfig read(String yaml) {
        return new ConfigReader(Map.of("HOME", folder.toString()), folder)
                .read(yaml, "test.yaml")
                .proxy();
    }

    @Test
    void aHundredReloadsUnderLoadFailNoRequest() throws Exception {
        try (ContentOrigin stored = new ContentOrigin("Cache-Control: max-age=600\r\n");
                ContentOrigin passing = new ContentOrigin("Cache-Control: no-store\r\n");
                Proxy proxy = Proxy.start(read(yaml(stored, "")));
                ClientLoad load =
                        new ClientLoad(
                                proxy.port(),
                                8,
                                7,
                                random ->
                                        "/p"
                                                + random.nextInt(500)
                                                + "/"
                                                + (2000 + random.nextInt(90_000)) / 1000 * 1000)) {
            for (int i = 0; i < RELOADS; i++) {
                load.awaitMore(10);
                ContentOrigin origin = i % 2 == 0 ? passing : stored;
                String more = "limits: {header-count: " + (100 + i) + "}";
                assertThat(proxy.reload(() -> read(yaml(origin, more)))).isTrue();
            }
            load.awaitMore(100);
            load.end();
            assertThat(load.failures()).isEmpty();
            assertThat(load.answered()).isGreaterThan(10 * RELOADS);
            assertThat(passing.requests()).isGreaterThan(50);
        }
    }

    @Test
    void aSignalReadsTheFileAgainAndAnInvalidFileKeepsTheOld() throws Exception {
        Path file = folder.resolve("edge.yaml");
        try (ContentOrigin one = new ContentOrigin("Cache-Control: no-store\r\n");
                ContentOrigin other = new ContentOrigin("Cache-Control: no-store\r\n")) {
            Files.writeString(file, yaml(one, ""));
            try (ProxyProcess proxy = new ProxyProcess(file);
                    ClientLoad load = new ClientLoad(proxy.port(), 4, 1, random -> "/a/2000")) {
                load.awaitMore(20);
                Files.writeString(file, yaml(other, "memory: {bytes: 300MiB}"));
                proxy.hangUp();
                proxy.await(TAKEN);
                proxy.await(Pattern.compile("not before the next start: memory"));
                // each client may have one under way that began before
                int asked = one.requests() + 4;
                load.awaitMore(50);
                assertThat(one.requests()).isLessThanOrEqualTo(asked);

                Files.writeString(file, yaml(one, "no-such-key: 1"));
                proxy.hangUp();
                proxy.await(Pattern.compile("stays as it is: .*no-such-key"));
                load.awaitMore(50);
                assertThat(one.requests()).isLessThanOrEqualTo(asked);
                load.end();
                assertThat(load.failures()).isEmpty();
            }
        }
    }

    @Test
    void aConnectionThatWasOpenBeforeIsServedByWhatHoldsNow() throws IOException {
        try (ContentOrigin origin = new ContentOrigin("Cache-Control: no-store\r\n");
                Proxy proxy = Proxy.start(read(yaml(origin, "")));
                RawClient client = new RawClient(proxy.port())) {
            assertThat(client.exchange("GET", "/a/100", "", "").status()).isEqualTo(200);
            proxy.reload(() -> read(yaml(origin, "access: {allow: [\"192.0.2.0/24\"]}")));
            assertThat(client.exchange("GET", "/a/100", "", "").status()).isEqualTo(403);
            proxy.reload(() -> {
                throw new ConfigException("test.yaml: broken", new IOException("broken"));
            });
            assertThat(client.exchange("GET", "/a/100", "", "").status()).isEqualTo(403);
        }
    }
}
