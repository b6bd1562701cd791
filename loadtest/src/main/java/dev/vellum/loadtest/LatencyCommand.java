package dev.vellum.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how long responses take at a rate that the server must bear. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Sends GET requests at fixed times over kept connections, whether or not earlier ones are"
                    + " done, and prints how long each took from when it should have begun.",
            "Takes a whole core: taskset -c 1 vellum load latency ..."
        })
final class LatencyCommand implements Callable<Integer> {

    /** Shares of the requests, in percent. */
    static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 100.0);

    @Option(names = "--url", required = true, description = "Of loopback, http.")
    private URI url = URI.create("http://127.0.0.1/");

    @Option(names = "--rate", required = true, description = "Requests a second.")
    private double rate;

    @Option(names = "--seconds", description = "Of the measurement, behind the warm-up.")
    private long seconds = 60;

    @Option(names = "--warm-up", description = "Seconds at the same rate before it.")
    private long warmUp = 5;

    @Option(names = "--connections", description = "Kept alive.")
    private int connections = 64;

    @Option(names = "--name", description = "Of the server, for the table and the results.")
    private String name = "server";

    @Option(
            names = "--results",
            paramLabel = "FILE",
            description = "To append a line to, for vellum load report.")
    private @Nullable Path results;

    @Override
    public Integer call() throws IOException {
        InetSocketAddress server = new InetSocketAddress(url.getHost(), url.getPort());
        if (server.getAddress() == null || !server.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("--url " + url + " (expected: on loopback)");
        }
        try (PacedLoad load = new PacedLoad(server, url.getRawPath(), connections)) {
            if (warmUp > 0) {
                load.run(rate, Duration.ofSeconds(warmUp));
            }
            PacedLoad.Result seen = load.run(rate, Duration.ofSeconds(seconds));
            Histogram micros = seen.micros();
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %8.0f/s %9d requests",
                    name,
                    micros.getTotalCount() / seen.seconds(),
                    micros.getTotalCount());
            StringBuilder line = new StringBuilder("latency\t" + name);
            for (double percent : PERCENTILES) {
                long value = micros.getValueAtPercentile(percent);
                System.out.printf(Locale.ROOT, "  %s %d us", label(percent), value);
                line.append('\t').append(value);
            }
            System.out.println(seen.failed() == 0 ? "" : "  " + seen.failed() + " failed");
            if (results != null) {
                Files.writeString(
                        results, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            return seen.failed() == 0 ? 0 : 1;
        }
    }

    static String label(double percent) {
        return percent == 100 ? "max" : "p" + (percent % 1 == 0 ? "" + (int) percent : percent);
    }
}
