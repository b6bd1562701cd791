package dev.vellum.loadtest;

import dev.vellum.loadtest.Tally.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps a proxy busy for a long time and looks at every byte, and at what it takes of memory. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the proxy with a small memory and disk before an origin of its own, and keeps it"
                    + " busy: popularity as on the web (Zipf), whole objects, ranges, conditions,"
                    + " HEAD, and clients that leave in the middle. Every byte is checked.",
            "Fails when a response is wrong, when the proxy logs an error or a leak, and, in a run of"
                    + " at least three minutes, when its resident memory does not stay level."
        },
        footer = {
            "",
            "With Netty's leak detector:",
            "  vellum load soak --java-options=-Dio.netty.leakDetection.level=paranoid"
        })
final class SoakCommand implements Callable<Integer> {

    private static final int MIB = 1 << 20;

    private static final String MEMORY =
            """
            memory: {bytes: 64MiB, object-bytes: 2MiB, in-flight-bytes: 48MiB, passing-bytes: 32MiB, file-bytes: 16MiB}
            disk: {directory: disk, bytes: 512MiB, segment-bytes: 16MiB, index-bytes: 16MiB}
            """;

    @Option(
            names = "--seconds",
            defaultValue = "300",
            description = "How long (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--clients",
            defaultValue = "16",
            description = "At a time (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--objects",
            defaultValue = "20000",
            description = "That the origin has, 84 KiB on average (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--zipf",
            defaultValue = "0.9",
            description = "Exponent of their popularity (default: ${DEFAULT-VALUE}).")
    private double exponent;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of everything that is drawn by chance (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--faults",
            defaultValue = "0",
            description = {
                "Percent of the origin's responses that are 503, missing, cut, or late; what they"
                        + " explain is excused, a wrong byte is not (default: ${DEFAULT-VALUE})."
            })
    private int faults;

    @Option(names = "--java-options", defaultValue = "", description = "For the proxy's JVM.")
    private String javaOptions = "";

    private volatile boolean over;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Objects objects = new Objects(count);
        Tally tally = new Tally();
        Resident resident = new Resident();
        List<String> complaints;
        try (TemporaryFolder folder = TemporaryFolder.create();
                StubOrigin origin = new StubOrigin(objects, Faults.of(faults, seed))) {
            ProxyUnderTest proxy =
                    ProxyUnderTest.start(
                            ProxyUnderTest.launcher(),
                            ProxyUnderTest.edge(folder.path(), origin.port(), MEMORY),
                            "-Xmx256m -XX:MaxDirectMemorySize=256m -XX:+UseSerialGC "
                                    + javaOptions);
            try (proxy) {
                run(proxy, objects, tally, resident);
            }
            complaints = proxy.complaints();
            report(tally, resident, origin.requests());
        }
        tally.failures().forEach(failure -> System.out.println("wrong: " + failure));
        complaints.forEach(complaint -> System.out.println("logged: " + complaint));
        boolean judged = Duration.ofSeconds(seconds).compareTo(Resident.LEAST) >= 0;
        if (judged && !resident.isLevel()) {
            System.out.println("resident memory does not stay level");
        }
        boolean well =
                tally.failed() == 0
                        && tally.requests() > 0
                        && complaints.isEmpty()
                        && (!judged || resident.isLevel());
        return well ? 0 : 1;
    }

    private void run(ProxyUnderTest proxy, Objects objects, Tally tally, Resident resident)
            throws IOException, InterruptedException {
        int port = proxy.port();
        Zipf popularity = new Zipf(count, exponent);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            SoakClient client =
                    new SoakClient(
                            port,
                            objects,
                            popularity,
                            seed * 1000 + i,
                            tally,
                            faults > 0,
                            () -> over);
            threads.add(Thread.ofPlatform().name("soak-" + i).start(client));
        }
        for (int second = 1; second <= seconds; second++) {
            Thread.sleep(1000);
            resident.add(proxy.resident());
            if (second % 10 == 0) {
                System.out.printf(
                        Locale.ROOT,
                        "%4d s  %8d requests  %5.1f %% hits  %5d MiB resident  %d wrong%n",
                        second,
                        tally.requests(),
                        100.0 * tally.hits() / Math.max(1, tally.requests()),
                        resident.latest() / MIB,
                        tally.failed());
            }
        }
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void report(Tally tally, Resident resident, long fetched) {
        System.out.println();
        row("requests", tally.requests(), "");
        row("  each second", tally.requests() / seconds, "1/s");
        for (Kind kind : Kind.values()) {
            row("  " + kind.name().toLowerCase(Locale.ROOT), tally.requests(kind), "");
        }
        row("hits", 100 * tally.hits() / Math.max(1, tally.requests()), "%");
        row("reached the origin", fetched, "");
        row("content checked", tally.bytes() / MIB, "MiB");
        row("median", tally.percentile(50), "us");
        row("99th percentile", tally.percentile(99), "us");
        row("resident, second third", resident.most(1) / MIB, "MiB at most");
        row("resident, last third", resident.most(2) / MIB, "MiB at most");
        row("excused", tally.excuses(), "");
        row("wrong", tally.failed(), "");
    }

    private static void row(String what, long value, String unit) {
        System.out.printf(Locale.ROOT, "%-24s %12d %s%n", what, value, unit);
    }
}
