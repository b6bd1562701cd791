package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contents, interim responses, tunnels and upgrades on their way through. */
@Timeout(60)
class StreamingIT {

    @Test
    void contentPassesAsItArrives() throws Exception {
        CountDownLatch firstSeen = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                            firstSeen.await(10, TimeUnit.SECONDS);
                            wire.send("6\r\nsecond\r\n0\r\n\r\n");
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead("GET /", "Host: example.test");
            RawClient.readHead(client.in());
            assertThat(RawClient.readLine(client.in())).isEqualTo("5");
            assertThat(RawClient.readLine(client.in())).isEqualTo("first");
            firstSeen.countDown();
            assertThat(RawClient.readLine(client.in())).isEqualTo("6");
        }
    }

    @Test
    void chunkedRequestReachesTheOriginWholeWithItsTrailers() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "ok");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(
                    "POST /up HTTP/1.1\r\nHost: example.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
            assertThat(client.response("POST").body()).isEqualTo("ok");
            assertThat(origin.received().getFirst().body()).isEqualTo("abcdefg");
            assertThat(origin.received().getFirst().field("Transfer-Encoding"))
                    .isEqualTo("chunked");
            assertThat(client.exchange("GET", "/next", "", "").body()).isEqualTo("ok");
        }
    }

    @Test
    void trailersOfAResponsePass() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.send(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\n\r\n"));
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead("GET /", "Host: example.test", "TE: trailers");
            String head = RawClient.readHead(client.in());
            assertThat(head).contains("Trailer: X-Sum");
            String rest = "";
            for (String line = RawClient.readLine(client.in());
                    line != null && !line.isEmpty();
                    line = RawClient.readLine(client.in())) {
                rest += line + "|";
            }
            assertThat(rest).isEqualTo("2|hi|0|X-Sum: 42|");
        }
    }

    @Test
    void uploadIsHeldBackByTheOriginInsteadOfMemory() throws Exception {
        CountDownLatch readOn = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        int total = 64 * 1024 * 1024;
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            readOn.await(10, TimeUnit.SECONDS);
                            wire.in().skipNBytes(total);
                            wire.respond("200 OK", "", "done");
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: example.test\r\nExpect: 100-continue\r\nContent-Length: "
                            + total
                            + "\r\n\r\n");
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                byte[] block = new byte[64 * 1024];
                                try {
                                    while (sent.get() < total) {
                                        client.socket().getOutputStream().write(block);
                                        sent.addAndGet(block.length);
                                    }
                                } catch (IOException broken) {
                                    sent.set(-1);
                                }
                            });
            Thread.sleep(1000);
            assertThat(sent.get()).isBetween(1L, total / 2L);
            readOn.countDown();
            sender.join();
            assertThat(client.response("POST").body()).isEqualTo("done");
        }
    }

    @Test
    void continueComesFromTheOriginAndEarlyHintsPass() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head("103 Early Hints", "Link: </a.css>; rel=preload");
                            if (request.head().contains("100-continue")) {
                                wire.head("100 Continue");
                                wire.in().readNBytes(4);
                            }
                            wire.respond("200 OK", "", "final");
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead(
                    "POST /", "Host: example.test", "Expect: 100-continue", "Content-Length: 4");
            assertThat(RawClient.readHead(client.in()))
                    .startsWith("HTTP/1.1 103 ")
                    .contains("Link: </a.css>; rel=preload");
            assertThat(RawClient.readHead(client.in())).startsWith("HTTP/1.1 100 ");
            client.send("data");
            assertThat(client.response("POST").body()).isEqualTo("final");
        }
    }

    @Test
    void oldClientGetsNoChunksAndNoInterimResponses() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.send(
                                        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\nHost: example.test\r\n\r\n");
            String all = new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nhi")
                    .doesNotContain("chunked");
        }
    }

    @Test
    void connectTunnelsBothWaysAndEndsWithEitherSide() throws Exception {
        try (ScriptedOrigin far =
                new ScriptedOrigin((request, wire) -> {
                    wire.send("greeting " + request.path());
                    wire.in().readNBytes(3);
                    wire.send("bye");
                    wire.socket().close();
                })) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.connectPorts = java.util.Set.of(far.port());
            try (Proxy proxy = runner.start();
                    RawClient client = new RawClient(proxy.port())) {
                String authority = "127.0.0.1:" + far.port();
                client.send(
                        "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
                assertThat(RawClient.readHead(client.in())).startsWith("HTTP/1.1 200 ");
                client.sendHead("GET /inside");
                byte[] greeting = client.in().readNBytes("greeting /inside".length());
                assertThat(greeting).asString().isEqualTo("greeting /inside");
                client.send("end");
                assertThat(client.in().readAllBytes()).asString().isEqualTo("bye");
            }
        }
    }

    @Test
    void bytesSentRightBehindConnectReachTheFarEnd() throws Exception {
        try (ScriptedOrigin far =
                new ScriptedOrigin((request, wire) -> wire.respond("200 OK", "", request.path()))) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.connectPorts = java.util.Set.of(far.port());
            try (Proxy proxy = runner.start();
                    RawClient client = new RawClient(proxy.port())) {
                String authority = "127.0.0.1:" + far.port();
                client.send(
                        "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\nGET /early HTTP/1.1\r\n\r\n"
                                .formatted(authority, authority));
                assertThat(RawClient.readHead(client.in())).startsWith("HTTP/1.1 200 ");
                assertThat(client.response("GET").body()).isEqualTo("/early");
            }
        }
    }

    @Test
    void connectToAnotherPortOrAtAnEdgeIsRefused() throws Exception {
        try (Proxy proxy = ProxyRunner.forward().start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead("CONNECT 127.0.0.1:22", "Host: 127.0.0.1:22");
            assertThat(client.response("CONNECT").status()).isEqualTo(403);
        }
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "x");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead("CONNECT example.test:443", "Host: example.test:443");
            assertThat(client.response("CONNECT").status()).isEqualTo(405);
        }
    }

    @Test
    void upgradedConnectionCarriesBytesBothWays() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            assertThat(request.field("Connection")).isEqualTo("Upgrade");
                            wire.send(
                                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                                            + request.field("Upgrade")
                                            + "\r\n\r\nserver first");
                            byte[] said = wire.in().readNBytes(5);
                            wire.send(said);
                            wire.socket().close();
                        });
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.sendHead(
                    "GET /ws", "Host: example.test", "Connection: Upgrade", "Upgrade: websocket");
            Response head = client.response("GET");
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.field("Upgrade")).isEqualTo("websocket");
            assertThat(client.in().readNBytes(12)).asString().isEqualTo("server first");
            client.send("hello");
            assertThat(client.in().readAllBytes()).asString().isEqualTo("hello");
        }
    }

    @Test
    void refusedUpgradeIsAnOrdinaryResponse() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "no");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            Response response =
                    client.exchange(
                            "GET", "/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "");
            assertThat(response.body()).isEqualTo("no");
        }
    }

    @Test
    void parentProxyIsAskedInAbsoluteFormAndForTunnels() throws Exception {
        try (ScriptedOrigin parent =
                new ScriptedOrigin((request, wire) -> {
                    if (request.line().startsWith("CONNECT")) {
                        wire.send("HTTP/1.1 200 OK\r\n\r\ntunnel");
                        wire.socket().close();
                    } else {
                        wire.respond("200 OK", "", request.path());
                    }
                })) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.allowed = java.util.List.of();
            runner.parent = java.util.Optional.of(parent.address());
            try (Proxy proxy = runner.start()) {
                Response response =
                        RawClient.get(proxy.port(), "http://any.test/x", "Host: any.test\r\n");
                assertThat(response.body()).isEqualTo("http://any.test/x");
                try (RawClient client = new RawClient(proxy.port())) {
                    client.sendHead("CONNECT any.test:443", "Host: any.test:443");
                    assertThat(RawClient.readHead(client.in())).startsWith("HTTP/1.1 200 ");
                    assertThat(client.in().readAllBytes()).asString().isEqualTo("tunnel");
                }
            }
        }
    }
}
