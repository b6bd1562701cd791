package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.HostileFrames.Case;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that break HTTP/2's rules: each is told as RFC 9113 says, and costs nothing lasting. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2HostileIT {

    private ScriptedOrigin origin;
    private ServerSocket stuck;
    private Proxy proxy;

    Http2HostileIT() throws IOException {
        origin =
                new ScriptedOrigin((request, wire) -> {
                    if (request.path().equals("/slow")) {
                        Thread.sleep(300);
                    }
                    boolean bodiless = request.line().startsWith("HEAD");
                    wire.send(
                            "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\n"
                                    + (bodiless ? "" : "ok"));
                });
        // takes connections, and nothing that comes on them
        stuck = new ServerSocket();
        stuck.setReceiveBufferSize(4096);
        stuck.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        ProxyRunner runner = ProxyRunner.edge(origin);
        // connections that a test has left are to be gone soon; an answer may take its time
        runner.timeouts =
                new Timeouts(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(5));
        runner.routes.add(
                new RouteConfig(
                        List.of("stuck.test"),
                        List.of(new OriginAddress("http", "127.0.0.1", stuck.getLocalPort()))));
        proxy = runner.start();
    }

    @BeforeAll
    void answersAtAll() throws IOException {
        try (Http2Client client = Http2Client.open(proxy.port())) {
            assertThat(client.exchange(1, "/").text()).isEqualTo("ok");
        }
    }

    @AfterAll
    void stop() throws IOException {
        proxy.close();
        origin.close();
        stuck.close();
    }

    static List<Case> cases() {
        return HostileFrames.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void itIsToldWhatIsWrongAndNothingElseSuffers(Case hostile) throws IOException {
        try (Http2Client client = Http2Client.open(proxy.port())) {
            hostile.script().send(client);
            String outcome = client.outcome(1, hostile.expected());
            assertThat(hostile.allows(outcome))
                    .as("%s: %s (expected: %s)", hostile.name(), outcome, hostile.expected())
                    .isTrue();
            if (outcome.startsWith("goaway")) {
                client.drain();
                assertThat(client.closed).isTrue();
            } else {
                assertThat(client.lives()).as("connection lives on").isTrue();
            }
        }
    }

    @Test
    void thereAreAtLeastEightyCases() {
        assertThat(cases()).hasSizeGreaterThan(80);
    }

    @Test
    void whatIsNoPrefaceIsNotHttp2() throws IOException {
        try (Http2Client client = Http2Client.bare(proxy.port())) {
            client.raw("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.drain();
            assertThat(client.goAway).isEqualTo("PROTOCOL_ERROR");
        }
    }

    @Test
    void firstFrameIsSettings() throws IOException {
        try (Http2Client client = Http2Client.bare(proxy.port())) {
            client.raw(Http2Client.PREFACE.getBytes(StandardCharsets.US_ASCII));
            client.get(1, "/");
            client.drain();
            assertThat(client.goAway).isEqualTo("PROTOCOL_ERROR");
        }
    }

    @Test
    void streamsBeyondTheLimitAreRefusedAndMayBeAskedForAgain() throws IOException {
        try (Http2Client client = Http2Client.open(proxy.port())) {
            for (int i = 0; i < 129; i++) {
                client.post(1 + 2 * i, "/");
            }
            assertThat(client.await(257).reset).isEqualTo("REFUSED_STREAM");
            client.reset(1, 8);
            assertThat(client.exchange(259, "/").status).isEqualTo(200);
        }
    }

    @Test
    void noAbuseLeavesAnythingBehind() throws Exception {
        List<Case> all = cases();
        for (Case each : all) {
            abuse(each);
        }
        long before = settled();
        for (int round = 0; round < 3; round++) {
            for (Case each : all) {
                abuse(each);
            }
        }
        long grown = settled() - before;
        assertThat(grown).as("bytes of direct memory more").isLessThan(16 << 20);
        assertThat(proxy.bodyBytes()).isZero();
    }

    private void abuse(Case hostile) throws IOException {
        try (Http2Client client = Http2Client.open(proxy.port())) {
            hostile.script().send(client);
        }
    }

    /** Direct memory when all connections are gone. */
    private long settled() throws InterruptedException {
        for (int i = 0; i < 600 && (proxy.connections() > 0 || proxy.bodyBytes() > 0); i++) {
            Thread.sleep(50);
        }
        assertThat(proxy.connections()).isZero();
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
