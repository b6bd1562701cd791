package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.tls.CertificateFiles;
import dev.vellum.proxy.tls.Issuer;
import dev.vellum.proxy.tls.KeyAndChain;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS towards clients and towards origins. */
@Timeout(120)
class TlsIT {

    @TempDir Path folder;

    private TestAuthority authority;

    @BeforeEach
    void authority() {
        authority = new TestAuthority(folder);
    }

    // ---- towards clients

    private ProxyRunner secured(ScriptedOrigin origin, KeyAndChain... own) throws IOException {
        ProxyRunner runner = ProxyRunner.edge(origin);
        List<CertificateFiles> files = new java.util.ArrayList<>();
        for (KeyAndChain each : own) {
            files.add(authority.write(each));
        }
        runner.tls = Optional.of(new TlsConfig(0, files));
        return runner;
    }

    private String subject(Proxy proxy, String name) throws Exception {
        try (SSLSocket socket = authority.connect(proxy.tlsPort(), name)) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoComesAgainResumesItsSession(String version) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("Cache-Control: no-store\r\n", "ok");
                Proxy proxy = secured(origin, authority.issue("example.test")).start()) {
            SSLContext browser = authority.context(null);
            Set<Long> begun = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                try (SSLSocket socket =
                        (SSLSocket)
                                browser.getSocketFactory()
                                        .createSocket(
                                                new Socket(
                                                        InetAddress.getLoopbackAddress(),
                                                        proxy.tlsPort()),
                                                "example.test",
                                                443,
                                                true)) {
                    socket.setEnabledProtocols(new String[] {version});
                    // a ticket of TLS 1.3 comes behind the handshake
                    assertThat(new RawClient(socket).exchange("GET", "/", "", "").body())
                            .isEqualTo("ok");
                    assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                    begun.add(socket.getSession().getCreationTime());
                }
                Thread.sleep(5);
            }
            assertThat(begun).hasSize(1);
        }
    }

    @Test
    void requestOverTlsIsServedAndItsSchemeTold() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "secret");
                Proxy proxy = secured(origin, authority.issue("example.test")).start();
                RawClient client =
                        new RawClient(authority.connect(proxy.tlsPort(), "example.test"))) {
            Response first = client.exchange("GET", "/", "", "");
            assertThat(first.body()).isEqualTo("secret");
            assertThat(client.exchange("GET", "/other", "", "").status()).isEqualTo(200);
            assertThat(origin.received().getFirst().field("X-Forwarded-Proto")).isEqualTo("https");
        }
    }

    @Test
    void certificateIsTheOneForTheNameThatTheClientAsksFor() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "");
                Proxy proxy =
                        secured(
                                        origin,
                                        authority.issue("first.test", "localhost"),
                                        authority.issue("exact.wild.test"),
                                        authority.issue("*.wild.test"))
                                .start()) {
            assertThat(subject(proxy, "first.test")).isEqualTo("CN=first.test");
            assertThat(subject(proxy, "EXACT.wild.test")).isEqualTo("CN=exact.wild.test");
            assertThat(subject(proxy, "other.wild.test")).isEqualTo("CN=*.wild.test");
            assertThatThrownBy(() -> subject(proxy, "unknown.test"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unknown.test");
        }
    }

    @Test
    void reloadedCertificateIsForNewConnectionsAndABrokenOneChangesNothing() throws Exception {
        KeyAndChain other = authority.issue("example.test", "second.test");
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "same connection")) {
            ProxyRunner runner = secured(origin, authority.issue("example.test"));
            CertificateFiles files = runner.tls.orElseThrow().certificates().getFirst();
            try (Proxy proxy = runner.start();
                    RawClient before =
                            new RawClient(authority.connect(proxy.tlsPort(), "example.test"))) {
                assertThatThrownBy(() -> subject(proxy, "second.test"))
                        .isInstanceOf(SSLException.class);
                TestAuthority.writeTo(files, other);
                assertThat(proxy.reload(runner::config)).isTrue();
                assertThat(subject(proxy, "second.test")).isEqualTo("CN=example.test");
                assertThat(before.exchange("GET", "/", "", "").body()).isEqualTo("same connection");

                TestAuthority.writeTo(
                        files, new KeyAndChain(authority.issue("x").key(), other.chain()));
                assertThat(proxy.reload(runner::config)).isFalse();
                Files.writeString(files.certificate(), "no certificate");
                assertThat(proxy.reload(runner::config)).isFalse();
                assertThat(subject(proxy, "second.test")).isEqualTo("CN=example.test");
            }
        }
    }

    @Test
    void startFailsWithoutAReadableCertificate() throws IOException {
        ProxyRunner runner = new ProxyRunner();
        runner.role = dev.vellum.proxy.http.Hop.Role.FORWARD;
        runner.tls =
                Optional.of(
                        new TlsConfig(
                                0,
                                List.of(
                                        new CertificateFiles(
                                                folder.resolve("none.pem"),
                                                folder.resolve("none.key")))));
        assertThatThrownBy(runner::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.key");
    }

    @Test
    void whoSpeaksNoTlsIsClosed() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "");
                Proxy proxy = secured(origin, authority.issue("example.test")).start();
                RawClient client = new RawClient(proxy.tlsPort())) {
            client.sendHead("GET /", "Host: example.test");
            byte[] got;
            try {
                got = client.in().readAllBytes();
            } catch (IOException reset) {
                got = new byte[0];
            }
            assertThat(new String(got, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1");
            assertThat(origin.received()).isEmpty();
        }
    }

    @Test
    void responseThatBreaksOffDoesNotEndAsIfItWereWhole() throws Exception {
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) -> {
                            wire.head("200 OK", "Transfer-Encoding: chunked");
                            wire.send("5\r\nbegin\r\n");
                            Thread.sleep(300);
                            wire.reset();
                        });
                Proxy proxy = secured(origin, authority.issue("example.test")).start();
                RawClient client =
                        new RawClient(authority.connect(proxy.tlsPort(), "example.test"))) {
            // to HTTP/1.0 the end of the connection is the end of the body
            client.send("GET / HTTP/1.0\r\nHost: example.test\r\n\r\n");
            assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    // ---- towards origins

    /** A server of the JDK, on 127.0.0.1, which answers with the name that its client shows. */
    private static HttpsServer origin(SSLContext context, boolean asks) throws IOException {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters chosen = context.getDefaultSSLParameters();
                        chosen.setWantClientAuth(asks);
                        parameters.setSSLParameters(chosen);
                    }
                });
        server.createContext(
                "/",
                exchange -> {
                    String name;
                    try {
                        Principal shown =
                                ((com.sun.net.httpserver.HttpsExchange) exchange)
                                        .getSSLSession()
                                        .getPeerPrincipal();
                        name = shown.getName();
                    } catch (SSLException anonymous) {
                        name = "anonymous";
                    }
                    byte[] body = name.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private ProxyRunner towards(OriginAddress address) throws IOException {
        ProxyRunner runner = new ProxyRunner();
        runner.routes.add(new RouteConfig(List.of("example.test"), List.of(address)));
        runner.originTls = trusting(Optional.empty());
        runner.resolver =
                host ->
                        CompletableFuture.completedFuture(
                                List.of(InetAddress.ofLiteral("127.0.0.1")));
        return runner;
    }

    private OriginTlsConfig trusting(Optional<CertificateFiles> own) throws IOException {
        return new OriginTlsConfig(
                List.of(new OriginTlsConfig.Authority.InFile(authority.file())), own, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin.test", "127.0.0.1"})
    void originThatProvesItsNameIsAsked(String name) throws Exception {
        HttpsServer server = origin(authority.context(authority.issue(name)), false);
        try (Proxy proxy =
                towards(new OriginAddress("https", name, server.getAddress().getPort())).start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").body()).isEqualTo("anonymous");
        } finally {
            server.stop(0);
        }
    }

    static Stream<Arguments> badCertificates() {
        TestAuthority known = new TestAuthority(Path.of("unused"));
        TestAuthority unknown = new TestAuthority(Path.of("unused"));
        KeyAndChain good = known.issue("origin.test");
        return Stream.of(
                Arguments.of(
                        "expired",
                        known,
                        known.issue(
                                TestAuthority.daysAhead(-10),
                                TestAuthority.daysAhead(-1),
                                "origin.test")),
                Arguments.of(
                        "not valid yet",
                        known,
                        known.issue(
                                TestAuthority.daysAhead(1),
                                TestAuthority.daysAhead(10),
                                "origin.test")),
                Arguments.of("another name", known, known.issue("other.test")),
                Arguments.of("wildcard too high", known, known.issue("*.test.origin.test")),
                Arguments.of("unknown authority", known, unknown.issue("origin.test")),
                Arguments.of("self-signed", known, TestAuthority.selfSigned("origin.test")),
                Arguments.of(
                        "signed by what is no authority",
                        known,
                        new Issuer(good)
                                .issue(
                                        Issuer.Purpose.SERVER,
                                        List.of("origin.test"),
                                        Issuer.newKeys(),
                                        TestAuthority.daysAhead(-1),
                                        TestAuthority.daysAhead(1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificates")
    void originWithABadCertificateIsNotAsked(String kind, TestAuthority known, KeyAndChain bad)
            throws Exception {
        authority = new TestAuthority(folder, known);
        HttpsServer server = origin(authority.context(bad), false);
        try (Proxy proxy =
                towards(new OriginAddress("https", "origin.test", server.getAddress().getPort()))
                        .start()) {
            Response response = RawClient.get(proxy.port(), "/", "");
            assertThat(response.status()).as(kind).isEqualTo(502);
            assertThat(response.field("Proxy-Status"))
                    .as(kind)
                    .isEqualTo("vellum;error=tls_certificate_error");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void authorityOfTheTestIsUnknownToTheJdk() throws Exception {
        HttpsServer server = origin(authority.context(authority.issue("origin.test")), false);
        ProxyRunner runner =
                towards(new OriginAddress("https", "origin.test", server.getAddress().getPort()));
        runner.originTls = OriginTlsConfig.DEFAULT;
        try (Proxy proxy = runner.start()) {
            assertThat(RawClient.get(proxy.port(), "/", "").field("Proxy-Status"))
                    .isEqualTo("vellum;error=tls_certificate_error");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void originThatSpeaksNoTlsIsATlsError() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.always("", "plain");
                Proxy proxy =
                        towards(new OriginAddress("https", "origin.test", origin.port())).start();
                Socket garbage = new Socket(InetAddress.getLoopbackAddress(), origin.port())) {
            garbage.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Response response = RawClient.get(proxy.port(), "/", "");
            assertThat(response.status()).isIn(502, 504);
            assertThat(response.field("Proxy-Status"))
                    .isIn("vellum;error=tls_protocol_error", "vellum;error=connection_timeout");
        }
    }

    @Test
    void ourCertificateIsShownToConfiguredOriginsOnly() throws Exception {
        CertificateFiles own = authority.write(authority.forClient("proxy.test"));
        HttpsServer server = origin(authority.context(authority.issue("origin.test")), true);
        OriginAddress address =
                new OriginAddress("https", "origin.test", server.getAddress().getPort());
        ProxyRunner edge = towards(address);
        edge.originTls = trusting(Optional.of(own));
        ProxyRunner forward = ProxyRunner.forward();
        forward.originTls = edge.originTls;
        forward.resolver = edge.resolver;
        try (Proxy configured = edge.start();
                Proxy open = forward.start()) {
            assertThat(RawClient.get(configured.port(), "/", "").body()).isEqualTo("CN=proxy.test");
            String authorityText = "origin.test:" + address.port();
            assertThat(
                            RawClient.get(
                                            open.port(),
                                            "https://" + authorityText + "/",
                                            "Host: " + authorityText + "\r\n")
                                    .body())
                    .isEqualTo("anonymous");
        } finally {
            server.stop(0);
        }
    }
}
