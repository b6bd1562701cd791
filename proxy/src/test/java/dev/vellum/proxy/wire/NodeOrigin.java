package dev.vellum.proxy.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** {@code origin.js} as a process of its own: an origin whose HTTP is not ours. */
final class NodeOrigin implements AutoCloseable {

    private final Process process;
    private final int port;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reading;

    NodeOrigin(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("node", script().toString()));
        command.addAll(List.of(arguments));
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String first = out.readLine();
        if (first == null || !first.startsWith("port ")) {
            throw new IOException("origin.js: " + first + " (expected: port N)");
        }
        port = Integer.parseInt(first.substring(5));
        reading = Thread.ofVirtual().start(() -> read(out));
    }

    private static Path script() {
        try {
            return Path.of(NodeOrigin.class.getResource("origin.js").toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void read(BufferedReader out) {
        try (out) {
            out.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException ended) {
            lines.add("broken: " + ended);
        }
    }

    int port() {
        return port;
    }

    /** Ends the process, and returns every line that it printed. */
    List<String> end() throws IOException, InterruptedException {
        close();
        process.waitFor();
        reading.join();
        return List.copyOf(lines);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
    }
}
