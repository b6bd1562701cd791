package dev.vellum.proxy.command;

import dev.vellum.proxy.config.ConfigReader;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.pregenerate.Pregeneration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has a running proxy fetch pictures and make their forms before anyone asks. */
@Command(
        name = "pregenerate",
        mixinStandardHelpOptions = true,
        description = {
            "Visits pictures through a running proxy until their forms are made, so that first views",
            "find them. What is done is noted in --state: a run that was killed goes on from there.",
            "The proxy is found by its configuration; without one, the default port is used.",
        })
public final class PregenerateCommand implements Callable<Integer> {

    private static final int BAR = 30;

    @ArgGroup(multiplicity = "1")
    private From from = new From();

    /** Where the URLs come from. */
    static final class From {
        @Option(names = "--urls", paramLabel = "FILE", description = "URLs, one on each line.")
        private @Nullable Path urls;

        @Option(
                names = "--sitemap",
                paramLabel = "URL",
                description = "A sitemap, or an index of them; fetched through the proxy.")
        private @Nullable URI sitemap;
    }

    @Option(names = "--config", paramLabel = "FILE", description = "The proxy's configuration.")
    private @Nullable Path file;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            defaultValue = "pregenerate.done",
            description = "Notes what is done; default: ${DEFAULT-VALUE}.")
    private Path state = Path.of("pregenerate.done");

    @Option(
            names = "--rate",
            paramLabel = "NUMBER",
            defaultValue = "10",
            description = "Pictures a second at most; default: ${DEFAULT-VALUE}.")
    private double rate = 10;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "For one form of one picture; default: ${DEFAULT-VALUE}.")
    private int patience = 120;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(rate > 0)) {
            throw new IOException("--rate " + rate + " (expected: > 0)");
        }
        ProxyConfig config =
                (file == null
                                ? new ConfigReader(System.getenv(), Path.of(""))
                                        .read("", "defaults")
                                : ConfigReader.readFile(file, System.getenv()))
                        .proxy();
        Pregeneration pregeneration =
                new Pregeneration(
                        address(config),
                        Duration.ofNanos((long) (1e9 / rate)),
                        Duration.ofSeconds(patience));
        List<URI> all = from.sitemap == null ? listed() : pregeneration.sitemap(from.sitemap);
        Set<String> known = Files.exists(state) ? done() : Set.of();
        List<URI> urls = all.stream().filter(url -> !known.contains(url.toString())).toList();
        return run(pregeneration, urls, all.size());
    }

    private int run(Pregeneration pregeneration, List<URI> urls, int all)
            throws IOException, InterruptedException {
        int[] counts = {all - urls.size(), 0};
        try (Writer notes =
                Files.newBufferedWriter(
                        state, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            notes.write('\n'); // ends a line that a kill has cut short
            pregeneration.run(
                    urls,
                    (url, outcome) -> {
                        counts[0]++;
                        boolean failed = outcome.matches("failed.*|status .*|too slow.*");
                        counts[1] += failed ? 1 : 0;
                        note(notes, failed ? "" : url + "\t" + outcome + "\n");
                        System.err.printf(
                                "\r%s %d of %d, %d failed",
                                bar(counts[0], all), counts[0], all, counts[1]);
                        if (failed) {
                            System.err.printf("%n%s: %s%n", url, outcome);
                        }
                    });
        }
        System.err.println();
        return counts[1] == 0 ? 0 : 1;
    }

    private static void note(Writer notes, String line) {
        try {
            notes.write(line);
            notes.flush();
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    private static String bar(int done, int all) {
        int filled = all == 0 ? BAR : BAR * done / all;
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
    }

    private List<URI> listed() throws IOException {
        if (from.urls == null) {
            throw new IllegalStateException("urls: null (expected: --urls or --sitemap)");
        }
        List<URI> listed = new ArrayList<>();
        for (String line : Files.readAllLines(from.urls)) {
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                listed.add(url(text));
            }
        }
        return listed;
    }

    private static URI url(String text) throws IOException {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && url.getScheme() != null) {
                return url;
            }
        } catch (IllegalArgumentException malformed) {
            throw new IOException("\"" + text + "\" (expected: a URL)", malformed);
        }
        throw new IOException("\"" + text + "\" (expected: an absolute URL)");
    }

    /** A line that a kill has cut short has no tab, and does not count. */
    private Set<String> done() throws IOException {
        Set<String> done = new HashSet<>();
        for (String line : Files.readAllLines(state)) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                done.add(line.substring(0, tab));
            }
        }
        return done;
    }

    private static InetSocketAddress address(ProxyConfig config) {
        String host = config.listen().host();
        return new InetSocketAddress(
                host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host,
                config.listen().port());
    }
}
