package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.RawClient.Response;
import dev.vellum.proxy.limits.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large bodies that are asked for so often that the kernel sends them by itself. */
@Timeout(120)
class BodyFilesIT {

    private static final String STORED = "Cache-Control: max-age=600\r\nETag: \"1\"\r\n";

    private static String random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyRequestGetsTheSameBytesWhetherWholeInPartOrPipelined() throws IOException {
        String body = random(700_000, 1);
        try (ScriptedOrigin origin = ScriptedOrigin.always(STORED, body);
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int request = 0; request < 12; request++) {
                assertThat(client.exchange("GET", "/a", "", "").body().equals(body)).isTrue();
            }
            Response part = client.exchange("GET", "/a", "Range: bytes=300000-600000\r\n", "");
            assertThat(part.body().equals(body.substring(300_000, 600_001))).isTrue();
            Response parts = client.exchange("GET", "/a", "Range: bytes=0-9,400000-400009\r\n", "");
            assertThat(parts.body())
                    .contains(body.substring(0, 10), body.substring(400_000, 400_010));
            assertThat(client.exchange("HEAD", "/a", "", "").body()).isEmpty();
            client.send("GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n".repeat(3));
            for (int request = 0; request < 3; request++) {
                assertThat(client.response("GET").body().equals(body)).isTrue();
            }
            assertThat(origin.received()).hasSize(1);
        }
    }

    /** One that bears a reader who does nothing while a slow machine stores other bodies. */
    private static ProxyRunner patient(ScriptedOrigin origin) {
        ProxyRunner runner = ProxyRunner.edge(origin);
        runner.timeouts = Timeouts.DEFAULT;
        return runner;
    }

    /** Of what the kernel has taken nothing may change: not by what else is stored meanwhile. */
    @Test
    void aSlowReaderGetsTheBytesOfItsResponseWhateverIsStoredMeanwhile() throws IOException {
        String body = random(4_000_000, 2);
        try (ScriptedOrigin origin =
                        new ScriptedOrigin((request, wire) ->
                                wire.respond(
                                        "200 OK",
                                        STORED,
                                        request.path().equals("/a")
                                                ? body
                                                : random(4_000_000, request.path().length())));
                Proxy proxy = patient(origin).start();
                RawClient slow = new RawClient(proxy.port());
                RawClient quick = new RawClient(proxy.port())) {
            for (int request = 0; request < 5; request++) {
                quick.exchange("GET", "/a", "", "");
            }
            slow.sendHead("GET /a", "Host: example.test");
            String head = RawClient.readHead(slow.in());
            assertThat(head).contains("Content-Length: 4000000");
            byte[] begin = slow.in().readNBytes(1000);
            for (int other = 1; other <= 12; other++) {
                for (int request = 0; request < 5; request++) {
                    quick.exchange("GET", "/" + "b".repeat(other), "", "");
                }
            }
            byte[] rest = slow.in().readNBytes(3_999_000);
            String got =
                    new String(begin, StandardCharsets.ISO_8859_1)
                            + new String(rest, StandardCharsets.ISO_8859_1);
            assertThat(got.equals(body)).isTrue();
        }
    }

    @Test
    void aClientThatReadsNothingIsCutOffAsAlways() throws IOException {
        String body = random(7_000_000, 3);
        try (ScriptedOrigin origin = ScriptedOrigin.always(STORED, body);
                Proxy proxy = ProxyRunner.edge(origin).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int request = 0; request < 5; request++) {
                client.exchange("GET", "/a", "", "");
            }
            try (Socket stuck = new Socket()) {
                stuck.setReceiveBufferSize(4096);
                stuck.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
                RawClient silent = new RawClient(stuck);
                silent.sendHead("GET /a", "Host: example.test");
                assertThatThrownBy(
                                () -> {
                                    for (int i = 0; i < 300; i++) { // a minute, at most
                                        Thread.sleep(200);
                                        silent.send("\r\n");
                                    }
                                })
                        .isInstanceOf(SocketException.class);
            }
        }
    }
}
