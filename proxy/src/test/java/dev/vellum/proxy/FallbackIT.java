package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.tls.OriginTlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Origins that cannot be had by the first way that is tried, but by another. */
@Timeout(120)
class FallbackIT {

    private static final int HTTP_1_1_REQUIRED = 13;

    /** Serves HTTP/1.1 where that is agreed upon, and says so where it is not. */
    private static void serve(SSLSocket socket, List<String> spoken) {
        try (socket) {
            socket.startHandshake();
            spoken.add(socket.getApplicationProtocol());
            if (socket.getApplicationProtocol().equals("h2")) {
                Http2Client wire = new Http2Client(socket);
                wire.readPreface();
                wire.frame(Http2Client.SETTINGS, 0, 0);
                for (int id = FrameOrigin.nextRequest(wire);
                        id > 0;
                        id = FrameOrigin.nextRequest(wire)) {
                    wire.reset(id, HTTP_1_1_REQUIRED);
                }
            } else {
                while (RawClient.readHead(socket.getInputStream()) != null) {
                    String answer =
                            "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 3\r\n\r\nold";
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException ended) {
            // as a client may do at any time
        }
    }

    @Test
    void originThatWantsHttp1IsAskedThatWayFromThenOn(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        List<String> spoken = new CopyOnWriteArrayList<>();
        try (SSLServerSocket listener =
                (SSLServerSocket)
                        authority
                                .context(authority.issue("127.0.0.1"))
                                .getServerSocketFactory()
                                .createServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            SSLParameters parameters = listener.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            listener.setSSLParameters(parameters);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            while (true) {
                                SSLSocket socket = (SSLSocket) listener.accept();
                                Thread.ofVirtual().start(() -> serve(socket, spoken));
                            }
                        } catch (IOException closed) {
                            // the test is over
                        }
                    });
            ProxyRunner runner = new ProxyRunner();
            runner.timeouts = Timeouts.DEFAULT;
            runner.originTls =
                    new OriginTlsConfig(
                            List.of(new OriginTlsConfig.Authority.InFile(authority.file())),
                            Optional.empty(),
                            true);
            OriginAddress address =
                    new OriginAddress("https", "127.0.0.1", listener.getLocalPort());
            runner.routes.add(new RouteConfig(List.of("example.test"), List.of(address)));
            try (Proxy proxy = runner.start();
                    RawClient client = new RawClient(proxy.port())) {
                assertThat(client.exchange("GET", "/a", "", "").body()).isEqualTo("old");
                assertThat(client.exchange("GET", "/b", "", "").body()).isEqualTo("old");
                assertThat(spoken).containsExactly("h2", "http/1.1");
            }
        }
    }

    /** Connections to a listener that accepts none, until no more are established. */
    private static List<SocketChannel> fill(ServerSocket listener) throws Exception {
        List<SocketChannel> all = new ArrayList<>();
        for (int waiting = 0; waiting < 3 && all.size() < 64; ) {
            SocketChannel next = SocketChannel.open();
            next.configureBlocking(false);
            next.connect(listener.getLocalSocketAddress());
            all.add(next);
            Thread.sleep(20);
            waiting = next.finishConnect() ? 0 : waiting + 1;
        }
        return all;
    }

    @Test
    void addressThatDoesNotAnswerIsOvertakenByTheNext() throws Exception {
        try (ScriptedOrigin good = ScriptedOrigin.always("Cache-Control: no-store\r\n", "good");
                ServerSocket silent = new ServerSocket()) {
            silent.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), good.port()), 1);
            List<SocketChannel> filling = fill(silent);
            ProxyRunner runner = ProxyRunner.forward();
            // a first address that is waited for alone would take all of this
            runner.timeouts = Timeouts.DEFAULT;
            runner.resolver =
                    host ->
                            CompletableFuture.completedFuture(
                                    List.of(
                                            InetAddress.ofLiteral("127.0.0.2"),
                                            InetAddress.ofLiteral("127.0.0.1")));
            try (Proxy proxy = runner.start()) {
                String url = "http://two.test:" + good.port() + "/";
                String host = "Host: two.test:" + good.port() + "\r\n";
                assertThat(RawClient.get(proxy.port(), url, host).body()).isEqualTo("good");
            } finally {
                for (SocketChannel each : filling) {
                    each.close();
                }
            }
        }
    }
}
