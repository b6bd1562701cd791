package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.wire.StrictReader.Message;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Requests that are a few bytes away from those of the table: whatever the proxy makes of them, the
 * origin gets well-formed requests only, and none that the client did not send.
 */
class MutatedRequestsIT {

    private static final int CASES = 400;

    /** What framing turns on. */
    private static final List<String> PIECES =
            List.of(
                    "\r",
                    "\n",
                    "\r\n",
                    "\r\n\r\n",
                    " ",
                    "\t",
                    "\0",
                    "\u000b",
                    ":",
                    ",",
                    ";",
                    "0",
                    "5",
                    "+",
                    "-",
                    "0x",
                    "chunked",
                    "\u00a0",
                    "GET /x HTTP/1.1\r\n",
                    "HTTP/1.0",
                    "Content-Length: 3\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Host: b.test\r\n",
                    "Connection: close\r\n",
                    "0\r\n\r\n");

    @Test
    void theOriginGetsNothingThatTheClientDidNotSend() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed: " + seed);
        List<byte[]> mutated = mutated(seed);
        try (Origin origin =
                        new Origin(request ->
                                String.join(
                                        "\r\n",
                                        "HTTP/1.1 200 OK",
                                        "Cache-Control: no-store",
                                        "Content-Length: 2",
                                        "",
                                        "ok"));
                Proxy proxy = proxy(origin.port())) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                mutated.forEach(bytes -> threads.execute(() -> send(proxy.port(), bytes)));
            }
            Map<String, Integer> sent = new HashMap<>();
            mutated.forEach(bytes -> count(bytes, sent));
            assertThat(origin.faults()).as("seed %d", seed).isEmpty();
            assertThat(origin.requests()).as("seed %d", seed).isNotEmpty();
            for (Message request : origin.requests()) {
                String[] line = request.startLine().split(" ", -1);
                String told = line[0] + " " + line[1] + " " + hex(request.content());
                assertThat(sent.merge(told, -1, Integer::sum))
                        .as("seed %d, requests %s left over", seed, told)
                        .isNotNegative();
            }
        }
    }

    private static Proxy proxy(int originPort) throws IOException {
        return Proxy.start(
                ProxyConfig.edge(
                        new ListenConfig("127.0.0.1", 0),
                        List.of(
                                new RouteConfig(
                                        List.of("*"),
                                        List.of(
                                                OriginAddress.parse(
                                                        "http://127.0.0.1:" + originPort))))));
    }

    private static List<byte[]> mutated(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Hostile> table = HostileRequests.all().filter(h -> h.bytes().length() < 1000).toList();
        List<byte[]> mutated = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            StringBuilder bytes =
                    new StringBuilder(table.get(random.nextInt(table.size())).bytes());
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(bytes.length());
                switch (random.nextInt(3)) {
                    case 0 -> bytes.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                    case 1 -> bytes.deleteCharAt(at);
                    default -> bytes.setCharAt(at, (char) random.nextInt(256));
                }
            }
            mutated.add(bytes.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        return mutated;
    }

    /** Sends, and waits until the proxy has answered or closed; what it says does not matter. */
    private static void send(int port, byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(3000);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        } catch (IOException closedOrSilent) {
            return;
        }
    }

    /** Counts the requests that are whole in {@code bytes}, by method, target and content. */
    private static void count(byte[] bytes, Map<String, Integer> sent) {
        List<Object> parts = Parts.ofRequests(Arrays.copyOf(bytes, bytes.length), bytes.length);
        for (int i = 0; i + 2 < parts.size(); i++) {
            if (parts.get(i) instanceof RequestHead head
                    && parts.get(i + 1) instanceof String hex) {
                String target =
                        switch (head.target()) {
                            case RequestTarget.Absolute absolute -> absolute.pathAndQuery();
                            case RequestTarget.Asterisk _ -> "*";
                            case RequestTarget.AuthorityForm tunnel ->
                                    tunnel.host() + ":" + tunnel.port();
                        };
                sent.merge(head.method() + " " + target + " " + hex, 1, Integer::sum);
            }
        }
    }

    private static String hex(String content) {
        return ByteBufUtil.hexDump(content.getBytes(StandardCharsets.ISO_8859_1));
    }
}
