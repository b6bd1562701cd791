package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.tls.KeyAndChain;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS that a client opens and asks its parent for, who alone connects to origins. */
@Timeout(120)
class InterceptByParentIT {

    private static final String HOST = "origin.test";

    @TempDir Path folder;

    private TestAuthority known;

    @BeforeEach
    void authority() {
        known = new TestAuthority(folder);
    }

    private ScriptedOrigin origin(KeyAndChain own, int port)
            throws GeneralSecurityException, IOException {
        SSLServerSocket listener =
                (SSLServerSocket)
                        known.context(own)
                                .getServerSocketFactory()
                                .createServerSocket(port, 100, InetAddress.getLoopbackAddress());
        return new ScriptedOrigin(
                listener,
                (request, wire) ->
                        wire.respond(
                                "200 OK",
                                "Cache-Control: max-age=600\r\n",
                                "content of " + request.path()));
    }

    private OriginTlsConfig trusting() throws IOException {
        return new OriginTlsConfig(
                List.of(new OriginTlsConfig.Authority.InFile(known.file())),
                Optional.empty(),
                true);
    }

    /** With a port for TLS, and names that all lead to loopback. */
    private ProxyRunner parent(ScriptedOrigin origin) throws IOException {
        ProxyRunner runner = ProxyRunner.forward();
        runner.name = "parent";
        runner.connectPorts = Set.of(origin.port());
        runner.timeouts = Timeouts.DEFAULT;
        runner.tls = Optional.of(new TlsConfig(0, List.of(known.write(known.issue("127.0.0.1")))));
        runner.originTls = trusting();
        runner.resolver =
                host ->
                        CompletableFuture.completedFuture(
                                List.of(InetAddress.ofLiteral("127.0.0.1")));
        return runner;
    }

    private ProxyRunner client(ScriptedOrigin origin, OriginAddress parent) throws IOException {
        ProxyRunner runner = ProxyRunner.forward();
        runner.role = Hop.Role.CLIENT;
        runner.name = "client";
        runner.connectPorts = Set.of(origin.port());
        runner.timeouts = Timeouts.DEFAULT;
        runner.parent = Optional.of(parent);
        runner.originTls = trusting();
        runner.intercept =
                new InterceptConfig(
                        List.of("*.test"),
                        List.of(),
                        Optional.of(folder.resolve("own/authority.pem")),
                        false);
        return runner;
    }

    private static OriginAddress byTls(Proxy parent) {
        return new OriginAddress("https", "127.0.0.1", parent.tlsPort());
    }

    /** A browser that trusts {@code context}'s authorities and goes by the client. */
    private static HttpClient browser(Proxy client, SSLContext context) {
        return HttpClient.newBuilder()
                .proxy(
                        ProxySelector.of(
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), client.port())))
                .sslContext(context)
                .build();
    }

    private SSLContext trustingClient() throws Exception {
        return TestAuthority.context(
                KeyAndChain.certificates(folder.resolve("own/authority.pem")).getFirst(), null);
    }

    private static HttpResponse<String> get(HttpClient browser, ScriptedOrigin origin, String path)
            throws Exception {
        URI uri = URI.create("https://" + HOST + ":" + origin.port() + path);
        return browser.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static long tunnels(ProxyRunner runner) {
        return runner.summaries.stream()
                .filter(each -> each.request().target() instanceof RequestTarget.AuthorityForm)
                .count();
    }

    private static List<String> paths(ScriptedOrigin origin) {
        return origin.received().stream()
                .filter(request -> !request.line().startsWith("OPTIONS"))
                .map(ScriptedOrigin.Received::path)
                .toList();
    }

    @Test
    void whatIsInsideIsAskedOfTheParentAndStoredByBoth() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST), 0)) {
            ProxyRunner above = parent(origin);
            try (Proxy parent = above.start();
                    Proxy client = client(origin, byTls(parent)).start();
                    HttpClient browser = browser(client, trustingClient());
                    HttpClient another = browser(client, trustingClient())) {
                HttpResponse<String> miss = get(browser, origin, "/a");
                assertThat(miss.body()).isEqualTo("content of /a");
                assertThat(String.join(",", miss.headers().allValues("via")))
                        .contains("parent", "client");
                HttpResponse<String> hit = get(another, origin, "/a");
                assertThat(String.join(",", hit.headers().allValues("cache-status")))
                        .contains("client;hit");
                assertThat(get(browser, origin, "/b").body()).isEqualTo("content of /b");
                assertThat(paths(origin)).containsExactly("/a", "/b");
                assertThat(tunnels(above)).isZero();
                // the second tunnel is opened on the word that the first has brought
                assertThat(origin.received()).hasSize(3);
            }
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
            try (ScriptedOrigin origin = origin(bad, 0)) {
                ProxyRunner above = parent(origin);
                try (Proxy parent = above.start();
                        Proxy client = client(origin, byTls(parent)).start();
                        HttpClient browser = browser(client, trustingClient())) {
                    assertThatThrownBy(() -> get(browser, origin, "/"))
                            .isInstanceOf(SSLException.class);
                    assertThat(origin.received()).isEmpty();
                }
                assertThat(tunnels(above)).isPositive();
            }
        }
    }

    @Test
    void browserSeesAnUnknownCertificateItselfAndMayTakeIt() throws Exception {
        KeyAndChain own = TestAuthority.selfSigned(HOST);
        try (ScriptedOrigin origin = origin(own, 0);
                Proxy parent = parent(origin).start();
                Proxy client = client(origin, byTls(parent)).start();
                HttpClient browser =
                        browser(client, TestAuthority.context(own.chain().getFirst(), null))) {
            assertThat(get(browser, origin, "/a").body()).isEqualTo("content of /a");
        }
    }

    @Test
    void certificateThatTurnsBadBehindAnOpenTunnelEndsIt() throws Exception {
        ScriptedOrigin before = origin(known.issue(HOST), 0);
        try (Proxy parent = parent(before).start();
                Proxy client = client(before, byTls(parent)).start();
                HttpClient browser = browser(client, trustingClient())) {
            try (before) {
                assertThat(get(browser, before, "/a").statusCode()).isEqualTo(200);
            }
            try (ScriptedOrigin after = origin(TestAuthority.selfSigned(HOST), before.port())) {
                HttpResponse<String> refused = get(browser, after, "/b");
                assertThat(refused.statusCode()).isEqualTo(502);
                assertThat(refused.headers().firstValue("proxy-status").orElse(""))
                        .contains("tls_certificate_error");
                assertThat(after.received()).isEmpty();
            }
        }
    }

    @Test
    void hostWhoseBrowserRejectsOurAuthorityGoesThroughTheParentsTunnelNext() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST), 0)) {
            ProxyRunner above = parent(origin);
            try (Proxy parent = above.start();
                    Proxy client = client(origin, byTls(parent)).start();
                    HttpClient browser = browser(client, known.context(null))) {
                assertThatThrownBy(() -> get(browser, origin, "/a"))
                        .isInstanceOf(SSLException.class);
                String body = "";
                // what we learn may come a moment after the browser has given up
                for (int i = 0; i < 100 && body.isEmpty(); i++) {
                    Thread.sleep(50);
                    try {
                        body = get(browser, origin, "/a").body();
                    } catch (SSLException notYet) {
                        body = "";
                    }
                }
                assertThat(body).isEqualTo("content of /a");
            }
            assertThat(tunnels(above)).isPositive();
        }
    }

    @Test
    void otherAuthorityInsideIsMisdirected() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST), 0);
                Proxy parent = parent(origin).start();
                Proxy client = client(origin, byTls(parent)).start()) {
            RawClient bare = new RawClient(client.port());
            String authority = HOST + ":" + origin.port();
            bare.sendHead("CONNECT " + authority, "Host: " + authority);
            assertThat(RawClient.readHead(bare.socket().getInputStream()))
                    .startsWith("HTTP/1.1 200");
            try (RawClient inside =
                    new RawClient(TestAuthority.secure(trustingClient(), bare.socket(), HOST))) {
                String other = "Host: other.test:" + origin.port() + "\r\n";
                assertThat(inside.exchange("GET", "/", other, "").status()).isEqualTo(421);
            }
            assertThat(paths(origin)).isEmpty();
        }
    }

    @Test
    void whereTheParentIsAskedWithoutTlsTunnelsStayClosed() throws Exception {
        try (ScriptedOrigin origin = origin(known.issue(HOST), 0)) {
            ProxyRunner above = parent(origin);
            try (Proxy parent = above.start();
                    Proxy client =
                            client(origin, new OriginAddress("http", "127.0.0.1", parent.port()))
                                    .start();
                    HttpClient browser = browser(client, known.context(null))) {
                assertThat(get(browser, origin, "/a").body()).isEqualTo("content of /a");
            }
            assertThat(tunnels(above)).isPositive();
        }
    }
}
