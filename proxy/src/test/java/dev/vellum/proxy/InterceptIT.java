package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.tls.KeyAndChain;
import dev.vellum.proxy.tls.OriginTlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels that are opened, and those that must not be. */
@Timeout(120)
class InterceptIT {

    private static final String HOST = "origin.test";

    @TempDir Path folder;

    private TestAuthority known;

    @BeforeEach
    void authority() {
        known = new TestAuthority(folder);
    }

    private ScriptedOrigin origin(KeyAndChain own) throws GeneralSecurityException, IOException {
        SSLServerSocket listener =
                (SSLServerSocket)
                        known.context(own)
                                .getServerSocketFactory()
                                .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
        return new ScriptedOrigin(
                listener,
                (request, wire) ->
                        wire.respond(
                                "200 OK",
                                "Cache-Control: max-age=600\r\n",
                                "content of " + request.path()));
    }

    private ProxyRunner opening(ScriptedOrigin origin, String... except) throws IOException {
        ProxyRunner runner = ProxyRunner.forward();
        runner.connectPorts = Set.of(origin.port());
        runner.timeouts = Timeouts.DEFAULT;
        runner.resolver =
                host ->
                        CompletableFuture.completedFuture(
                                List.of(InetAddress.ofLiteral("127.0.0.1")));
        runner.originTls =
                new OriginTlsConfig(
                        List.of(new OriginTlsConfig.Authority.InFile(known.file())),
                        Optional.empty(),
                        true);
        runner.intercept =
                new InterceptConfig(
                        List.of("*.test"),
                        List.of(except),
                        Optional.of(folder.resolve("own/authority.pem")),
                        false);
        return runner;
    }

    /** What trusts the proxy's authority, and nobody else. */
    private SSLContext trustingProxy() throws Exception {
        return TestAuthority.context(
                KeyAndChain.certificates(folder.resolve("own/authority.pem")).getFirst(), null);
    }

    private static Socket tunnel(Proxy proxy, ScriptedOrigin origin) throws IOException {
        RawClient client = new RawClient(proxy.port());
        String authority = HOST + ":" + origin.port();
        client.sendHead("CONNECT " + authority, "Host: " + authority);
        assertThat(RawClient.readHead(client.socket().getInputStream())).startsWith("HTTP/1.1 200");
        return client.socket();
    }

    private SSLSocket opened(Proxy proxy, ScriptedOrigin origin, String... protocols)
            throws Exception {
        return TestAuthority.secure(trustingProxy(), tunnel(proxy, origin), HOST, protocols);
    }

    /** Whether the client sees the origin's own certificate. */
    private boolean seesOrigin(Proxy proxy, ScriptedOrigin origin) throws Exception {
        try (SSLSocket socket =
                TestAuthority.secure(known.context(null), tunnel(proxy, origin), HOST)) {
            return socket.isConnected();
        } catch (SSLException notTrusted) {
            return false;
        }
    }

    private static String host(ScriptedOrigin origin) {
        return "Host: " + HOST + ":" + origin.port() + "\r\n";
    }

    @Test
    void whatIsAskedForInsideIsStoredAndServed() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start()) {
            try (RawClient client = new RawClient(opened(proxy, origin))) {
                Response miss = client.exchange("GET", "/a", host(origin), "");
                assertThat(miss.body()).isEqualTo("content of /a");
                assertThat(client.exchange("GET", "/a", host(origin), "").field("Cache-Status"))
                        .startsWith("vellum;hit");
            }
            try (Http2Client client =
                    new Http2Client(opened(proxy, origin, "h2", "http/1.1")).begin()) {
                String[] lines = Http2Client.with("/a");
                lines[3] = "https";
                lines[5] = HOST + ":" + origin.port();
                client.headers(1, Http2Client.WHOLE, lines);
                assertThat(client.await(1).text()).isEqualTo("content of /a");
            }
            assertThat(origin.received()).hasSize(1);
        }
    }

    @Test
    void hundredObjectsComeWholeOverAnOpenedTunnel() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start();
                Http2Client client =
                        new Http2Client(opened(proxy, origin, "h2", "http/1.1")).begin()) {
            for (int i = 0; i < 100; i++) {
                String[] lines = Http2Client.with("/" + i);
                lines[3] = "https";
                lines[5] = HOST + ":" + origin.port();
                client.headers(1 + 2 * i, Http2Client.WHOLE, lines);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(client.await(1 + 2 * i).text()).isEqualTo("content of /" + i);
            }
        }
    }

    @Test
    void otherAuthorityInsideIsMisdirected() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start()) {
            String[] others = {
                "Host: other.test:" + origin.port() + "\r\n",
                "Host: " + HOST + "\r\n",
                "Host: " + HOST + ":" + (origin.port() + 1) + "\r\n"
            };
            for (String other : others) {
                try (RawClient client = new RawClient(opened(proxy, origin))) {
                    assertThat(client.exchange("GET", "/", other, "").status())
                            .as(other)
                            .isEqualTo(421);
                }
            }
            try (RawClient client = new RawClient(opened(proxy, origin))) {
                String plain = "http://" + HOST + ":" + origin.port() + "/";
                assertThat(client.exchange("GET", plain, host(origin), "").status()).isEqualTo(421);
            }
            try (Http2Client client =
                    new Http2Client(opened(proxy, origin, "h2", "http/1.1")).begin()) {
                String[] lines = Http2Client.with("/");
                lines[3] = "https";
                lines[5] = "other.test:" + origin.port();
                client.headers(1, Http2Client.WHOLE, lines);
                assertThat(client.await(1).status).isEqualTo(421);
                client.headers(
                        3,
                        Http2Client.WHOLE,
                        ":method",
                        "CONNECT",
                        ":authority",
                        HOST + ":" + origin.port());
                assertThat(client.await(3).status).isEqualTo(421);
            }
            assertThat(origin.received()).isEmpty();
        }
    }

    @Test
    void otherNameByTlsIsMisdirected() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start();
                Socket bare = tunnel(proxy, origin)) {
            SSLSocket socket =
                    (SSLSocket)
                            trustingProxy()
                                    .getSocketFactory()
                                    .createSocket(bare, HOST, origin.port(), true);
            javax.net.ssl.SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new javax.net.ssl.SNIHostName("other.test")));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(new RawClient(socket).exchange("GET", "/", host(origin), "").status())
                    .isEqualTo(421);
        }
    }

    @Test
    void badCertificateOfAnOriginIsNeverReplacedByAGoodOne() throws Exception {
        TestAuthority unknown = new TestAuthority(folder.resolve("unknown"));
        for (KeyAndChain bad :
                List.of(
                        unknown.issue(HOST),
                        TestAuthority.selfSigned(HOST),
                        known.issue("other.test"),
                        known.issue(
                                TestAuthority.daysAhead(-10), TestAuthority.daysAhead(-1), HOST))) {
            try (ScriptedOrigin origin = origin(bad);
                    Proxy proxy = opening(origin).start()) {
                assertThatThrownBy(() -> opened(proxy, origin)).isInstanceOf(SSLException.class);
                try (SSLSocket socket =
                        (SSLSocket)
                                TestAuthority.context(bad.chain().getFirst(), null)
                                        .getSocketFactory()
                                        .createSocket(
                                                tunnel(proxy, origin), HOST, origin.port(), true)) {
                    try {
                        socket.startHandshake();
                    } catch (SSLException judged) {
                        // expired, or of another name: by the client itself
                    }
                }
                assertThat(origin.received()).isEmpty();
            }
        }
    }

    @Test
    void hostWhoseClientRejectsOurAuthorityIsTunnelledNext() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start()) {
            assertThat(seesOrigin(proxy, origin)).isFalse();
            boolean tunnelled = false;
            // what we learn may come a moment after the client has given up
            for (int i = 0; i < 100 && !tunnelled; i++) {
                Thread.sleep(50);
                tunnelled = seesOrigin(proxy, origin);
            }
            assertThat(tunnelled).isTrue();
        }
    }

    @Test
    void exceptedHostIsTunnelled() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin, "*.example", HOST).start()) {
            assertThat(seesOrigin(proxy, origin)).isTrue();
        }
    }

    @Test
    void hostWhosePicturesAreAskedForWithCookiesIsTunnelledNext() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start()) {
            try (RawClient client = new RawClient(opened(proxy, origin))) {
                client.exchange("GET", "/page", host(origin) + "Cookie: a=1\r\n", "");
            }
            assertThat(opened(proxy, origin).isConnected()).isTrue();
            try (RawClient client = new RawClient(opened(proxy, origin))) {
                String picture = "Accept: image/avif,image/webp\r\nCookie: a=1\r\n";
                assertThat(client.exchange("GET", "/p", host(origin) + picture, "").status())
                        .isEqualTo(200);
            }
            assertThat(seesOrigin(proxy, origin)).isTrue();
        }
    }

    @Test
    void authorityIsMadeOnceAndItsKeyIsNobodyElses() throws Exception {
        Path file = folder.resolve("own/authority.pem");
        try (ScriptedOrigin origin = origin(known.issue(HOST))) {
            ProxyRunner runner = opening(origin);
            runner.start().close();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            String made = Files.readString(file);
            try (Proxy proxy = runner.start()) {
                assertThat(opened(proxy, origin).isConnected()).isTrue();
                String shown =
                        RawClient.get(
                                        proxy.adminPort(),
                                        "/ca.crt",
                                        "Host: 127.0.0.1:" + proxy.adminPort() + "\r\n")
                                .body();
                assertThat(shown).contains("BEGIN CERTIFICATE").doesNotContain("PRIVATE");
                assertThat(made).contains(shown);
            }
            assertThat(Files.readString(file)).isEqualTo(made);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(runner::start).hasMessageContaining("expected: mode 0600");
        }
    }

    @Test
    void adminPortTellsHowToSetUp() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST));
                Proxy proxy = opening(origin).start()) {
            String host = "Host: localhost:" + proxy.adminPort() + "\r\n";
            Response pac = RawClient.get(proxy.adminPort(), "/wpad.dat", host);
            assertThat(pac.field("Content-Type")).isEqualTo("application/x-ns-proxy-autoconfig");
            assertThat(pac.body()).contains("PROXY localhost:" + proxy.port() + "; DIRECT");
            assertThat(RawClient.get(proxy.adminPort(), "/proxy.pac", host).body())
                    .isEqualTo(pac.body());
            assertThat(RawClient.get(proxy.adminPort(), "/setup", host).body())
                    .contains("/ca.crt", "Firefox", "iOS");
        }
    }
}
