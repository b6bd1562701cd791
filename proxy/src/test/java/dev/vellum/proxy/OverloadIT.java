package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that ask for much and read nothing, until there is no memory for more of them. */
class OverloadIT {

    /** More than the sockets on the way take in, so that the proxy has to hold some. */
    private static final int BLOCKS = 512;

    private static final byte[] BLOCK = new byte[64 * 1024];
    private static final String FRESH = "Cache-Control: max-age=600\r\n";

    private static ScriptedOrigin origin() throws IOException {
        return new ScriptedOrigin((request, wire) -> {
            if (request.path().startsWith("/large")) {
                wire.head("200 OK", "Content-Length: " + BLOCKS * BLOCK.length);
                for (int i = 0; i < BLOCKS; i++) {
                    wire.send(BLOCK);
                }
            } else {
                wire.respond("200 OK", FRESH, "x".repeat(1000));
            }
        });
    }

    private static ProxyRunner small(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.memory =
                new MemoryConfig(
                        ByteSize.ofMib(1),
                        ByteSize.ofKib(512),
                        ByteSize.ofMib(1),
                        ByteSize.ofMib(2),
                        ByteSize.ofMib(1));
        runner.coding = CodingConfig.OFF;
        Timeouts waits = ProxyRunner.shortWaits();
        // nobody is cut off for reading too slowly, however long this takes
        runner.timeouts =
                new Timeouts(
                        waits.requestHeader(),
                        waits.keepAlive(),
                        waits.connect(),
                        Duration.ofMinutes(3),
                        Duration.ofMinutes(3),
                        waits.originIdle(),
                        waits.tunnelIdle(),
                        Duration.ofSeconds(1));
        return runner;
    }

    @Test
    void whatNeedsAnOriginIsRefusedWhileWhatIsStoredIsServedAndAllIsWellAfterwards()
            throws Exception {
        try (ScriptedOrigin origin = origin()) {
            ProxyRunner runner = small(origin);
            List<RawClient> sluggish = new ArrayList<>();
            try (Proxy proxy = runner.start()) {
                assertThat(RawClient.get(proxy.port(), "/stored", "").status()).isEqualTo(200);
                while (!isRefused(RawClient.get(proxy.port(), "/small" + sluggish.size(), ""))) {
                    RawClient client = new RawClient(proxy.port());
                    client.socket().setReceiveBufferSize(8 * 1024);
                    sluggish.add(client);
                    client.send(
                            "GET /large%d HTTP/1.1\r\nHost: example.test\r\n\r\n"
                                    .formatted(sluggish.size()));
                    client.in().readNBytes(1);
                }
                // what began before holds what it may hold, and nothing was added
                long window = ByteSize.ofKib(384).bytes();
                assertThat(proxy.bodyBytes())
                        .isLessThan(ByteSize.ofMib(2).bytes() + sluggish.size() * window);
                RawClient.Response hit = RawClient.get(proxy.port(), "/stored", "");
                assertThat(hit.field("Cache-Status")).contains(";hit");
                assertThat(runner.summaries)
                        .filteredOn(summary -> summary.failure() == Failure.OVERLOADED)
                        .isNotEmpty()
                        .allMatch(summary -> summary.handling() == Summary.Handling.LOCAL);
                for (RawClient client : sluggish) {
                    client.close();
                }
                while (isRefused(RawClient.get(proxy.port(), "/again", ""))) {
                    Thread.sleep(20);
                }
                assertThat(RawClient.get(proxy.port(), "/again", "").body()).hasSize(1000);
            }
        }
    }

    private static boolean isRefused(RawClient.Response response) {
        if (response.status() == 200) {
            return false;
        }
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("Retry-After")).isEqualTo("2");
        assertThat(response.field("Proxy-Status")).contains("proxy_internal_response");
        return true;
    }
}
