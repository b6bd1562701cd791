package dev.vellum.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    static Summary summary(String pathAndQuery, Fields fields, @Nullable Failure failure) {
        return new Summary(
                0xabcL,
                Instant.parse("2026-01-02T03:04:05.006Z"),
                Duration.ofNanos(1_234_567),
                new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5000),
                "",
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute(
                                "http", new Authority("a.test", 80), pathAndQuery),
                        HttpVersion.HTTP_1_1,
                        fields),
                200,
                Handling.HIT,
                true,
                0,
                42,
                "",
                0,
                failure);
    }

    @Test
    void aRequestIsOneLineWithoutItsQueryAndCredentials() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AccessLog log = new AccessLog(LogConfig.DEFAULT, out)) {
            log.record(
                    summary(
                            "/b?token=sesame",
                            Fields.of(
                                    "Authorization",
                                    "Bearer sesame",
                                    "Cookie",
                                    "sesame",
                                    "User-Agent",
                                    "a\"b",
                                    "Referer",
                                    "http://c.test/?sesame",
                                    "traceparent",
                                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                            Failure.ORIGIN_CLOSED));
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        {"time":"2026-01-02T03:04:05.006Z","id":"0000000000000abc","client":"192.0.2.1","user":"",\
                        "method":"GET","target":"http://a.test/b?","protocol":"HTTP/1.1",\
                        "status":200,"handling":"HIT","whole":true,"sent":42,"fetched":0,\
                        "ms":1.234,"failure":"ORIGIN_CLOSED",\
                        "trace":"0af7651916cd43dd8448eb211c80319c",\
                        "agent":"a\\"b","referer":"http://c.test/?"}
                        """);
    }

    @Test
    void queriesAreLoggedWhereTheyAreAskedFor() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogConfig config = new LogConfig(new LogConfig.Access.Stdout(), true, 10);
        try (AccessLog log = new AccessLog(config, out)) {
            log.record(summary("/b?c=d", Fields.of(), null));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"http://a.test/b?c=d\"");
    }

    @Test
    void aRequestThatFindsTheQueueFullIsCountedAndNeverWaits() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream slow =
                new OutputStream() {
                    @Override
                    public void write(int octet) {
                        awaitGo();
                        written.write(octet);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        awaitGo();
                        written.write(bytes, from, length);
                    }

                    private void awaitGo() {
                        try {
                            go.await();
                        } catch (InterruptedException interrupted) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        AccessLog log = new AccessLog(new LogConfig(new LogConfig.Access.Stdout(), false, 4), slow);
        int records = 2000;
        for (int i = 0; i < records; i++) {
            log.record(summary("/" + i, Fields.of(), null));
        }
        go.countDown();
        log.close();
        long lines = written.toString(StandardCharsets.UTF_8).lines().count();
        assertThat(log.dropped()).isPositive();
        assertThat(lines + log.dropped()).isEqualTo(records);
    }

    @Test
    void aFileIsForItsOwnerAlone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("access.json");
        LogConfig config = new LogConfig(new LogConfig.Access.File(file), false, 10);
        for (int start = 0; start < 2; start++) {
            AccessLog log = AccessLog.open(config).orElseThrow();
            log.record(summary("/", Fields.of(), null));
            log.close();
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
