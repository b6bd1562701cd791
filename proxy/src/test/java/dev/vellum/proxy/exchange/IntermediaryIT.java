package dev.vellum.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.wire.Origin;
import dev.vellum.proxy.wire.StrictReader;
import dev.vellum.proxy.wire.StrictReader.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110 section 7.6 and its neighbours ask of an intermediary, through real sockets. */
class IntermediaryIT {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @SuppressWarnings("NullAway.Init") // by before(), which every test calls first
    private Origin origin;

    @SuppressWarnings("NullAway.Init")
    private Proxy proxy;

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        origin.close();
        assertThat(origin.faults()).isEmpty();
    }

    /** An edge before an origin that always gives this answer. */
    private void before(String answer) throws IOException {
        before(new Origin(request -> answer));
    }

    private void before(Origin started) throws IOException {
        origin = started;
        proxy =
                Proxy.start(
                        ProxyConfig.edge(
                                new ListenConfig("127.0.0.1", 0),
                                List.of(
                                        new RouteConfig(
                                                List.of("*"),
                                                List.of(
                                                        OriginAddress.parse(
                                                                "http://127.0.0.1:"
                                                                        + origin.port()))))));
    }

    private final class Client implements AutoCloseable {

        private final Socket socket;
        private final StrictReader reader;

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
            socket.setSoTimeout(20_000);
            reader = new StrictReader(socket.getInputStream());
        }

        Client send(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Message receive() throws IOException {
            Message response = reader.response(false);
            assertThat(response).as("a response").isNotNull();
            return response;
        }

        Message receiveHead() throws IOException {
            Message response = reader.response(true);
            assertThat(response).as("a response").isNotNull();
            return response;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Message ask(String request) throws IOException {
        try (Client client = new Client()) {
            return client.send(request).receive();
        }
    }

    private static String request(String line, String... fields) {
        StringBuilder text = new StringBuilder(line).append("\r\nHost: site.test\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private static String get(String path, String... fields) {
        return request("GET " + path + " HTTP/1.1", fields);
    }

    private Message seen() {
        assertThat(origin.requests()).isNotEmpty();
        return origin.requests().getLast();
    }

    // ---- fields of one connection (RFC 9110 section 7.6.1)

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Connection: A              | A: b                        | A",
                "Connection: close, A       | A: b                        | A",
                "Connection: a              | A: b                        | A",
                "Connection: A, B           | B: c                        | B",
                "Connection: ,A,,           | A: b                        | A",
                "Connection: keep-alive     | Keep-Alive: timeout=5       | Keep-Alive",
                "Connection: Upgrade, A     | A: b                        | A",
                "X: y                       | Keep-Alive: timeout=5       | Keep-Alive",
                "X: y                       | Proxy-Connection: close     | Proxy-Connection",
                "X: y                       | Proxy-Authorization: Basic YQ== | Proxy-Authorization",
                "X: y                       | Upgrade: h2c                | Upgrade",
                "X: y                       | TE: gzip                    | TE",
                "Connection: TE             | TE: gzip;q=0.5              | TE",
                "X: y                       | X-Original-URL: /b          | X-Original-URL",
            })
    void fieldsOfTheConnectionDoNotReachTheOrigin(String first, String second, String dropped)
            throws IOException {
        before(OK);
        assertThat(ask(get("/", first, second)).status()).isEqualTo(200);
        assertThat(seen().field(dropped)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Via", "Cache-Control", "Content-Length"})
    void aFieldThatTheMessageNeedsCannotBeListedAway(String field) throws IOException {
        before(OK);
        String request =
                request(
                                "POST / HTTP/1.1",
                                "Connection: " + field,
                                "Via: 1.1 other",
                                "Cache-Control: no-store",
                                "Content-Length: 2")
                        + "hi";
        assertThat(ask(request).status()).isEqualTo(200);
        assertThat(seen().field("Host")).isEqualTo("site.test");
        assertThat(seen().field("Via")).startsWith("1.1 other, ");
        assertThat(seen().field("Cache-Control")).isEqualTo("no-store");
        assertThat(seen().content()).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Kept: a b",
                "Authorization: Basic YQ==",
                "Cookie: a=b",
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "tracestate: a=b",
                "Content-Type: text/plain",
                "User-Agent: me"
            })
    void otherFieldsReachTheOriginAsTheyAre(String field) throws IOException {
        before(OK);
        ask(get("/", field));
        assertThat(seen().fields()).contains(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Connection: A           | A: b                    | A",
                "Connection: close, a    | A: b                    | A",
                "X: y                    | Keep-Alive: timeout=5   | Keep-Alive",
                "X: y                    | Proxy-Connection: close | Proxy-Connection",
                "X: y                    | Proxy-Authenticate: Basic realm=a | Proxy-Authenticate",
                "X: y                    | Upgrade: h2c            | Upgrade",
                "X: y                    | CDN-Cache-Control: max-age=5 | CDN-Cache-Control",
            })
    void fieldsOfTheConnectionDoNotReachTheClient(String first, String second, String dropped)
            throws IOException {
        before("HTTP/1.1 200 OK\r\n" + first + "\r\n" + second + "\r\nContent-Length: 2\r\n\r\nok");
        Message response = ask(get("/"));
        assertThat(response.field(dropped)).isNull();
        assertThat(response.content()).isEqualTo("ok");
    }

    @Test
    void fieldsThatComeSeveralTimesStayInTheirOrder() throws IOException {
        before(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: y\r\nSet-Cookie: b=2, c\r\nContent-Length: 0\r\n\r\n");
        assertThat(ask(get("/")).all("Set-Cookie")).containsExactly("a=1", "b=2, c");
    }

    // ---- Via (RFC 9110 section 7.6.3)

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 | X: y           | 1.1 vellum",
                "HTTP/1.0 | X: y           | 1.0 vellum",
                "HTTP/1.1 | Via: 1.0 fred, 1.1 p.example (comment) | 1.0 fred, 1.1 p.example (comment), 1.1 vellum",
            })
    void viaNamesUsBehindThoseBefore(String version, String field, String via) throws IOException {
        before("HTTP/1.1 200 OK\r\nVia: 1.0 inner\r\nContent-Length: 0\r\n\r\n");
        Message response = ask(request("GET / " + version, field));
        assertThat(seen().field("Via")).isEqualTo(via);
        assertThat(response.field("Via")).isEqualTo("1.0 inner, 1.1 vellum");
    }

    @Test
    void aRequestThatHasPassedHereIsALoop() throws IOException {
        before(OK);
        assertThat(ask(get("/", "Via: 1.1 other, 1.1 vellum")).status()).isEqualTo(508);
        assertThat(ask(get("/", "CDN-Loop: vellum; a=b")).status()).isEqualTo(508);
        assertThat(origin.requests()).isEmpty();
    }

    // ---- Max-Forwards (RFC 9110 section 7.6.2)

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, 5,   4",
        "OPTIONS, 1,   0",
        "OPTIONS, 010, 9",
        "GET,     0,   0",
        "GET,     5,   5",
    })
    void maxForwardsCountsDownForOptions(String method, String value, String seen)
            throws IOException {
        before(OK);
        ask(request(method + " / HTTP/1.1", "Max-Forwards: " + value));
        assertThat(seen().field("Max-Forwards")).isEqualTo(seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS /", "OPTIONS *", "TRACE /"})
    void atZeroTheOriginIsNotAsked(String line) throws IOException {
        before(OK);
        Message response = ask(request(line + " HTTP/1.1", "Max-Forwards: 0"));
        assertThat(response.status()).isLessThan(500);
        assertThat(origin.requests()).isEmpty();
    }

    // ---- Expect (RFC 9110 section 10.1.1)

    @Test
    void aClientThatExpectsContinueIsToldToGoOn() throws IOException {
        before(OK);
        try (Client client = new Client()) {
            client.send(request("POST / HTTP/1.1", "Expect: 100-Continue", "Content-Length: 5"));
            assertThat(client.receive().status()).isEqualTo(100);
            assertThat(client.send("hello").receive().status()).isEqualTo(200);
            assertThat(seen().content()).isEqualTo("hello");
        }
    }

    @Test
    void anUnknownExpectationFails() throws IOException {
        before(OK);
        String request = request("POST / HTTP/1.1", "Expect: a miracle", "Content-Length: 5");
        assertThat(ask(request).status()).isEqualTo(417);
        assertThat(origin.requests()).isEmpty();
    }

    @Test
    void aClientThatSendsItsContentAtOnceIsUnderstood() throws IOException {
        before(OK);
        try (Client client = new Client()) {
            client.send(
                    request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 5")
                            + "hello"
                            + get("/b"));
            Message first = client.receive();
            Message second = first.status() == 100 ? client.receive() : first;
            assertThat(second.status()).isEqualTo(200);
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    // ---- HEAD (RFC 9110 section 9.3.2)

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: \"a\"\r\n\r\n"
            })
    void aHeadResponseHasNoContentAndDoesNotConfuseTheNext(String answer) throws IOException {
        before(new Origin(request -> request.startLine().startsWith("HEAD") ? answer : OK));
        try (Client client = new Client()) {
            client.send(request("HEAD /a HTTP/1.1", "If-None-Match: \"b\"") + get("/b"));
            Message head = client.receiveHead();
            assertThat(answer).startsWith("HTTP/1.1 " + head.status());
            if (answer.contains("500")) {
                assertThat(head.field("Content-Length")).isEqualTo("500");
            }
            assertThat(client.receive().content()).isEqualTo("ok");
        }
    }

    // ---- interim responses (RFC 9110 section 15.2)

    private static final String HINTS =
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

    @Test
    void interimResponsesAreForwarded() throws IOException {
        before("HTTP/1.1 102 Processing\r\n\r\n" + HINTS + HINTS + OK);
        try (Client client = new Client()) {
            client.send(get("/") + get("/b"));
            for (int request = 0; request < 2; request++) {
                assertThat(client.receive().status()).isEqualTo(102);
                Message hints = client.receive();
                assertThat(hints.status()).isEqualTo(103);
                assertThat(hints.field("Link")).isEqualTo("</a.css>; rel=preload");
                assertThat(client.receive().status()).isEqualTo(103);
                assertThat(client.receive().content()).isEqualTo("ok");
            }
        }
    }

    @Test
    void aClientOf10GetsNone() throws IOException {
        before(HINTS + OK);
        assertThat(ask(request("GET / HTTP/1.0")).status()).isEqualTo(200);
    }

    // ---- content that ends early (RFC 9112 section 8)

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n9\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n"
            })
    void contentThatEndsEarlyIsNeverCompletedOrStored(String rest) throws IOException {
        before("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + rest + Origin.CLOSE);
        for (int attempt = 1; attempt <= 2; attempt++) {
            try (Client client = new Client()) {
                client.send(get("/"));
                assertThatThrownBy(
                                () -> {
                                    Message response = client.receive();
                                    if (response.status() == 502) {
                                        throw new IOException("502 instead");
                                    }
                                })
                        .isInstanceOf(IOException.class);
            }
            assertThat(origin.requests()).hasSizeGreaterThanOrEqualTo(attempt);
        }
    }

    @Test
    void contentThatEndsWithItsConnectionIsWhole() throws IOException {
        before("HTTP/1.1 200 OK\r\n\r\nhello" + Origin.CLOSE);
        try (Client client = new Client()) {
            client.send(get("/a") + get("/b"));
            assertThat(client.receive().content()).isEqualTo("hello");
            assertThat(client.receive().content()).isEqualTo("hello");
        }
    }

    // ---- response after response (RFC 9112 section 9.2)

    @Test
    void everyResponseAnswersItsOwnRequest() throws IOException {
        before(
                new Origin(request -> {
                    String path = request.startLine().split(" ", -1)[1];
                    return switch (path.charAt(1) % 4) {
                        case 0 ->
                                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                                        .formatted(path.length(), path);
                        case 1 ->
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                                        .formatted(path.length(), path);
                        case 2 -> "HTTP/1.1 200 OK\r\n\r\n" + path + Origin.CLOSE;
                        default ->
                                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
                                        .formatted(path.length(), path);
                    };
                }));
        try (Client client = new Client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append(get("/" + (char) ('a' + i % 7) + i));
            }
            client.send(requests.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.receive().content()).isEqualTo("/" + (char) ('a' + i % 7) + i);
            }
        }
    }

    // ---- protocols (RFC 9110 sections 7.8 and 15.2.2)

    @ParameterizedTest
    @CsvSource({
        "h2c,             HTTP/1.1, Upgrade",
        "'websocket, h2c', HTTP/1.1, Upgrade",
        "websocket,       HTTP/1.0, Upgrade",
        "websocket,       HTTP/1.1, close"
    })
    void noProtocolButWebSocketIsSwitchedTo(String protocol, String version, String option)
            throws IOException {
        before(OK);
        ask(
                request(
                        "GET / " + version,
                        "Upgrade: " + protocol,
                        "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
                        "Connection: HTTP2-Settings, " + option));
        assertThat(seen().field("Upgrade")).isNull();
        assertThat(seen().field("Connection")).isNull();
        assertThat(seen().field("HTTP2-Settings")).isNull();
    }

    @Test
    void aSwitchThatNobodyAskedForIsNone() throws IOException {
        before(
                new Origin(request ->
                        request.startLine().contains("/a")
                                ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
                                : OK));
        try (Client client = new Client()) {
            client.send(get("/a") + get("/b"));
            assertThat(client.receive().status()).isEqualTo(502);
            assertThat(client.receive().content()).isEqualTo("ok");
        }
    }

    // ---- trailers (RFC 9110 section 6.5, TE section 10.1.4)

    @Test
    void trailersOfAResponseReachTheClient() throws IOException {
        before(
                String.join(
                        "\r\n",
                        "HTTP/1.1 200 OK",
                        "Trailer: X-Sum",
                        "Transfer-Encoding: chunked",
                        "",
                        "2",
                        "ok",
                        "0",
                        "X-Sum: 42",
                        "Content-Length: 7",
                        "",
                        ""));
        Message response = ask(get("/", "TE: trailers", "Connection: TE"));
        assertThat(seen().field("TE")).isEqualTo("trailers");
        assertThat(seen().field("Connection")).containsIgnoringCase("TE");
        assertThat(response.field("Trailer")).isEqualTo("X-Sum");
        assertThat(response.content()).isEqualTo("ok");
        assertThat(response.trailers()).containsExactly("X-Sum: 42");
    }

    @Test
    void trailersOfARequestReachTheOrigin() throws IOException {
        before(OK);
        ask(
                request("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Trailer: X-Sum")
                        + "5;a=b\r\nhello\r\n0\r\nX-Sum: 42\r\nHost: evil.test\r\n\r\n");
        assertThat(seen().content()).isEqualTo("hello");
        assertThat(seen().trailers()).containsExactly("X-Sum: 42");
    }

    @Test
    void chunksTowardsAClientOf10EndWithTheConnection() throws IOException {
        before("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n");
        Message response = ask(request("GET / HTTP/1.0", "Connection: keep-alive"));
        assertThat(response.field("Transfer-Encoding")).isNull();
        assertThat(response.content()).isEqualTo("ok");
    }
}
