package dev.vellum.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.pregenerate.Pregenerator;
import dev.vellum.proxy.store.purge.Purge;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerIT {

    @TempDir private Path folder;
    private final List<Purge> purged = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final Pregenerator pregenerator =
            new Pregenerator(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                new AdminServer(
                        config(),
                        Transport.best(),
                        new Metrics(),
                        ready::get,
                        purged::addAll,
                        pregenerator,
                        new SetupPages(Optional.empty(), () -> 3128));
    }

    @AfterEach
    void stop() {
        server.close();
        pregenerator.close();
    }

    private AdminConfig config() {
        return new AdminConfig(
                "127.0.0.1", 0, List.of("ops.test"), Optional.of(folder.resolve("state/token")));
    }

    private String ask(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private String get(String path, String... fields) throws IOException {
        return ask(
                "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s\r\n"
                        .formatted(
                                path,
                                server.port(),
                                String.join(
                                        "",
                                        List.of(fields).stream().map(f -> f + "\r\n").toList())));
    }

    private String token() throws IOException {
        return Files.readString(folder.resolve("state/token")).strip();
    }

    @Test
    void healthIsOpenAndReadinessFollowsTheProxy() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok\n");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");
        ready.set(false);
        assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ").endsWith("draining\n");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void metricsWantTheToken() throws IOException {
        assertThat(get("/metrics")).startsWith("HTTP/1.1 401 ").contains("\r\nWWW-Authenticate: ");
        assertThat(get("/metrics", "Authorization: Bearer wrong")).startsWith("HTTP/1.1 401 ");
        assertThat(get("/metrics", "Authorization: Bearer " + token()))
                .startsWith("HTTP/1.1 200 ")
                .contains("vellum_requests_total")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void pregeneratingWantsTheTokenAndUrls() throws IOException {
        String take =
                "POST /pregenerate%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n";
        String authorized = "Authorization: Bearer " + token() + "\r\n";
        String url = "?url=http%3A%2F%2F127.0.0.1%3A1%2Fa.jpg";
        assertThat(ask(take.formatted(url, ""))).startsWith("HTTP/1.1 401 ");
        assertThat(ask(take.formatted("", authorized))).startsWith("HTTP/1.1 400 ");
        assertThat(ask(take.formatted("?url=file:///etc/passwd", authorized)))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask(take.formatted(url, authorized)))
                .startsWith("HTTP/1.1 202 ")
                .endsWith("taken: 1\n");
        assertThat(get("/pregenerate", "Authorization: Bearer " + token()))
                .startsWith("HTTP/1.1 200 ")
                .containsPattern("done: [01] of 1\n");
        assertThat(get("/pregenerate")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void purgingWantsTheTokenAndPost() throws IOException {
        String purge = "%s /purge?tag=t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n";
        String authorized = "Authorization: Bearer " + token() + "\r\n";
        assertThat(ask(purge.formatted("POST", ""))).startsWith("HTTP/1.1 401 ");
        assertThat(ask(purge.formatted("GET", authorized))).startsWith("HTTP/1.1 404 ");
        assertThat(ask(purge.formatted("POST", authorized + "Origin: http://evil.example\r\n")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(purged).isEmpty();
        assertThat(ask(purge.formatted("POST", authorized)))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("purged: 1\n");
        assertThat(purged).containsExactly(new Purge(Purge.tag("", "t"), false));
    }

    @Test
    void theTokenIsMadeOnceForItsOwnerAlone() throws IOException {
        Path file = folder.resolve("state/token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String before = token();
        assertThat(before).matches("[0-9a-f]{64}");
        server.close();
        start();
        assertThat(token()).isEqualTo(before);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() ->
                        new AdminServer(
                                config(),
                                Transport.best(),
                                new Metrics(),
                                () -> true,
                                purged::addAll,
                                pregenerator,
                                new SetupPages(Optional.empty(), () -> 3128)))
                .hasMessageContaining("expected: mode 0600");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,          200",
        "127.0.0.1,          200",
        "[::1],              200",
        "ops.test,           200",
        "evil.test,          421",
        "localhost.evil.test, 421",
        "127.0.0.1.evil.test, 421"
    })
    void aNameThatIsNotOursIsTakenForRebinding(String host, int status) throws IOException {
        assertThat(
                        ask(
                                "GET /healthz HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                                        .formatted(host, server.port())))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void anotherSiteIsRefused() throws IOException {
        assertThat(get("/healthz", "Origin: http://evil.test")).startsWith("HTTP/1.1 403 ");
        assertThat(get("/healthz", "Origin: null")).startsWith("HTTP/1.1 403 ");
        assertThat(get("/healthz", "Origin: http://localhost:" + server.port()))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /none HTTP/1.1',      404",
        "'POST /healthz HTTP/1.1',  405",
        "'GET /healthz',            400",
        "'CONNECT a:443 HTTP/1.1',  400",
        "'OPTIONS * HTTP/1.1',      404"
    })
    void anythingElseIsRefused(String line, int status) throws IOException {
        assertThat(ask(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        String head = "\r\nHost: localhost\r\n";
        String answers =
                ask(
                        "GET /healthz HTTP/1.1"
                                + head
                                + "\r\nHEAD /none HTTP/1.1"
                                + head
                                + "\r\nGET /readyz HTTP/1.1"
                                + head
                                + "Connection: close\r\n\r\n");
        assertThat(
                        answers.lines()
                                .filter(line -> line.startsWith("HTTP/1.1"))
                                .map(line -> line.substring(9, 12)))
                .containsExactly("200", "404", "200");
    }
}
