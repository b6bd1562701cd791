package dev.vellum.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.Proxy;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.wire.StrictReader.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tables of hostile messages through real sockets and the whole proxy: each is refused or
 * normalised, and no message ever becomes two.
 */
class FramingIT {

    private static final int TIMEOUT_MILLIS = 30_000;

    /** In place of a status: the connection was reset, or its bytes were no response. */
    private static final int BROKEN = 0;

    /** Without what is a connection of HTTP/2, which is not for HTTP/1 to judge. */
    private static final List<Hostile> REQUESTS =
            HostileRequests.all().filter(hostile -> !hostile.bytes().startsWith("PRI ")).toList();

    private static final List<Hostile> RESPONSES = HostileResponses.all().toList();

    /** What a client saw, and what the origin did, of one case. */
    private record Outcome(List<Integer> statuses, List<String> seen) {}

    @TestFactory
    Stream<DynamicTest> requestsReachOurOriginInOneReadingOrNotAtAll() throws Exception {
        try (Origin origin =
                new Origin(request ->
                        "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok")) {
            List<List<Integer>> statuses = sendAll(origin.port());
            Map<String, List<String>> seen = new HashMap<>();
            for (Message request : origin.requests()) {
                String[] line = request.startLine().split(" ", -1);
                see(
                        seen,
                        String.valueOf(request.field("Host")),
                        line[0],
                        line[1],
                        request.content());
            }
            assertThat(origin.faults()).isEmpty();
            return requestTests(statuses, seen);
        }
    }

    @TestFactory
    Stream<DynamicTest> requestsReachNodeInOneReadingOrNotAtAll() throws Exception {
        try (NodeOrigin origin = new NodeOrigin("requests")) {
            List<List<Integer>> statuses = sendAll(origin.port());
            Map<String, List<String>> seen = new HashMap<>();
            for (String line : origin.end()) {
                List<String> parts = strings(line);
                assertThat(parts.getFirst()).isNotEqualTo("malformed");
                see(seen, parts.get(0), parts.get(1), parts.get(2), parts.get(3));
            }
            return requestTests(statuses, seen);
        }
    }

    @TestFactory
    Stream<DynamicTest> responsesOfOurOriginReachTheClientInOneReadingOrBroken() throws Exception {
        Map<String, String> answers = answers();
        try (Origin origin =
                new Origin(request ->
                        String.valueOf(answers.get(request.startLine().split("[ /]", 4)[2])))) {
            return responseTests(origin.port());
        }
    }

    @TestFactory
    Stream<DynamicTest> responsesOfNodeReachTheClientInOneReadingOrBroken(@TempDir Path folder)
            throws Exception {
        List<String> members = new ArrayList<>();
        answers()
                .forEach((name, bytes) ->
                        members.add(
                                '"'
                                        + name
                                        + "\":\""
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        bytes.getBytes(StandardCharsets.ISO_8859_1))
                                        + '"'));
        Path file =
                Files.writeString(
                        folder.resolve("answers.json"), "{" + String.join(",", members) + "}");
        try (NodeOrigin origin = new NodeOrigin("responses", file.toString())) {
            return responseTests(origin.port());
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

    private static <T> List<T> inParallel(List<java.util.concurrent.Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> done : threads.invokeAll(tasks)) {
                results.add(done.get());
            }
            return results;
        }
    }

    // ---- requests

    /**
     * A host of its own for each case, of the same length, so that the origin can tell them apart.
     */
    private static String hostOf(int index) {
        return "s%03d.test".formatted(index);
    }

    private static boolean endsItsConnection(Hostile hostile) {
        return hostile.bytes().contains("HTTP/1.0")
                || hostile.bytes().toLowerCase(java.util.Locale.ROOT).contains("close");
    }

    private static List<List<Integer>> sendAll(int originPort) throws Exception {
        try (Proxy proxy = proxy(originPort)) {
            List<java.util.concurrent.Callable<List<Integer>>> tasks = new ArrayList<>();
            for (int i = 0; i < REQUESTS.size(); i++) {
                int index = i;
                tasks.add(() -> send(proxy.port(), REQUESTS.get(index), index));
            }
            return inParallel(tasks);
        }
    }

    private static List<Integer> send(int port, Hostile hostile, int index) {
        String own = hostOf(index).substring(0, 4);
        String bytes = hostile.bytes().replace("site.", own + ".").replace("SITE.", own + ".");
        if (hostile.refusal() == null) {
            bytes +=
                    "GET /end HTTP/1.1\r\nHost: " + hostOf(index) + "\r\nConnection: close\r\n\r\n";
        }
        List<Integer> statuses = new ArrayList<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            StrictReader reader = new StrictReader(socket.getInputStream());
            for (Message response = reader.response(false);
                    response != null;
                    response = reader.response(false)) {
                statuses.add(response.status());
            }
        } catch (IOException broken) {
            statuses.add(BROKEN);
        }
        return statuses;
    }

    private static void see(
            Map<String, List<String>> seen,
            String host,
            String method,
            String target,
            String content) {
        seen.computeIfAbsent(host, unseen -> new ArrayList<>())
                .add(method + " " + target + (content.isEmpty() ? "" : " " + content));
    }

    private static Stream<DynamicTest> requestTests(
            List<List<Integer>> statuses, Map<String, List<String>> seen) {
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < REQUESTS.size(); i++) {
            Hostile hostile = REQUESTS.get(i);
            String own = hostOf(i).substring(0, 4);
            List<String> messages =
                    new ArrayList<>(
                            hostile.messages().stream()
                                    .map(message -> message.replace("site.", own + "."))
                                    .toList());
            List<Integer> expected = new ArrayList<>(messages.stream().map(m -> 200).toList());
            if (hostile.refusal() != null) {
                expected.add(hostile.refusal().status());
            } else if (!endsItsConnection(hostile)) {
                messages.add("GET /end");
                expected.add(200);
            }
            Outcome outcome = new Outcome(statuses.get(i), seen.getOrDefault(hostOf(i), List.of()));
            tests.add(
                    DynamicTest.dynamicTest(
                            hostile.name(),
                            () -> assertThat(outcome).isEqualTo(new Outcome(expected, messages))));
        }
        return tests.stream();
    }

    // ---- responses

    private static Map<String, String> answers() {
        Map<String, String> answers = new HashMap<>();
        for (int i = 0; i < RESPONSES.size(); i++) {
            answers.put("c" + i, RESPONSES.get(i).bytes());
            answers.put("n" + i, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
        }
        return answers;
    }

    private static Stream<DynamicTest> responseTests(int originPort) throws Exception {
        List<String> outcomes;
        try (Proxy proxy = proxy(originPort)) {
            List<java.util.concurrent.Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < RESPONSES.size(); i++) {
                int index = i;
                tasks.add(() -> fetch(proxy.port(), index));
            }
            outcomes = inParallel(tasks);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < RESPONSES.size(); i++) {
            Hostile hostile = RESPONSES.get(i);
            String outcome = outcomes.get(i);
            tests.add(
                    DynamicTest.dynamicTest(
                            hostile.name(),
                            () -> {
                                if (hostile.refusal() == null) {
                                    assertThat(outcome)
                                            .isEqualTo(hostile.messages().getLast() + ", 200 next");
                                } else {
                                    assertThat(outcome).isIn("502, 200 next", "broken, 200 next");
                                }
                            }));
        }
        return tests.stream();
    }

    /**
     * Fetches the hostile response, then another one on the same connection if that still stands.
     */
    private static String fetch(int port, int index) throws IOException {
        String next = get("/n" + index, "Connection: close\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            StrictReader reader = new StrictReader(socket.getInputStream());
            String first = answer(socket, reader, get("/c" + index, ""));
            if (!first.equals("broken")) {
                return first + ", " + answer(socket, reader, next);
            }
        }
        try (Socket fresh = new Socket(InetAddress.getLoopbackAddress(), port)) {
            fresh.setSoTimeout(TIMEOUT_MILLIS);
            return "broken, " + answer(fresh, new StrictReader(fresh.getInputStream()), next);
        }
    }

    private static String get(String path, String fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: site.test\r\n" + fields + "\r\n";
    }

    private static String answer(Socket socket, StrictReader reader, String request) {
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            Message response = reader.response(false);
            while (response != null && response.status() < 200) {
                response = reader.response(false);
            }
            if (response == null) {
                return "broken";
            }
            return response.status() == 502
                    ? "502"
                    : (response.status() + " " + response.content()).strip();
        } catch (StrictReader.NotStrict malformed) {
            return malformed.ended() ? "broken" : "malformed: " + malformed.getMessage();
        } catch (IOException reset) {
            return reset instanceof java.net.SocketTimeoutException ? "silent" : "broken";
        }
    }

    /** The strings of a JSON array of strings. */
    private static List<String> strings(String json) {
        List<String> strings = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        boolean open = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                if (open) {
                    strings.add(current.toString());
                    current.setLength(0);
                }
                open = !open;
            } else if (c == '\\') {
                char escaped = json.charAt(++i);
                switch (escaped) {
                    case 'r' -> current.append('\r');
                    case 'n' -> current.append('\n');
                    case 't' -> current.append('\t');
                    case 'u' -> {
                        current.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                        i += 4;
                    }
                    default -> current.append(escaped);
                }
            } else if (open) {
                current.append(c);
            }
        }
        return strings;
    }
}
