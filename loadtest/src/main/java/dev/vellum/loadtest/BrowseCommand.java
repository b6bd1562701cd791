package dev.vellum.loadtest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Visits pages with their pictures, as many browsers do, at times that do not depend on them. */
@Command(
        name = "browse",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Starts an edge before an origin of its own and visits the origin's pages through it:"
                    + " popularity as on the web (Zipf), each visit a document and then 1 to 24"
                    + " pictures over six connections. Visits begin at fixed times, whether or not"
                    + " earlier ones are done. Every byte is checked.",
            "Prints how long pages took from when their visit should have begun, and how much of it"
                    + " the cache had. Fails when a response is wrong."
        })
final class BrowseCommand implements Callable<Integer> {

    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 100.0);

    @Option(names = "--seconds", description = "How long.")
    private int seconds = 60;

    @Option(names = "--rate", description = "Visits a second.")
    private double rate = 20;

    @Option(names = "--pages", description = "That the site has.")
    private int count = 300;

    @Option(names = "--zipf", description = "Exponent of their popularity.")
    private double exponent = 0.9;

    @Option(names = "--connections", description = "Of one browser.")
    private int connections = 6;

    @Option(names = "--seed", description = "Of everything that is drawn by chance.")
    private long seed = 1;

    @Option(names = "--java-options", description = "For the proxy's JVM.")
    private String javaOptions = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Pages pages = new Pages(count);
        Objects objects = new Objects(pages.objects());
        Tally tally = new Tally();
        Histogram millis = new ConcurrentHistogram(3);
        try (TemporaryFolder folder = TemporaryFolder.create();
                StubOrigin origin = new StubOrigin(objects, Faults.of(0, seed));
                ProxyUnderTest proxy =
                        ProxyUnderTest.start(
                                ProxyUnderTest.launcher(),
                                ProxyUnderTest.edge(folder.path(), origin.port(), ""),
                                javaOptions)) {
            PageLoad load = new PageLoad(proxy.port(), objects, pages, connections, tally);
            visit(load, tally, millis);
            System.out.println();
            row("pages", millis.getTotalCount(), "");
            for (double percent : PERCENTILES) {
                String label = "  " + LatencyCommand.label(percent);
                row(label, millis.getValueAtPercentile(percent), "ms");
            }
            row("requests", tally.requests(), "");
            row("hits", 100 * tally.hits() / Math.max(1, tally.requests()), "%");
            row("content checked", tally.bytes() >> 20, "MiB");
            row("reached the origin", origin.requests(), "");
            row("resident", proxy.resident() >> 20, "MiB");
            row("wrong", tally.failed(), "");
        }
        tally.failures().forEach(failure -> System.out.println("wrong: " + failure));
        return tally.failed() == 0 && tally.requests() > 0 ? 0 : 1;
    }

    private void visit(PageLoad load, Tally tally, Histogram millis) throws InterruptedException {
        Zipf popularity = new Zipf(count, exponent);
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> visits = new ArrayList<>();
        long start = System.nanoTime();
        long told = 0;
        for (int i = 0; i < rate * seconds; i++) {
            long due = start + Math.round(i / rate * 1e9);
            while (System.nanoTime() < due) {
                Thread.sleep(Math.max(1, (due - System.nanoTime()) / 1_000_000));
            }
            int page = popularity.next(random);
            visits.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    load.run(page);
                                    millis.recordValue((System.nanoTime() - due) / 1_000_000);
                                } catch (InterruptedException never) {
                                    Thread.currentThread().interrupt();
                                }
                            }));
            long second = (due - start) / 10_000_000_000L * 10;
            if (second > told) {
                told = second;
                System.out.printf(
                        Locale.ROOT,
                        "%4d s  %7d pages  %8d requests  %5.1f %% hits  %d wrong%n",
                        second,
                        millis.getTotalCount(),
                        tally.requests(),
                        100.0 * tally.hits() / Math.max(1, tally.requests()),
                        tally.failed());
            }
        }
        for (Thread visit : visits) {
            visit.join();
        }
    }

    private static void row(String what, long value, String unit) {
        System.out.printf(Locale.ROOT, "%-20s %10d %s%n", what, value, unit);
    }
}
