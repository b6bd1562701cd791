package dev.vellum.loadtest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what clients cost that have asked once and now wait. */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Starts an edge, opens connections, asks for something small on each, and leaves them"
                    + " open. Prints the proxy's resident memory: after the start, with all"
                    + " connections, and again when the collector has had its idle minutes.",
            "Fails when a connection costs more than --most bytes then. Needs as many open files as"
                    + " connections (ulimit -n)."
        })
final class IdleCommand implements Callable<Integer> {

    @Option(names = "--connections", description = "Kept open.")
    private int count = 10_000;

    @Option(names = "--wait", description = "Seconds before, and again behind, the opening.")
    private int wait = 130;

    @Option(names = "--most", description = "Bytes that one may cost.")
    private long most = 10_000;

    @Option(names = "--java-options", description = "For the proxy's JVM.")
    private String javaOptions = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Wire> open = new ArrayList<>();
        try (TemporaryFolder folder = TemporaryFolder.create();
                StubOrigin origin = new StubOrigin(new Objects(100), Faults.of(0, 1));
                ProxyUnderTest proxy =
                        ProxyUnderTest.start(
                                ProxyUnderTest.launcher(),
                                ProxyUnderTest.edge(folder.path(), origin.port(), limits()),
                                javaOptions)) {
            // what the first requests load and compile is no connection's cost
            for (int i = 0; i < 200; i++) {
                ask(proxy.port()).close();
            }
            row("after the start", proxy.resident());
            Thread.sleep(wait * 1000L);
            long before = row("at rest", proxy.resident());
            for (int i = 0; i < count; i++) {
                open.add(ask(proxy.port()));
            }
            row(count + " connections", proxy.resident());
            Thread.sleep(wait * 1000L);
            long after = row("the same, at rest", proxy.resident());
            long each = (after - before) / count;
            System.out.printf(Locale.ROOT, "%-24s %8d bytes%n", "each", each);
            return each <= most ? 0 : 1;
        } finally {
            for (Wire wire : open) {
                wire.close();
            }
        }
    }

    private String limits() {
        return """
        limits: {connections: %d, connections-per-client: %d}
        timeouts: {keep-alive: 30m}
        """
                .formatted(2 * count + 100, 2 * count + 100);
    }

    private static Wire ask(int port) throws IOException {
        Wire wire = new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
        wire.send("HEAD /o/1 HTTP/1.1\r\nHost: soak.test\r\n\r\n");
        String head = wire.head();
        if (head == null || !head.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(head + " (expected: 200)");
        }
        return wire;
    }

    private static long row(String what, long bytes) {
        System.out.printf(Locale.ROOT, "%-24s %8.1f MiB resident%n", what, bytes / 1048576.0);
        return bytes;
    }
}
