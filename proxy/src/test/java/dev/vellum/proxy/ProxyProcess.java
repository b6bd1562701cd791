package dev.vellum.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxy as it is run: {@code vellum serve} in a process of its own, which can be killed. */
final class ProxyProcess implements AutoCloseable {

    private static final Pattern LISTENING =
            Pattern.compile("listening on [^ ]*:(\\d+), admin on [^ ]*:(\\d+)");

    private static final String END = "(it has ended)";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final int port;
    private final int adminPort;

    /**
     * Starts it and waits until it listens.
     *
     * @param options of the JVM
     */
    ProxyProcess(Path config, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (Files.exists(Path.of("/proc"))) {
            // under nohup children ignore SIGHUP too, and the JVM leaves it at that
            command.addAll(List.of("env", "--default-signal=HUP"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx320m",
                        "-XX:MaxDirectMemorySize=768m"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("dev.vellum.proxy.ProxyMain", "serve", "--config", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // not as an argument: a long command line ends ONNX Runtime
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process = builder.start();
        Thread.ofVirtual().start(this::read);
        Matcher listening = await(LISTENING);
        port = Integer.parseInt(listening.group(1));
        adminPort = Integer.parseInt(listening.group(2));
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().forEach(lines::add);
        } catch (IOException | java.io.UncheckedIOException killed) {
            // as it may be at any time
        } finally {
            lines.add(END);
        }
    }

    /** The next line of its log in which that is found; lines before it are passed over. */
    Matcher await(Pattern pattern) throws InterruptedException {
        StringBuilder seen = new StringBuilder();
        while (true) {
            String line = lines.poll(60, TimeUnit.SECONDS);
            if (line == null || line.equals(END)) {
                throw new AssertionError(
                        "not logged: " + pattern + " (expected: soon after)\n" + seen);
            }
            Matcher found = pattern.matcher(line);
            if (found.find()) {
                return found;
            }
            seen.append(line).append('\n');
        }
    }

    int port() {
        return port;
    }

    int adminPort() {
        return adminPort;
    }

    /** Sends SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    }

    /** Sends SIGKILL, and waits until it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** A request to the admin port, with the token that lies in {@code token}. */
    RawClient.Response admin(String method, String target, Path token) throws IOException {
        String secret = Files.readString(token).strip();
        try (RawClient client = new RawClient(adminPort)) {
            return client.exchange(
                    method,
                    target,
                    "Host: localhost\r\nAuthorization: Bearer " + secret + "\r\n",
                    "");
        }
    }

    /** The value of a metric without labels. */
    long metric(String name, Path token) throws IOException {
        for (String line : admin("GET", "/metrics", token).body().split("\n", -1)) {
            if (line.startsWith(name + " ")) {
                return (long) Double.parseDouble(line.substring(name.length() + 1));
            }
        }
        throw new IOException(name + " (expected: a metric)");
    }

    /** Resident memory now, in bytes. */
    long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("VmRSS (expected: a line in status)");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
