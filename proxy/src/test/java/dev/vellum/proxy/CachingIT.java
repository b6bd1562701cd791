package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.RawClient.Response;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The edge as a cache, through real sockets. */
@Timeout(60)
class CachingIT {

    private static final String FRESH = "Cache-Control: max-age=60\r\nETag: \"one\"\r\n";

    @Test
    void freshResponseIsServedFromTheStore() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, "hello");
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            Response first = RawClient.get(proxy.port(), "/a", "");
            Response second = RawClient.get(proxy.port(), "/a", "");

            assertThat(first.status()).isEqualTo(200);
            assertThat(first.body()).isEqualTo("hello");
            assertThat(first.field("Cache-Status"))
                    .isEqualTo("vellum;fwd=uri-miss;fwd-status=200;stored");
            assertThat(second.body()).isEqualTo("hello");
            assertThat(second.field("Cache-Status")).startsWith("vellum;hit;ttl=");
            assertThat(second.field("Age")).matches("\\d+");
            assertThat(second.field("Via")).isEqualTo("1.1 vellum");
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void oneConnectionCarriesManyRequestsAndSoDoesTheOneToTheOrigin() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always("Cache-Control: no-store\r\n", "x");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange("GET", "/" + i, "", "").body()).isEqualTo("x");
            }
            assertThat(origin.received()).hasSize(20);
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin(
                                (request, wire) -> wire.respond("200 OK", FRESH, request.path()));
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                requests.append("GET /")
                        .append(i % 5)
                        .append(" HTTP/1.1\r\nHost: example.test\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < 30; i++) {
                assertThat(client.response("GET").body()).isEqualTo("/" + i % 5);
            }
        }
    }

    @Test
    void headAndConditionalsAndRangesAreAnsweredFromTheStore() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, "0123456789");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.exchange("GET", "/a", "", "");

            Response head = client.exchange("HEAD", "/a", "", "");
            assertThat(head.field("Content-Length")).isEqualTo("10");
            Response same = client.exchange("GET", "/a", "If-None-Match: \"one\"\r\n", "");
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.field("ETag")).isEqualTo("\"one\"");
            Response part = client.exchange("GET", "/a", "Range: bytes=2-4\r\n", "");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("234");
            assertThat(part.field("Content-Range")).isEqualTo("bytes 2-4/10");
            Response parts = client.exchange("GET", "/a", "Range: bytes=0-1,8-\r\n", "");
            assertThat(parts.status()).isEqualTo(206);
            assertThat(parts.field("Content-Type")).startsWith("multipart/byteranges; boundary=");
            assertThat(parts.body()).contains("Content-Range: bytes 8-9/10\r\n\r\n89\r\n--");
            Response none = client.exchange("GET", "/a", "Range: bytes=10-\r\n", "");
            assertThat(none.status()).isEqualTo(416);
            assertThat(client.exchange("GET", "/a", "", "").body()).isEqualTo("0123456789");
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void staleResponseIsConfirmedByTheOrigin() throws IOException {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            if (request.field("If-None-Match").equals("\"v\"")) {
                                wire.send(
                                        "HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\nX-New: 1\r\n\r\n");
                            } else {
                                wire.respond(
                                        "200 OK",
                                        "ETag: \"v\"\r\nCache-Control: max-age=0\r\n",
                                        "body");
                            }
                        });
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            RawClient.get(proxy.port(), "/a", "");
            Response second = RawClient.get(proxy.port(), "/a", "");

            assertThat(second.status()).isEqualTo(200);
            assertThat(second.body()).isEqualTo("body");
            assertThat(second.field("X-New")).isEqualTo("1");
            assertThat(second.field("Cache-Status")).isEqualTo("vellum;fwd=stale;fwd-status=304");
            assertThat(origin.received()).hasSize(2);
        }
    }

    @Test
    void unsafeMethodInvalidatesWhatIsStored() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, "x");
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            client.exchange("GET", "/a", "", "");
            client.exchange("POST", "/a", "", "data");
            client.exchange("GET", "/a", "", "");

            assertThat(origin.received()).hasSize(3);
            assertThat(origin.received().get(1).body()).isEqualTo("data");
        }
    }

    @Test
    void unknownHostIsMisdirected() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, "x");
                Proxy proxy = ProxyRunner.edge(origin).start()) {
            Response response = RawClient.get(proxy.port(), "/", "Host: other.test\r\n");

            assertThat(response.status()).isEqualTo(421);
            assertThat(response.field("Proxy-Status"))
                    .isEqualTo("vellum;error=destination_not_found");
        }
    }

    @Test
    void forwardProxyReachesTheServerThatTheTargetNames() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.always(FRESH, "x");
                Proxy proxy = ProxyRunner.forward().start()) {
            String target = "http://127.0.0.1:" + origin.port() + "/p?q";
            String host = "Host: 127.0.0.1:" + origin.port() + "\r\n";
            Response response = RawClient.get(proxy.port(), target, host);

            assertThat(response.body()).isEqualTo("x");
            assertThat(origin.received().getFirst().line()).isEqualTo("GET /p?q HTTP/1.1");
        }
    }
}
