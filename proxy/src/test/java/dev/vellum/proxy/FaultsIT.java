package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What origins, names and clients can do wrong. */
@Timeout(60)
class FaultsIT {

    private static final String FRESH = "Cache-Control: max-age=60\r\n";

    @Test
    void originThatSendsNothingIsGivenUpInTime() throws IOException {
        try (ScriptedOrigin origin = new ScriptedOrigin((request, wire) -> wire.in().read());
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            Response response = RawClient.get(proxy.port(), "/", "");

            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("Proxy-Status"))
                    .isEqualTo("vellum;error=http_response_timeout");
        }
    }

    @Test
    void originThatStopsWithinItsHeaderIsGivenUpInTime() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.send("HTTP/1.1 200 OK\r\nContent-Le");
                            wire.in().read();
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").status()).isEqualTo(504);
        }
    }

    @Test
    void originThatStopsWithinItsBodyBreaksTheResponseAndIsNotStored() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (asked.incrementAndGet() > 1) {
                                wire.respond("200 OK", FRESH, "0123456789");
                                return;
                            }
                            wire.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"
                                            + FRESH
                                            + "\r\n01234");
                            wire.in().read();
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            Response broken = RawClient.get(proxy.port(), "/", "");
            assertThat(broken.status()).isEqualTo(200);
            assertThat(broken.whole()).isFalse();

            assertThat(RawClient.get(proxy.port(), "/", "").body()).isEqualTo("0123456789");
            assertThat(origin.received()).hasSize(2);
        }
    }

    @Test
    void resetWithinTheBodyIsNeverPassedForTheWhole() throws IOException {
        for (String framing : List.of("Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n")) {
            String part = framing.startsWith("C") ? "01234" : "5\r\n01234\r\n";
            try (ScriptedOrigin origin =
                            new ScriptedOrigin((request, wire) -> {
                                wire.send("HTTP/1.1 200 OK\r\n" + framing + FRESH + "\r\n" + part);
                                Thread.sleep(100);
                                wire.reset();
                            });
                    Proxy proxy = ProxyRunner.edge(origin).start()) {
                Response broken = RawClient.get(proxy.port(), "/", "");
                assertThat(broken.whole()).as(framing).isFalse();
                RawClient.get(proxy.port(), "/", "");
                assertThat(origin.received()).as(framing).hasSize(2);
            }
        }
    }

    @Test
    void bodyThatEndsWithItsConnectionIsWholeOnlyAfterAnOrderlyEnd() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.send("HTTP/1.1 200 OK\r\n" + FRESH + "\r\n01234");
                            Thread.sleep(100);
                            if (asked.incrementAndGet() == 1) {
                                wire.reset();
                            } else {
                                wire.socket().close();
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").whole()).isFalse();
            Response second = RawClient.get(proxy.port(), "/", "");
            assertThat(second.whole()).isTrue();
            assertThat(second.body()).isEqualTo("01234");
            RawClient.get(proxy.port(), "/", "");
            assertThat(origin.received()).hasSize(2);
        }
    }

    @Test
    void bytesBehindAResponseAreNobodysAnswer() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.path().equals("/first")) {
                                wire.send(
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                            } else {
                                wire.respond("200 OK", "", "good");
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            assertThat(client.exchange("GET", "/first", "", "").body()).isEqualTo("ok");
            assertThat(client.exchange("GET", "/second", "", "").body()).isEqualTo("good");
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    void slowReaderHoldsTheOriginBackInsteadOfMemory() throws Exception {
        byte[] block = new byte[1024 * 1024];
        AtomicInteger sent = new AtomicInteger();
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head(
                                    "200 OK",
                                    "Cache-Control: no-store",
                                    "Content-Length: 67108864");
                            for (int i = 0; i < 64; i++) {
                                wire.send(block);
                                sent.incrementAndGet();
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.socket().setReceiveBufferSize(16 * 1024);
            client.sendHead("GET /", "Host: example.test");
            RawClient.readHead(client.in());
            long peak = 0;
            for (int i = 0; i < 8; i++) {
                client.in().readNBytes(64 * 1024);
                Thread.sleep(100);
                peak = Math.max(peak, proxy.bodyBytes());
            }
            assertThat(sent.get()).as("MiB taken from the origin").isLessThan(32);
            assertThat(peak).isBetween(1L, 1024L * 1024);
            long rest = 64L * 1024 * 1024 - 8 * 64 * 1024;
            assertThat(client.in().skip(rest)).isPositive();
        }
    }

    @Test
    void readerThatStopsIsDisconnected() throws Exception {
        ProxyRunner runner =
                ProxyRunner.edge(
                        new ScriptedOrigin((request, wire) -> {
                            wire.head(
                                    "200 OK",
                                    "Cache-Control: no-store",
                                    "Content-Length: 67108864");
                            wire.send(new byte[64 * 1024 * 1024]);
                        }));
        try (Proxy proxy = runner.start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead("GET /", "Host: example.test");
            RawClient.readHead(client.in());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (proxy.connections() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(50);
            }
            assertThat(proxy.connections()).isZero();
            assertThat(proxy.bodyBytes()).isZero();
        }
    }

    @Test
    void senderThatStopsWithinItsContentIsAnswered408() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "x");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: example.test\r\nContent-Length: 100\r\n\r\nab");

            Response response = client.response("POST");
            assertThat(response.status()).isEqualTo(408);
        }
    }

    @Test
    void headerThatNeverEndsIsAnswered408() throws Exception {
        ProxyRunner runner = ProxyRunner.edge(ScriptedOrigin.always("", "x"));
        runner.timeouts = ProxyRunner.waiting(Duration.ofMillis(800));
        try (Proxy proxy = runner.start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: exa");

            assertThat(client.response("GET").status()).isEqualTo(408);
        }
    }

    @Test
    void aThousandClientsOfOneColdUrlCauseOneFetchAndGetBytesAsTheyArrive() throws Exception {
        int clients = 1000;
        CountDownLatch firstHalfRead = new CountDownLatch(clients);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(1000);
                            wire.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n"
                                            + FRESH
                                            + "\r\n"
                                            + "a".repeat(100_000));
                            firstHalfRead.await(30, TimeUnit.SECONDS);
                            wire.send("b".repeat(100_000));
                        });
                Proxy proxy = patient(origin);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                results.add(
                        threads.submit(() -> {
                            try (RawClient client = new RawClient(proxy.port())) {
                                client.sendHead("GET /cold", "Host: example.test");
                                RawClient.readHead(client.in());
                                String first = text(client.in(), 100_000);
                                firstHalfRead.countDown();
                                return first + text(client.in(), 100_000);
                            }
                        }));
            }
            String expected = "a".repeat(100_000) + "b".repeat(100_000);
            for (Future<String> result : results) {
                String got = result.get();
                assertThat(got.equals(expected))
                        .as(() ->
                                got.length()
                                        + " bytes: "
                                        + got.substring(0, Math.min(300, got.length())))
                        .isTrue();
            }
            assertThat(firstHalfRead.getCount()).isZero();
            assertThat(origin.received()).hasSize(1);
        }
    }

    private static Proxy patient(ScriptedOrigin origin) throws IOException {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.timeouts = Timeouts.DEFAULT;
        return runner.start();
    }

    private static String text(InputStream in, int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void leaderThatLeavesDoesNotCancelTheFetchOfTheOthers() throws Exception {
        CountDownLatch leaderGone = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            leaderGone.await(10, TimeUnit.SECONDS);
                            wire.respond("200 OK", FRESH, "kept");
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient leader = new RawClient(proxy.port());
            leader.send("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n");
            awaitRequests(origin, 1);
            CompletableFuture<Response> follower =
                    later(() -> RawClient.get(proxy.port(), "/", ""));
            Thread.sleep(200);
            leader.close();
            Thread.sleep(200);
            leaderGone.countDown();

            assertThat(follower.get().body()).isEqualTo("kept");
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void followersThatVaryFetchForThemselves() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(300);
                            wire.respond(
                                    "200 OK", FRESH + "Vary: X-Kind\r\n", request.field("X-Kind"));
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            List<CompletableFuture<Response>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String kind = "X-Kind: " + i % 2 + "\r\n";
                all.add(later(() -> RawClient.get(proxy.port(), "/", kind)));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(all.get(i).get().body()).isEqualTo("" + i % 2);
            }
        }
    }

    @Test
    void followersOfAPrivateResponseFetchForThemselves() throws Exception {
        AtomicInteger number = new AtomicInteger();
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(200);
                            wire.respond(
                                    "200 OK",
                                    "Cache-Control: private\r\n",
                                    "for " + number.incrementAndGet());
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            List<CompletableFuture<Response>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(later(() -> RawClient.get(proxy.port(), "/", "")));
            }
            List<String> bodies = new ArrayList<>();
            for (CompletableFuture<Response> one : all) {
                bodies.add(one.get().body());
            }
            assertThat(bodies).doesNotHaveDuplicates();
        }
    }

    @Test
    void failureInTheMiddleBreaksEveryFollower() throws Exception {
        CountDownLatch breakNow = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(300);
                            wire.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"
                                            + FRESH
                                            + "\r\n01234");
                            breakNow.await(10, TimeUnit.SECONDS);
                            wire.reset();
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            List<CompletableFuture<Response>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(later(() -> RawClient.get(proxy.port(), "/", "")));
            }
            awaitRequests(origin, 1);
            Thread.sleep(600);
            breakNow.countDown();
            for (CompletableFuture<Response> one : all) {
                assertThat(one.get().whole()).isFalse();
            }
        }
    }

    @Test
    void nameThatComesToPointToAForbiddenAddressIsRefusedThen() throws Exception {
        List<InetAddress> answer = new ArrayList<>(List.of(InetAddress.getByName("127.0.0.2")));
        ProxyRunner runner = ProxyRunner.forward();
        runner.allowed = List.of(Network.parse("127.0.0.2"));
        runner.resolver = host -> CompletableFuture.completedFuture(List.copyOf(answer));
        try (ScriptedOrigin origin =
                        new ScriptedOrigin(
                                "127.0.0.2",
                                0,
                                (request, wire) ->
                                        wire.respond("200 OK", "Connection: close\r\n", "x"));
                Proxy proxy = runner.start()) {
            String authority = "rebind.test:" + origin.port();
            Response before = forwarded(proxy, authority);
            answer.set(0, InetAddress.getByName("10.0.0.1"));
            Response after = forwarded(proxy, authority);

            assertThat(before.status()).isEqualTo(200);
            assertThat(after.status()).isEqualTo(403);
            assertThat(after.field("Proxy-Status"))
                    .isEqualTo("vellum;error=destination_ip_prohibited");
        }
    }

    @Test
    void redirectToAMetadataAddressEndsThere() throws Exception {
        String metadata = "http://169.254.169.254/latest/meta-data/";
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond("302 Found", "Location: " + metadata + "\r\n", ""));
                Proxy proxy = ProxyRunner.forward().start()) {
            Response redirect = forwarded(proxy, "127.0.0.1:" + origin.port());
            assertThat(redirect.field("Location")).isEqualTo(metadata);
            assertThat(origin.received()).hasSize(1);

            Response followed = RawClient.get(proxy.port(), metadata, "Host: 169.254.169.254\r\n");
            assertThat(followed.status()).isEqualTo(403);
        }
    }

    @Test
    void proxyNeverConnectsToItself() throws Exception {
        try (Proxy proxy = ProxyRunner.forward().start()) {
            assertThat(forwarded(proxy, "127.0.0.1:" + proxy.port()).status()).isEqualTo(508);
        }
    }

    @Test
    void responseBeyondTheLimitIsBrokenOff() throws Exception {
        ProxyRunner runner = ProxyRunner.edge(ScriptedOrigin.always(FRESH, "x".repeat(5000)));
        runner.limits =
                new Limits(
                        ByteSize.ofKib(32),
                        128,
                        ByteSize.ofKib(1),
                        ByteSize.ofKib(4),
                        1000,
                        1000,
                        1000,
                        1000,
                        ByteSize.ofBytes(64));
        try (Proxy proxy = runner.start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").whole()).isFalse();
            for (int i = 0; i < 100 && runner.summaries.isEmpty(); i++) {
                Thread.sleep(10);
            }
            assertThat(runner.summaries.getLast().failure())
                    .isEqualTo(Failure.RESPONSE_BODY_TOO_LARGE);
            try (RawClient client = new RawClient(proxy.port())) {
                Response refused = client.exchange("POST", "/", "", "y".repeat(2000));
                assertThat(refused.status()).isEqualTo(413);
            }
        }
    }

    private static Response forwarded(Proxy proxy, String authority) throws IOException {
        return RawClient.get(
                proxy.port(), "http://" + authority + "/", "Host: " + authority + "\r\n");
    }

    private interface Asking {
        Response ask() throws IOException;
    }

    private static CompletableFuture<Response> later(Asking asking) {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(asking.ask());
                    } catch (IOException failed) {
                        answer.completeExceptionally(failed);
                    }
                });
        return answer;
    }

    private static void awaitRequests(ScriptedOrigin origin, int count)
            throws InterruptedException, ExecutionException {
        for (int i = 0; i < 500 && origin.received().size() < count; i++) {
            Thread.sleep(10);
        }
        assertThat(origin.received()).hasSize(count);
    }
}
