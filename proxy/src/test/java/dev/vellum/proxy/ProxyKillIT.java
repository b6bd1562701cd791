package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole proxy, killed (SIGKILL) again and again while it stores what clients ask for. The long
 * form kills it 50 times:
 *
 * <pre>
 * mvn verify -pl proxy -am -Dtest=None -Dit.test=ProxyKillIT -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dfailsafe.failIfNoSpecifiedTests=false -Dvellum.proxy.kills=50 -Dtest.timeout=2h</pre>
 */
class ProxyKillIT {

    private static final int KILLS = Integer.getInteger("vellum.proxy.kills", 3);

    @TempDir Path folder;

    @Test
    void noResponseIsWrongAfterAKillAndWhatWasWrittenIsFound() throws Exception {
        Path token = folder.resolve("token");
        try (ContentOrigin origin = new ContentOrigin("Cache-Control: max-age=86400\r\n")) {
            Path file = config(origin);
            Set<String> asked = ConcurrentHashMap.newKeySet();
            AtomicInteger next = new AtomicInteger();
            long written = 0;
            for (int round = 0; round <= KILLS; round++) {
                try (ProxyProcess proxy = new ProxyProcess(file)) {
                    long found = proxy.metric("vellum_disk_responses", token);
                    assertThat(found)
                            .as("responses found in round %d", round)
                            .isGreaterThanOrEqualTo(written);
                    double hits = askAgain(proxy, asked);
                    System.out.printf(
                            "round %d: %d found of %d written, hit ratio %.3f of %d%n",
                            round, found, written, hits, asked.size());
                    // all that was found is a hit
                    assertThat(hits * asked.size()).isGreaterThanOrEqualTo(written * 0.999);
                    if (round == KILLS) {
                        break;
                    }
                    ClientLoad load =
                            new ClientLoad(
                                    proxy.port(),
                                    4,
                                    round,
                                    random -> {
                                        int length = random.nextInt(100) == 0 ? 300_000 : 3_000;
                                        String path =
                                                "/k"
                                                        + next.incrementAndGet()
                                                        + "/"
                                                        + (200 + random.nextInt(length));
                                        asked.add(path);
                                        return path;
                                    });
                    load.awaitMore(400);
                    written = proxy.metric("vellum_disk_responses", token);
                    load.awaitMore(20);
                    assertThat(load.failures()).isEmpty();
                    proxy.kill();
                    load.end();
                }
            }
        }
    }

    /** Asks for everything once more; the share of it that did not reach the origin. */
    private static double askAgain(ProxyProcess proxy, Set<String> paths) throws Exception {
        int hits = 0;
        try (RawClient client = new RawClient(proxy.port())) {
            for (String path : paths) {
                RawClient.Response response = client.exchange("GET", path, "", "");
                assertThat(response.status()).isEqualTo(200);
                assertThat(Contents.isRight(path, response.body())).as(path).isTrue();
                hits += response.field("Cache-Status").contains(";hit") ? 1 : 0;
            }
        }
        return paths.isEmpty() ? 1 : (double) hits / paths.size();
    }

    private Path config(ContentOrigin origin) throws Exception {
        return Files.writeString(
                folder.resolve("edge.yaml"),
                """
                role: edge
                listen: {host: 127.0.0.1, port: 0}
                admin: {port: 0, token-file: token}
                routes: [{hosts: [example.test], origins: ["http://127.0.0.1:%d"]}]
                memory: {bytes: 8MiB, object-bytes: 1MiB}
                disk: {directory: disk, bytes: 4GiB, segment-bytes: 4MiB}
                log: {access: off}
                timeouts: {drain: %ds}
                """
                        .formatted(origin.address().port(), Duration.ofSeconds(1).toSeconds()));
    }
}
