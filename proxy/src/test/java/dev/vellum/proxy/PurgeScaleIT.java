package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Storability;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.disk.BodySource;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.disk.DiskEvents;
import dev.vellum.proxy.store.disk.DiskTier;
import dev.vellum.proxy.units.ByteSize;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Purging a tag among many responses, in the proxy as it is run. The long form has a million, and
 * then holds the purge to its 50 ms:
 *
 * <pre>
 * mvn verify -pl proxy -am -Dtest=None -Dit.test=PurgeScaleIT -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dfailsafe.failIfNoSpecifiedTests=false -Dvellum.purge.responses=1000000</pre>
 */
class PurgeScaleIT {

    private static final int RESPONSES = Integer.getInteger("vellum.purge.responses", 20_000);
    private static final int TAGS = 100;
    private static final Duration LIMIT = Duration.ofMillis(50);

    @TempDir Path folder;

    private record Whole(ByteBuffer bytes, long length) implements BodySource {
        @Override
        public @Nullable ByteBuffer next() {
            return bytes.hasRemaining() ? bytes : null;
        }

        @Override
        public void close() {}
    }

    /** Every response has one of a hundred tags, by its number. */
    private static String path(int number) {
        return "/p" + number + "/200";
    }

    private static StoredResponse response(CacheKey key, int number, Instant now) {
        RequestHead request =
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute(
                                key.scheme(), key.authority(), key.pathAndQuery()),
                        HttpVersion.HTTP_1_1,
                        Fields.of());
        ResponseHead head =
                new ResponseHead(
                        HttpVersion.HTTP_1_1,
                        200,
                        "OK",
                        Fields.of(
                                "Cache-Control",
                                "max-age=86400",
                                "Surrogate-Key",
                                "every t" + number % TAGS));
        return ((Storability.Store) Storability.assess(request, head, now, now, CachePolicy.EDGE))
                .response()
                .withLength(200);
    }

    private void fill(Path disk) {
        DiskConfig config =
                new DiskConfig(
                        disk,
                        ByteSize.ofMib(4096),
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(32),
                        ByteSize.ofMib(128),
                        Duration.ofSeconds(1));
        Instant now = Instant.now().minusSeconds(60);
        try (DiskTier tier = DiskTier.open(config, CachePolicy.EDGE, DiskEvents.NONE)) {
            for (int i = 0; i < RESPONSES; i++) {
                CacheKey key = new CacheKey("http", new Authority("example.test", 80), path(i));
                ByteBuffer body =
                        ByteBuffer.wrap(Contents.of(path(i)).getBytes(StandardCharsets.ISO_8859_1));
                tier.put(key, response(key, i, now), Fields.of(), new Whole(body, 200));
                if (i % 1_000 == 0) {
                    tier.flush();
                }
            }
            tier.flush();
            assertThat(tier.size()).isEqualTo(RESPONSES);
        }
    }

    private static boolean hit(ProxyProcess proxy, int number) throws Exception {
        RawClient.Response response = RawClient.get(proxy.port(), path(number), "");
        assertThat(Contents.isRight(path(number), response.body())).isTrue();
        return response.field("Cache-Status").contains(";hit");
    }

    @Test
    void aPurgedTagIsGoneAtOnceAfterAKillAndForWhatWasUnderWay() throws Exception {
        Path token = folder.resolve("token");
        fill(folder.resolve("disk"));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    if (request.path().startsWith("/slow") && purged.getCount() > 0) {
                        asked.countDown();
                        purged.await();
                    }
                    wire.respond(
                            "200 OK",
                            "Cache-Control: max-age=600\r\nSurrogate-Key: t7 every\r\n",
                            Contents.of(request.path()));
                })) {
            Path file = config(origin);
            try (ProxyProcess proxy = new ProxyProcess(file);
                    RawClient early = new RawClient(proxy.port())) {
                assertThat(proxy.metric("vellum_disk_responses", token)).isEqualTo(RESPONSES);
                assertThat(hit(proxy, 107)).isTrue();
                assertThat(hit(proxy, 108)).isTrue();
                early.send("GET /slow/200 HTTP/1.1\r\nHost: example.test\r\n\r\n");
                asked.await();
                List<Duration> taken = new ArrayList<>();
                for (int tag = 7; tag < TAGS; tag += 3) {
                    long start = System.nanoTime();
                    RawClient.Response ack = proxy.admin("POST", "/purge?tag=t" + tag, token);
                    taken.add(Duration.ofNanos(System.nanoTime() - start));
                    assertThat(ack.status()).isEqualTo(200);
                }
                purged.countDown();
                assertThat(early.response("GET").whole()).isTrue();
                taken.sort(null);
                System.out.printf(
                        "purges of a tag among %d responses: median %d us, slowest %d us of %d%n",
                        RESPONSES,
                        taken.get(taken.size() / 2).toNanos() / 1000,
                        taken.getLast().toNanos() / 1000,
                        taken.size());
                if (RESPONSES >= 1_000_000) {
                    assertThat(taken.get(taken.size() / 2)).isLessThan(LIMIT);
                    assertThat(taken.get(taken.size() * 9 / 10)).isLessThan(LIMIT);
                }
                assertThat(hit(proxy, 207)).isFalse();
                assertThat(hit(proxy, 107)).isFalse();
                assertThat(hit(proxy, 108)).isTrue();
                // fetched again since
                assertThat(hit(proxy, 107)).isTrue();
                proxy.kill();
            }
            try (ProxyProcess proxy = new ProxyProcess(file)) {
                assertThat(hit(proxy, 307)).isFalse();
                assertThat(hit(proxy, 308)).isTrue();
                int before = origin.received().size();
                RawClient.get(proxy.port(), "/slow/200", "");
                assertThat(origin.received()).hasSize(before + 1);
            }
        }
    }

    private Path config(ScriptedOrigin origin) throws Exception {
        return Files.writeString(
                folder.resolve("edge.yaml"),
                """
                role: edge
                listen: {host: 127.0.0.1, port: 0}
                admin: {port: 0, token-file: token}
                routes: [{hosts: [example.test], origins: ["http://127.0.0.1:%d"]}]
                memory: {bytes: 64MiB}
                disk: {directory: disk, bytes: 4GiB, segment-bytes: 16MiB, index-bytes: 128MiB}
                log: {access: off}
                timeouts: {first-byte: 10m, keep-alive: 10m}
                """
                        .formatted(origin.port()));
    }
}
