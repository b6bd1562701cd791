package dev.vellum.loadtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxy in a process of its own, started by the launcher, and what it says. */
final class ProxyUnderTest implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on [^ ]*:(\\d+), admin");
    private static final Pattern COMPLAINT = Pattern.compile(" ERROR |LEAK:|OutOfMemory");

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** What was said before it listened, or instead. */
    private final List<String> before = new CopyOnWriteArrayList<>();

    private ProxyUnderTest(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    /** The command of this checkout or distribution. */
    static Path launcher() {
        return Path.of(System.getProperty("vellum.home", "."), "vellum").toAbsolutePath();
    }

    /**
     * The configuration of an edge on a free port, written to {@code folder}.
     *
     * @param origin port of the host soak.test on loopback
     * @param more sections, each with its line end
     */
    static Path edge(Path folder, int origin, String more) throws IOException {
        return Files.writeString(
                folder.resolve("edge.yaml"),
                """
                role: edge
                listen: {host: 127.0.0.1, port: 0}
                admin: {port: 0, token-file: token}
                routes: [{hosts: [soak.test], origins: ["http://127.0.0.1:%d"]}]
                log: {access: off}
                %s\
                """
                        .formatted(origin, more));
    }

    /**
     * Starts it.
     *
     * @param launcher the {@code vellum} script
     * @param javaOptions of its JVM
     */
    static ProxyUnderTest start(Path launcher, Path config, String javaOptions) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString(), "serve", "--config", config.toString());
        builder.environment().put("JAVA_OPTIONS", javaOptions);
        return new ProxyUnderTest(builder.redirectErrorStream(true).start());
    }

    private void listen() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().forEach(this::heard);
        } catch (IOException | UncheckedIOException ended) {
            // with the process
        }
        port.completeExceptionally(
                new IOException("the proxy ended: " + String.join("\n", before)));
    }

    private void heard(String line) {
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
            port.complete(Integer.parseInt(listening.group(1)));
        }
        if (COMPLAINT.matcher(line).find()) {
            complaints.add(line);
        }
        if (!port.isDone()) {
            before.add(line);
        }
    }

    /** Where it listens; waits for that, for building it too. */
    int port() throws IOException, InterruptedException {
        try {
            return port.get(10, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException never) {
            throw new IOException("the proxy does not listen: " + never.getMessage(), never);
        }
    }

    /** Errors that it logged, leaks that Netty found. */
    List<String> complaints() {
        return complaints;
    }

    /** Resident memory now, in bytes. */
    long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("VmRSS (expected: a line of the process's status)");
    }

    /** Lets it end as SIGTERM does, and its last leaks be told. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
