package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The edge with a disk behind its memory, and purges, through real sockets. */
@Timeout(60)
class StoreIT {

    private static final String FRESH =
            "Cache-Control: max-age=600\r\nSurrogate-Key: all\r\nETag: \"e\"\r\n";

    @TempDir Path directory;

    private ProxyRunner edge(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.disk = Optional.of(DiskConfig.of(directory, ByteSize.ofMib(64)));
        return runner;
    }

    private static ScriptedOrigin echo() throws IOException {
        return new ScriptedOrigin(
                (request, wire) -> wire.respond("200 OK", FRESH, body(request.path())));
    }

    private static String body(String path) {
        return (path + " ").repeat(path.startsWith("/large") ? 40_000 : 10);
    }

    @Test
    void whatWasStoredIsAHitAfterARestart() throws IOException {
        try (ScriptedOrigin origin = echo()) {
            try (Proxy proxy = edge(origin).start()) {
                for (int i = 0; i < 20; i++) {
                    RawClient.get(proxy.port(), "/" + i, "");
                }
                RawClient.get(proxy.port(), "/large", "");
            }
            try (Proxy proxy = edge(origin).start()) {
                for (int i = 0; i < 20; i++) {
                    Response warm = RawClient.get(proxy.port(), "/" + i, "");
                    assertThat(warm.field("Cache-Status")).startsWith("vellum;hit");
                    assertThat(warm.body()).isEqualTo(body("/" + i));
                }
                Response part = RawClient.get(proxy.port(), "/large", "Range: bytes=7-13\r\n");
                assertThat(part.status()).isEqualTo(206);
                assertThat(part.body()).isEqualTo("/large ");
                Response same = RawClient.get(proxy.port(), "/3", "If-None-Match: \"e\"\r\n");
                assertThat(same.status()).isEqualTo(304);
            }
            assertThat(origin.received()).hasSize(21);
        }
    }

    @Test
    void whatMemoryHasNoRoomForIsServedFromDisk() throws IOException {
        try (ScriptedOrigin origin = echo()) {
            ProxyRunner runner = edge(origin);
            runner.memory =
                    new MemoryConfig(
                            ByteSize.ofMib(1),
                            ByteSize.ofKib(512),
                            ByteSize.ofMib(8),
                            ByteSize.ofMib(8),
                            ByteSize.ofMib(1));
            try (Proxy proxy = runner.start()) {
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 20; i++) {
                        String path = "/large" + i;
                        assertThat(RawClient.get(proxy.port(), path, "").body())
                                .isEqualTo(body(path));
                    }
                }
                assertThat(origin.received()).hasSizeLessThan(40);
                assertThat(proxy.bodyBytes()).isLessThan(ByteSize.ofMib(4).bytes());
            }
        }
    }

    @Test
    void aDamagedRecordIsAMiss() throws IOException {
        try (ScriptedOrigin origin = echo()) {
            try (Proxy proxy = edge(origin).start()) {
                RawClient.get(proxy.port(), "/large", "");
            }
            damage(200_000);
            try (Proxy proxy = edge(origin).start()) {
                Response again = RawClient.get(proxy.port(), "/large", "");
                assertThat(again.body()).isEqualTo(body("/large"));
                assertThat(again.field("Cache-Status")).contains("fwd=uri-miss");
            }
            assertThat(origin.received()).hasSize(2);
        }
    }

    private void damage(long at) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            Path segment =
                    files.filter(file -> file.toString().endsWith(".segment"))
                            .sorted()
                            .findFirst()
                            .orElseThrow();
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), at);
            }
        }
    }

    @Test
    void aPurgedTagIsGoneFromMemoryAndDiskAndAfterARestart() throws IOException {
        try (ScriptedOrigin origin = echo()) {
            try (Proxy proxy = edge(origin).start()) {
                RawClient.get(proxy.port(), "/a", "");
                proxy.purge(List.of(new Purge(Purge.tag("", "other"), false)));
                assertThat(RawClient.get(proxy.port(), "/a", "").field("Cache-Status"))
                        .startsWith("vellum;hit");
                proxy.purge(List.of(new Purge(Purge.tag("http://example.test", "all"), false)));
                RawClient.get(proxy.port(), "/a", "");
                assertThat(origin.received()).hasSize(2);
                RawClient.get(proxy.port(), "/b", "");
                proxy.purge(List.of(new Purge(Purge.tag("http://example.test", "all"), false)));
            }
            try (Proxy proxy = edge(origin).start()) {
                RawClient.get(proxy.port(), "/b", "");
                assertThat(origin.received()).hasSize(4);
                assertThat(RawClient.get(proxy.port(), "/b", "").field("Cache-Status"))
                        .startsWith("vellum;hit");
            }
        }
    }

    @Test
    void aSoftlyPurgedResponseIsConfirmedByTheOrigin() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.field("If-None-Match").isEmpty()) {
                                wire.respond("200 OK", FRESH, "body");
                            } else {
                                wire.send("HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n");
                            }
                        });
                Proxy proxy = edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "");
            proxy.purge(List.of(new Purge(Purge.prefix("http://example.test/"), true)));
            Response confirmed = RawClient.get(proxy.port(), "/a", "");
            assertThat(confirmed.body()).isEqualTo("body");
            assertThat(origin.received()).hasSize(2);
            assertThat(origin.received().get(1).field("If-None-Match")).isEqualTo("\"e\"");
            assertThat(RawClient.get(proxy.port(), "/a", "").field("Cache-Status"))
                    .startsWith("vellum;hit");
        }
    }

    @Test
    void aFetchUnderWayWhenItIsPurgedIsNeitherStoredNorShared() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            boolean first = asked.getCount() > 0;
                            asked.countDown();
                            if (first) {
                                purged.await();
                            }
                            wire.respond("200 OK", FRESH, first ? "old" : "new");
                        });
                Proxy proxy = edge(origin).start();
                RawClient early = new RawClient(proxy.port());
                RawClient late = new RawClient(proxy.port())) {
            early.send("GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n");
            asked.await();
            proxy.purge(List.of(new Purge(Purge.tag("", "all"), false)));
            // asked for after the purge: what was fetched before it will not do
            late.send("GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n");
            Thread.sleep(200);
            purged.countDown();
            assertThat(early.response("GET").body()).isEqualTo("old");
            assertThat(late.response("GET").body()).isEqualTo("new");
            assertThat(RawClient.get(proxy.port(), "/a", "").body()).isEqualTo("new");
        }
    }
}
