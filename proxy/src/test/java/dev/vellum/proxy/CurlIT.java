package dev.vellum.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A page of 100 objects, fetched by the curl of this machine, which must be there. */
@Timeout(120)
class CurlIT {

    private static final int OBJECTS = 100;

    @TempDir Path folder;

    private TestAuthority known;

    @BeforeEach
    void authority() throws IOException {
        known = new TestAuthority(folder);
        Files.createDirectory(folder.resolve("got"));
    }

    /** Fetches all at once, and returns a line for each: version of HTTP, and status. */
    private List<String> curl(String url, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
        command.addAll(List.of("--http2", "--parallel", "--parallel-max", "50"));
        command.addAll(List.of("--write-out", "%{http_version} %{http_code}\\n"));
        command.addAll(List.of("--output", folder.resolve("got/#1").toString()));
        command.addAll(List.of(options));
        command.add(url + "[0-" + (OBJECTS - 1) + "]");
        Path troubles = folder.resolve("troubles");
        Process process = new ProcessBuilder(command).redirectError(troubles.toFile()).start();
        process.getOutputStream().close();
        String told = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(troubles)).isZero();
        return told.lines().toList();
    }

    private void assertAllCame(List<String> told) throws IOException {
        assertThat(told).isEqualTo(Collections.nCopies(OBJECTS, "2 200"));
        for (int i = 0; i < OBJECTS; i++) {
            assertThat(folder.resolve("got/" + i)).content().isEqualTo(content("/" + i));
        }
    }

    private static String content(String path) {
        return ("content of " + path + "\n").repeat(1000);
    }

    private static ScriptedOrigin.Script objects() {
        return (request, wire) ->
                wire.respond("200 OK", "Cache-Control: max-age=600\r\n", content(request.path()));
    }

    @Test
    void overHttp2() throws Exception {
        try (ScriptedOrigin origin = new ScriptedOrigin(objects())) {
            ProxyRunner runner = ProxyRunner.edge(origin);
            runner.timeouts = Timeouts.DEFAULT;
            runner.tls =
                    Optional.of(
                            new TlsConfig(0, List.of(known.write(known.issue("example.test")))));
            try (Proxy proxy = runner.start()) {
                String at = "example.test:" + proxy.tlsPort();
                assertAllCame(
                        curl(
                                "https://" + at + "/",
                                "--noproxy",
                                "*",
                                "--cacert",
                                known.file().toString(),
                                "--resolve",
                                at + ":127.0.0.1"));
            }
        }
    }

    @Test
    void throughATunnelThatIsOpened() throws Exception {
        SSLServerSocket listener =
                (SSLServerSocket)
                        known.context(known.issue("origin.test"))
                                .getServerSocketFactory()
                                .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
        try (ScriptedOrigin origin = new ScriptedOrigin(listener, objects())) {
            ProxyRunner runner = ProxyRunner.forward();
            runner.timeouts = Timeouts.DEFAULT;
            runner.connectPorts = Set.of(origin.port());
            runner.resolver =
                    host ->
                            CompletableFuture.completedFuture(
                                    List.of(InetAddress.ofLiteral("127.0.0.1")));
            runner.originTls =
                    new OriginTlsConfig(
                            List.of(new OriginTlsConfig.Authority.InFile(known.file())),
                            Optional.empty(),
                            true);
            Path own = folder.resolve("own.pem");
            runner.intercept =
                    new InterceptConfig(List.of("*.test"), List.of(), Optional.of(own), false);
            try (Proxy proxy = runner.start()) {
                assertAllCame(
                        curl(
                                "https://origin.test:" + origin.port() + "/",
                                "--noproxy",
                                "",
                                "--proxy",
                                "http://127.0.0.1:" + proxy.port(),
                                "--cacert",
                                own.toString()));
            }
        }
    }
}
