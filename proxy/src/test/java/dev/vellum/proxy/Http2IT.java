package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.Http2Client.Response;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 towards clients: many streams at once, flow control, priorities, tunnels, draining. */
@Timeout(120)
class Http2IT {

    private static final int INITIAL_WINDOW = 4;

    private static final String STORED = "Cache-Control: max-age=600\r\n";
    private static final String NOT_STORED = "Cache-Control: no-store\r\n";

    private static ScriptedOrigin sized() throws IOException {
        return new ScriptedOrigin((request, wire) -> {
            int size = Integer.parseInt(request.path().substring(1).split("-", 2)[0]);
            wire.respond("200 OK", STORED, "x".repeat(size));
        });
    }

    /** One that waits as long as a busy machine may take. */
    private static ProxyRunner patient(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.timeouts = Timeouts.DEFAULT;
        return runner;
    }

    // ---- messages

    @Test
    void hitsAreTheSameOverBothVersions() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(STORED + "X-A: b\r\n", "content");
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            Response miss = client.exchange(1, "/");
            Response hit = client.exchange(3, "/");
            RawClient.Response one = RawClient.get(proxy.port(), "/", "");
            assertThat(miss.text()).isEqualTo("content");
            assertThat(hit.text()).isEqualTo("content");
            assertThat(hit.fields).containsEntry("x-a", "b").containsEntry("content-length", "7");
            assertThat(hit.fields.get("cache-status")).startsWith("vellum;hit;ttl=");
            assertThat(one.field("Cache-Status")).startsWith("vellum;hit;ttl=");
            assertThat(origin.received()).hasSize(1);
            assertThat(origin.received().getFirst().field("Via")).isEqualTo("2.0 vellum");
        }
    }

    @Test
    void contentTrailersAndInterimResponsesPass() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head("103 Early Hints", "Link: </a.css>; rel=preload");
                            wire.head("200 OK", "Transfer-Encoding: chunked", "Trailer: Checksum");
                            wire.send("5\r\n" + request.body() + "\r\n0\r\nChecksum: 12\r\n\r\n");
                        });
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            client.post(1, "/");
            client.data(1, "abc", false);
            client.data(1, "de", true);
            Response response = client.await(1);
            assertThat(response.interim).containsExactly(103);
            assertThat(response.text()).isEqualTo("abcde");
            assertThat(response.trailers).containsEntry("checksum", "12");
            assertThat(origin.received().getFirst().field("Transfer-Encoding"))
                    .isEqualTo("chunked");
        }
    }

    @Test
    void crumbsOfCookiesGoOnAsOne() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(NOT_STORED, "");
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            client.exchange(1, "/", "cookie", "a=1", "cookie", "b=2");
            assertThat(origin.received().getFirst().field("Cookie")).isEqualTo("a=1; b=2");
        }
    }

    @Test
    void responseBeforeTheRequestIsWholeEndsTheRequest() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(NOT_STORED, "never asked");
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            String[] lines = Http2Client.with("/");
            lines[1] = "POST";
            lines[5] = "not.served.test";
            client.headers(1, Http2Client.END_HEADERS, lines);
            Response response = client.await(1);
            assertThat(response.status).isEqualTo(421);
            while (response.reset == null) {
                assertThat(client.read()).isNotNull();
            }
            assertThat(response.reset).isEqualTo("NO_ERROR");
            client.data(1, "too late", true);
            assertThat(client.lives()).isTrue();
        }
    }

    @Test
    void brokenResponseIsResetAndTheOthersGoOn() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.path().equals("/broken")) {
                                wire.head("200 OK", "Content-Length: 10");
                                wire.send("part");
                                Thread.sleep(200);
                                wire.reset();
                            } else {
                                wire.respond("200 OK", NOT_STORED, "whole");
                            }
                        });
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            client.get(1, "/broken");
            assertThat(client.exchange(3, "/").text()).isEqualTo("whole");
            assertThat(client.await(1).reset).isEqualTo("INTERNAL_ERROR");
            assertThat(client.exchange(5, "/").text()).isEqualTo("whole");
        }
    }

    // ---- flow control

    @Test
    void noMoreIsSentThanTheWindowsAllow() throws IOException {
        try (ScriptedOrigin origin = sized();
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 1)) {
            client.grants = false;
            client.get(1, "/5");
            while (client.response(1).text().isEmpty()) {
                assertThat(client.read()).isNotNull();
            }
            assertThat(client.lives()).isTrue();
            assertThat(client.response(1).text()).isEqualTo("x");
            // the window becomes 1 - 1 + (3 - 1) = 2
            client.frame(Http2Client.SETTINGS, 0, 0, Http2Client.settings(INITIAL_WINDOW, 3));
            while (client.response(1).text().length() < 3) {
                assertThat(client.read()).isNotNull();
            }
            // negative now: -3 + 0
            client.frame(Http2Client.SETTINGS, 0, 0, Http2Client.settings(INITIAL_WINDOW, 0));
            client.windowUpdate(1, 3);
            assertThat(client.lives()).isTrue();
            assertThat(client.response(1).text()).hasSize(3);
            client.windowUpdate(1, 2);
            assertThat(client.await(1).text()).isEqualTo("xxxxx");
        }
    }

    @Test
    void connectionWindowHoldsAllStreams() throws IOException {
        try (ScriptedOrigin origin = sized();
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 1_000_000)) {
            client.grants = false;
            client.get(1, "/50000");
            client.get(3, "/50000-b");
            while (client.response(1).body.size() + client.response(3).body.size() < 65_535) {
                assertThat(client.read()).isNotNull();
            }
            assertThat(client.lives()).isTrue();
            assertThat(client.response(1).body.size() + client.response(3).body.size())
                    .isEqualTo(65_535);
            client.windowUpdate(0, 50_000);
            assertThat(client.await(1).body.size()).isEqualTo(50_000);
            assertThat(client.await(3).body.size()).isEqualTo(50_000);
        }
    }

    @Test
    void clientThatTakesNothingHoldsTheOriginBack() throws Exception {
        byte[] block = new byte[64 * 1024];
        CountDownLatch left = new CountDownLatch(1);
        int[] sent = new int[1];
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head("200 OK", "Cache-Control: no-store");
                            try {
                                for (int i = 0; i < 2000; i++) {
                                    wire.send(block);
                                    sent[0]++;
                                }
                            } finally {
                                left.countDown();
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 0)) {
            client.get(1, "/");
            while (client.response(1).status == 0) {
                assertThat(client.read()).isNotNull();
            }
            Thread.sleep(500);
            assertThat(proxy.bodyBytes()).isLessThan(2 << 20);
            // it takes nothing for longer than timeouts.stall
            assertThat(client.await(1).reset).isEqualTo("CANCEL");
            assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(sent[0]).isLessThan(500);
        }
    }

    @Test
    void clientThatTakesByteAfterByteIsTooSlow() throws IOException {
        try (ScriptedOrigin origin = sized();
                Proxy proxy = ProxyRunner.edge(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 1)) {
            client.grants = false;
            client.get(1, "/5000");
            Response response = client.response(1);
            for (int i = 0; i < 600 && response.reset == null; i++) {
                client.windowUpdate(1, 1);
                client.lives();
                sleep(50);
            }
            assertThat(response.reset).isEqualTo("CANCEL");
            assertThat(client.lives()).isTrue();
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void originThatTakesNothingHoldsItsOwnStreamBackOnly() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.path().equals("/stuck")) {
                                read.await(30, TimeUnit.SECONDS);
                            }
                            wire.respond("200 OK", NOT_STORED, "took " + request.body().length());
                        });
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            client.post(1, "/stuck", "expect", "100-continue");
            for (int i = 0; i < 3; i++) {
                client.frame(Http2Client.DATA, 0, 1, new byte[16_384]);
            }
            client.post(3, "/");
            client.data(3, "y".repeat(16_000), true);
            assertThat(client.await(3).text()).isEqualTo("took 16000");
            read.countDown();
            client.data(1, "", true);
            assertThat(client.await(1).status).isEqualTo(200);
        }
    }

    @Test
    void largeContentIsTheSameBothWays() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond("200 OK", NOT_STORED, request.body()));
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            byte[] all = new byte[3_000_000];
            new java.util.Random(7).nextBytes(all);
            assertThat(client.lives()).isTrue();
            client.post(1, "/");
            int window = 256 * 1024;
            for (int at = 0; at < all.length; ) {
                int size = Math.min(Math.min(16_384, all.length - at), window);
                if (size == 0) {
                    Http2Client.Frame frame = client.read();
                    assertThat(frame).isNotNull();
                    if (frame != null
                            && frame.type() == Http2Client.WINDOW_UPDATE
                            && frame.stream() == 1) {
                        window += frame.number(0);
                    }
                    continue;
                }
                client.frame(
                        Http2Client.DATA, 0, 1, java.util.Arrays.copyOfRange(all, at, at + size));
                at += size;
                window -= size;
            }
            client.data(1, "", true);
            Response response = client.await(1);
            assertThat(response.body.toByteArray()).isEqualTo(all);
        }
    }

    // ---- priorities

    /** The order of content when nothing could be sent until all was there. */
    private static List<Integer> order(String... priorities) throws IOException {
        try (ScriptedOrigin origin = sized();
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 0)) {
            for (int i = 0; i < priorities.length; i++) {
                client.get(1 + 2 * i, "/40000-" + i, "priority", priorities[i]);
            }
            return order(client, priorities.length);
        }
    }

    private static List<Integer> order(Http2Client client, int streams) throws IOException {
        for (int i = 0; i < streams; i++) {
            while (client.response(1 + 2 * i).status == 0) {
                assertThat(client.read()).isNotNull();
            }
        }
        client.grants = false;
        client.windowUpdate(0, 1_000_000);
        client.frame(Http2Client.SETTINGS, 0, 0, Http2Client.settings(INITIAL_WINDOW, 1_000_000));
        for (int i = 0; i < streams; i++) {
            assertThat(client.await(1 + 2 * i).body.size()).isEqualTo(40_000);
        }
        List<Integer> changes = new ArrayList<>();
        for (int stream : client.order) {
            if (changes.isEmpty() || changes.getLast() != stream) {
                changes.add(stream);
            }
        }
        return changes;
    }

    @Test
    void mostUrgentComesFirst() throws IOException {
        assertThat(order("u=5", "u=1", "", "u=7", "u=0")).containsExactly(9, 3, 5, 1, 7);
    }

    @Test
    void equalsComeOneAfterTheOther() throws IOException {
        assertThat(order("", "u=3", "u=3, i=?0")).containsExactly(1, 3, 5);
    }

    @Test
    void incrementalOnesTakeTurns() throws IOException {
        assertThat(order("u=2, i", "u=2, i")).startsWith(1, 3, 1, 3).hasSizeGreaterThan(4);
    }

    @Test
    void whatIsNoPriorityIsTheDefault() throws IOException {
        assertThat(order("u=9", "\"broken", "u=2")).containsExactly(5, 1, 3);
    }

    @Test
    void priorityMayChange() throws IOException {
        try (ScriptedOrigin origin = sized();
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port(), INITIAL_WINDOW, 0)) {
            update(client, 5, "u=0");
            client.get(1, "/40000-a");
            client.get(3, "/40000-b");
            client.get(5, "/40000-c");
            update(client, 3, "u=1");
            assertThat(order(client, 3)).containsExactly(5, 3, 1);
        }
    }

    private static void update(Http2Client client, int stream, String priority) throws IOException {
        byte[] text = priority.getBytes(StandardCharsets.US_ASCII);
        byte[] payload =
                java.nio.ByteBuffer.allocate(4 + text.length).putInt(stream).put(text).array();
        client.frame(Http2Client.PRIORITY_UPDATE, 0, 0, payload);
    }

    // ---- tunnels

    /** A server that sends back what it gets. */
    private static ScriptedOrigin echo(String head) throws IOException {
        return new ScriptedOrigin((request, wire) -> {
            wire.send(head.replace("ACCEPT", accept(request.field("Sec-WebSocket-Key"))));
            byte[] buffer = new byte[8192];
            for (int got = wire.in().read(buffer); got >= 0; got = wire.in().read(buffer)) {
                wire.out().write(buffer, 0, got);
                wire.out().flush();
            }
        });
    }

    private static String accept(String key) {
        try {
            byte[] text =
                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (java.security.NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }

    @Test
    void connectMakesATunnelOfAStream() throws IOException {
        try (ScriptedOrigin far = echo("")) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.connectPorts = Set.of(far.port());
            try (Proxy proxy = runner.start();
                    Http2Client client = Http2Client.open(proxy.port())) {
                client.headers(
                        1,
                        Http2Client.END_HEADERS,
                        ":method",
                        "CONNECT",
                        ":authority",
                        "127.0.0.1:" + far.port());
                client.data(1, "GET / HTTP/1.1\r\n\r\n", false);
                client.data(1, "hello", false);
                Response response = client.response(1);
                while (!response.text().endsWith("hello")) {
                    assertThat(client.read()).isNotNull();
                }
                assertThat(response.status).isEqualTo(200);
                assertThat(response.fields).doesNotContainKey("content-length");
                client.data(1, "", true);
                assertThat(client.await(1).whole).isTrue();
                assertThat(client.lives()).isTrue();
            }
        }
    }

    @Test
    void extendedConnectIsWebSocket() throws IOException {
        try (ScriptedOrigin origin =
                        echo(
                                String.join(
                                        "\r\n",
                                        "HTTP/1.1 101 Switching Protocols",
                                        "Connection: Upgrade",
                                        "Upgrade: websocket",
                                        "Sec-WebSocket-Accept: ACCEPT",
                                        "",
                                        ""));
                Proxy proxy = patient(origin).start();
                Http2Client client = Http2Client.open(proxy.port())) {
            String[] lines = Http2Client.with("/chat", "sec-websocket-version", "13");
            lines[1] = "CONNECT";
            String[] all = java.util.Arrays.copyOf(lines, lines.length + 2);
            System.arraycopy(lines, 8, all, 10, 2);
            all[8] = ":protocol";
            all[9] = "websocket";
            client.headers(1, Http2Client.END_HEADERS, all);
            client.data(1, "frames of WebSocket", false);
            Response response = client.response(1);
            while (!response.text().endsWith("frames of WebSocket")) {
                assertThat(client.read()).isNotNull();
            }
            assertThat(response.status).isEqualTo(200);
            assertThat(response.fields).doesNotContainKey("sec-websocket-accept");
            ScriptedOrigin.Received asked = origin.received().getFirst();
            assertThat(asked.line()).isEqualTo("GET /chat HTTP/1.1");
            assertThat(asked.field("Upgrade")).isEqualTo("websocket");
            assertThat(asked.field("Sec-WebSocket-Version")).isEqualTo("13");
            assertThat(Base64.getDecoder().decode(asked.field("Sec-WebSocket-Key"))).hasSize(16);
            client.reset(1, 8);
            assertThat(client.lives()).isTrue();
        }
    }

    // ---- times and ends

    @Test
    void drainTellsTwiceAndLetsStreamsEnd() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    goOn.await(30, TimeUnit.SECONDS);
                    wire.respond("200 OK", NOT_STORED, "finished");
                })) {
            Proxy proxy = patient(origin).start();
            try (Http2Client client = Http2Client.open(proxy.port())) {
                client.get(1, "/");
                assertThat(client.lives()).isTrue();
                CompletableFuture<Boolean> drained =
                        CompletableFuture.supplyAsync(() -> {
                            try {
                                return proxy.drain();
                            } catch (InterruptedException stopped) {
                                return false;
                            }
                        });
                while (client.goAway == null) {
                    assertThat(client.read()).isNotNull();
                }
                assertThat(client.lastStream).isEqualTo(Integer.MAX_VALUE);
                while (client.lastStream == Integer.MAX_VALUE) {
                    assertThat(client.read()).isNotNull();
                }
                assertThat(client.lastStream).isEqualTo(1);
                assertThat(client.goAway).isEqualTo("NO_ERROR");
                client.get(3, "/");
                goOn.countDown();
                client.drain();
                assertThat(client.response(1).text()).isEqualTo("finished");
                assertThat(client.response(3).status).isZero();
                assertThat(drained.get(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                goOn.countDown();
            }
        }
    }

    @Test
    void blockThatNeverEndsEndsTheConnection() throws IOException {
        ProxyRunner runner = ProxyRunner.edge(ScriptedOrigin.always("", ""));
        runner.timeouts = ProxyRunner.waiting(Duration.ofSeconds(1));
        try (Proxy proxy = runner.start();
                Http2Client client = Http2Client.open(proxy.port())) {
            assertThat(client.lives()).isTrue();
            client.headers(1, Http2Client.END_STREAM, Http2Client.with("/"));
            client.drain();
            assertThat(client.goAway).isEqualTo("ENHANCE_YOUR_CALM");
        }
    }

    // ---- TLS

    @Test
    void protocolIsAgreedByTlsAndABrowsersPageComesWhole(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) ->
                        wire.respond("200 OK", STORED, request.path().repeat(500)))) {
            ProxyRunner runner = patient(origin);
            runner.routes.set(
                    0,
                    new dev.vellum.proxy.origin.RouteConfig(
                            List.of("localhost"), List.of(origin.address())));
            runner.tls =
                    Optional.of(
                            new TlsConfig(
                                    0, List.of(authority.write(authority.issue("localhost")))));
            try (Proxy proxy = runner.start();
                    HttpClient client =
                            HttpClient.newBuilder()
                                    .version(HttpClient.Version.HTTP_2)
                                    .sslContext(authority.context(null))
                                    .build()) {
                List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    URI uri = URI.create("https://localhost:" + proxy.tlsPort() + "/" + i);
                    all.add(
                            client.sendAsync(
                                    HttpRequest.newBuilder(uri).build(),
                                    HttpResponse.BodyHandlers.ofString()));
                }
                for (int i = 0; i < 100; i++) {
                    HttpResponse<String> response = all.get(i).get(60, TimeUnit.SECONDS);
                    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                    assertThat(response.body()).isEqualTo(("/" + i).repeat(500));
                }
                try (SSLSocket socket =
                                authority.connect(proxy.tlsPort(), "localhost", "http/1.1");
                        RawClient one = new RawClient(socket)) {
                    assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
                    assertThat(
                                    one.exchange(
                                                    "GET",
                                                    "/1",
                                                    "Host: localhost:%d\r\n"
                                                            .formatted(proxy.tlsPort()),
                                                    "")
                                            .status())
                            .isEqualTo(200);
                }
            }
        }
    }
}
