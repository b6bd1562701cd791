package dev.vellum.proxy;

import static dev.vellum.proxy.FrameOrigin.answer;
import static dev.vellum.proxy.FrameOrigin.nextRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 towards origins: by prior knowledge and by TLS, shared, and with origins that fail. */
@Timeout(120)
class Http2OriginIT {

    private static final String NOT_STORED = "Cache-Control: no-store\r\n";

    private static ProxyRunner towards(OriginAddress address) {
        ProxyRunner runner = new ProxyRunner();
        runner.name = "front";
        runner.timeouts = Timeouts.DEFAULT;
        runner.routes.add(new RouteConfig(List.of("example.test"), List.of(address)));
        return runner;
    }

    /** One that waits as long as a busy machine may take. */
    private static ProxyRunner patient(ScriptedOrigin origin) throws IOException {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.timeouts = Timeouts.DEFAULT;
        return runner;
    }

    private static OriginAddress of(Proxy back) {
        return new OriginAddress("h2c", "127.0.0.1", back.port());
    }

    private static List<CompletableFuture<Response>> ask(Proxy proxy, int requests) {
        List<CompletableFuture<Response>> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            int number = i;
            all.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return RawClient.get(proxy.port(), "/" + number, "");
                                } catch (IOException failed) {
                                    throw new java.io.UncheckedIOException(failed);
                                }
                            },
                            task -> Thread.ofVirtual().start(task)));
        }
        return all;
    }

    @Test
    void exchangesShareAConnection() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            Thread.sleep(50);
                            wire.respond("200 OK", NOT_STORED, request.path().repeat(3000));
                        });
                Proxy back = patient(origin).start();
                Proxy front = towards(of(back)).start()) {
            List<CompletableFuture<Response>> all = ask(front, 150);
            for (int i = 0; i < all.size(); i++) {
                Response response = all.get(i).get(60, TimeUnit.SECONDS);
                assertThat(response.body()).isEqualTo(("/" + i).repeat(3000));
                assertThat(response.field("Via")).startsWith("1.1 vellum");
            }
            // two loops, and at most 128 streams on each connection
            assertThat(back.connections()).isBetween(1, 4);
            assertThat(origin.received().getFirst().head()).contains("Via: 2.0 vellum");
        }
    }

    @Test
    void contentAndTrailersPassBothWays() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head("200 OK", "Transfer-Encoding: chunked", NOT_STORED.strip());
                            wire.send(
                                    "%x\r\n%s\r\n0\r\nChecksum: 12\r\n\r\n"
                                            .formatted(request.body().length(), request.body()));
                        });
                Proxy back = patient(origin).start();
                Proxy front = towards(of(back)).start();
                RawClient client = new RawClient(front.port())) {
            String large = "abcdefghij".repeat(100_000);
            assertThat(client.exchange("POST", "/", "", large).body()).isEqualTo(large);
            assertThat(client.exchange("POST", "/", "", "x").body()).isEqualTo("x");
            assertThat(origin.received().getFirst().field("Content-Length")).isEqualTo("1000000");
        }
    }

    @Test
    void protocolIsAgreedByTls(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        try (ScriptedOrigin origin = ScriptedOrigin.always(NOT_STORED, "by TLS")) {
            ProxyRunner behind = patient(origin);
            behind.tls =
                    Optional.of(
                            new TlsConfig(
                                    0, List.of(authority.write(authority.issue("origin.test")))));
            try (Proxy back = behind.start()) {
                ProxyRunner runner =
                        towards(new OriginAddress("https", "origin.test", back.tlsPort()));
                runner.originTls =
                        new OriginTlsConfig(
                                List.of(new OriginTlsConfig.Authority.InFile(authority.file())),
                                Optional.empty(),
                                true);
                runner.resolver =
                        host ->
                                CompletableFuture.completedFuture(
                                        List.of(InetAddress.ofLiteral("127.0.0.1")));
                try (Proxy front = runner.start()) {
                    for (CompletableFuture<Response> each : ask(front, 60)) {
                        assertThat(each.get(60, TimeUnit.SECONDS).body()).isEqualTo("by TLS");
                    }
                    assertThat(origin.received().getFirst().head()).contains("Via: 2.0 vellum");
                    assertThat(back.connections()).isLessThanOrEqualTo(2);
                }
                runner.originTls =
                        new OriginTlsConfig(
                                runner.originTls.authorities(), Optional.empty(), false);
                try (Proxy front = runner.start()) {
                    assertThat(RawClient.get(front.port(), "/", "").body()).isEqualTo("by TLS");
                    assertThat(origin.received().getLast().head()).contains("Via: 1.1 vellum");
                }
            }
        }
    }

    @Test
    void streamThatIsRefusedIsAskedForAgain() throws IOException {
        try (FrameOrigin origin =
                        new FrameOrigin((wire, number) -> {
                            wire.reset(nextRequest(wire), 7);
                            answer(wire, nextRequest(wire), "second");
                            wire.drain();
                        });
                Proxy proxy = towards(origin.address()).start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").body()).isEqualTo("second");
        }
    }

    @Test
    void streamsBehindGoAwayAreAskedForElsewhere() throws IOException {
        try (FrameOrigin origin =
                        new FrameOrigin((wire, number) -> {
                            int stream = nextRequest(wire);
                            if (number == 1) {
                                wire.frame(Http2Client.GOAWAY, 0, 0, new byte[8]);
                                wire.drain();
                            } else {
                                answer(wire, stream, "elsewhere");
                                wire.drain();
                            }
                        });
                Proxy proxy = towards(origin.address()).start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").body()).isEqualTo("elsewhere");
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    void brokenStreamBreaksItsResponseOnly() throws Exception {
        try (FrameOrigin origin =
                        new FrameOrigin((wire, number) -> {
                            for (int next = nextRequest(wire); next > 0; next = nextRequest(wire)) {
                                String path =
                                        String.valueOf(wire.response(next).fields.get(":path"));
                                if (path.equals("/whole")) {
                                    answer(wire, next, "whole");
                                    continue;
                                }
                                wire.headers(
                                        next,
                                        Http2Client.END_HEADERS,
                                        ":status",
                                        "200",
                                        "content-length",
                                        "10");
                                wire.data(next, "half", false);
                                wire.reset(next, 2);
                            }
                        });
                Proxy proxy = towards(origin.address()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertThat(client.exchange("GET", "/broken", "", "").whole()).isFalse();
            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.get(proxy.port(), "/whole", "").body()).isEqualTo("whole");
            }
        }
    }

    /** What the one response is, and the Proxy-Status that it must give. */
    private static void failing(String status, FrameOrigin.Script script) throws IOException {
        try (FrameOrigin origin = new FrameOrigin(script)) {
            failing(status, towards(origin.address()));
        }
    }

    private static void failing(String status, ProxyRunner runner) throws IOException {
        try (Proxy proxy = runner.start()) {
            Response response = RawClient.get(proxy.port(), "/", "");
            assertThat(response.field("Proxy-Status")).isEqualTo("front;error=" + status);
            assertThat(response.status()).isIn(502, 504);
        }
    }

    @Test
    void responsesThatAreNoneAreBadGateways() throws IOException {
        String[][] heads = {
            {":status", "200", "X-Upper", "a"},
            {":status", "200", "connection", "close"},
            {":status", "200", "a", "b\r\nc: d"},
            {":status", "99"},
            {":status", "101"},
            {":status", "200", ":status", "200"},
            {":status", "200", ":path", "/"},
            {"content-type", "text/plain"},
        };
        for (String[] head : heads) {
            failing(
                    "http_protocol_error",
                    (wire, number) -> {
                        wire.headers(nextRequest(wire), Http2Client.WHOLE, head);
                        wire.drain();
                    });
        }
        failing(
                "http_protocol_error",
                (wire, number) -> {
                    wire.data(nextRequest(wire), "no head", true);
                    wire.drain();
                });
    }

    @Test
    void silenceIsATimeout() throws IOException {
        try (FrameOrigin origin =
                new FrameOrigin((wire, number) -> {
                    nextRequest(wire);
                    wire.drain();
                })) {
            ProxyRunner runner = towards(origin.address());
            runner.timeouts = ProxyRunner.shortWaits();
            failing("http_response_timeout", runner);
        }
    }

    @Test
    void originThatIsPushyOrLoudIsLeft() throws IOException {
        failing(
                "http_protocol_error",
                (wire, number) -> {
                    int stream = nextRequest(wire);
                    wire.frame(
                            Http2Client.PUSH_PROMISE,
                            Http2Client.END_HEADERS,
                            stream,
                            Http2Client.number(2));
                    wire.drain();
                });
    }

    @Test
    void clientThatTakesNothingHoldsTheStreamBackAndNoOther() throws Exception {
        try (FrameOrigin origin =
                        new FrameOrigin((wire, number) -> {
                            wire.grants = false;
                            for (int stream = nextRequest(wire);
                                    stream > 0;
                                    stream = nextRequest(wire)) {
                                String path =
                                        String.valueOf(wire.response(stream).fields.get(":path"));
                                if (!path.equals("/large")) {
                                    answer(wire, stream, "small");
                                    continue;
                                }
                                wire.headers(
                                        stream,
                                        Http2Client.END_HEADERS,
                                        ":status",
                                        "200",
                                        "cache-control",
                                        "no-store");
                                // as much as its window takes at first
                                for (int i = 0; i < 16; i++) {
                                    wire.frame(Http2Client.DATA, 0, stream, new byte[16_384]);
                                }
                            }
                        });
                Proxy proxy = towards(origin.address()).start();
                RawClient slow = new RawClient(proxy.port())) {
            slow.sendHead("GET /large", "Host: example.test");
            assertThat(RawClient.readHead(slow.in())).startsWith("HTTP/1.1 200");
            assertThat(RawClient.get(proxy.port(), "/small", "").body()).isEqualTo("small");
            assertThat(proxy.bodyBytes()).isLessThan(2 << 20);
        }
    }

    @Test
    void webSocketGoesByHttp1(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        try (ScriptedOrigin origin =
                new ScriptedOrigin((request, wire) -> {
                    wire.head(
                            "101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket");
                    wire.send("hello");
                    wire.in().transferTo(wire.out());
                })) {
            ProxyRunner behind = patient(origin);
            behind.tls =
                    Optional.of(
                            new TlsConfig(
                                    0, List.of(authority.write(authority.issue("127.0.0.1")))));
            try (Proxy back = behind.start()) {
                ProxyRunner runner =
                        towards(new OriginAddress("https", "127.0.0.1", back.tlsPort()));
                runner.originTls =
                        new OriginTlsConfig(
                                List.of(new OriginTlsConfig.Authority.InFile(authority.file())),
                                Optional.empty(),
                                true);
                try (Proxy front = runner.start();
                        RawClient client = new RawClient(front.port())) {
                    client.sendHead(
                            "GET /chat",
                            "Host: example.test",
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
                    assertThat(RawClient.readHead(client.in())).startsWith("HTTP/1.1 101");
                    assertThat(
                                    new String(
                                            client.in().readNBytes(5),
                                            java.nio.charset.StandardCharsets.US_ASCII))
                            .isEqualTo("hello");
                }
            }
        }
    }
}
