package dev.vellum.proxy.admin;

import dev.vellum.proxy.exchange.Journal;
import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Counts what becomes of requests. Names and labels are stable and documented in the README.
 * Counting is a few additions to counters found by ordinal: no label is looked up by text.
 */
public final class Metrics implements Journal {

    /** Upper bounds in seconds. */
    private static final double[] SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    /** Label values, by the hundreds of the status; the first is for no response at all. */
    private static final List<String> STATUSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<Handling, ByHandling> handlings = new EnumMap<>(Handling.class);
    private final Map<Failure, CounterDataPoint> failures = new EnumMap<>(Failure.class);

    private final Map<String, CounterDataPoint> pictures = new HashMap<>();
    private final CounterDataPoint savedByPictures;

    /** Counters of one handling, by the hundreds of the status where it matters. */
    private record ByHandling(
            List<CounterDataPoint> requests,
            CounterDataPoint sent,
            CounterDataPoint fetched,
            CounterDataPoint saved,
            CounterDataPoint broken,
            DistributionDataPoint seconds) {}

    public Metrics() {
        Counter requests =
                counter("vellum_requests", "Requests that are over.", "handling", "status");
        Counter sent = counter("vellum_sent_bytes", "Content bytes sent to clients.", "handling");
        Counter fetched =
                counter(
                        "vellum_fetched_bytes",
                        "Content bytes received from upstream.",
                        "handling");
        Counter saved =
                counter(
                        "vellum_saved_bytes",
                        "Content bytes sent that upstream did not have to send, by reason.",
                        "reason");
        savedByPictures = saved.labelValues("picture");
        Counter shown =
                counter(
                        "vellum_pictures",
                        "Pictures sent, by the variant's type or why it was the original.",
                        "outcome");
        Stream.concat(
                        Stream.of(Format.values()).map(Format::mediaType),
                        Stream.concat(
                                Stream.of(Form.Latents.TYPE),
                                Stream.of(Bypass.values()).map(Bypass::label)))
                .forEach(outcome -> pictures.put(outcome, shown.labelValues(outcome)));
        pictures.put(Summary.FIRST_VIEW, shown.labelValues(Summary.FIRST_VIEW));
        Counter broken =
                counter("vellum_incomplete_responses", "Responses that broke off.", "handling");
        Histogram seconds =
                Histogram.builder()
                        .name("vellum_request_seconds")
                        .help("From a request's header to the end of its response.")
                        .labelNames("handling")
                        .classicOnly()
                        .withoutExemplars()
                        .classicUpperBounds(SECONDS)
                        .register(registry);
        for (Handling handling : Handling.values()) {
            String label = label(handling);
            List<CounterDataPoint> byStatus =
                    STATUSES.stream().map(status -> requests.labelValues(label, status)).toList();
            handlings.put(
                    handling,
                    new ByHandling(
                            byStatus,
                            sent.labelValues(label),
                            fetched.labelValues(label),
                            saved.labelValues(label),
                            broken.labelValues(label),
                            seconds.labelValues(label)));
        }
        Counter failed =
                counter(
                        "vellum_failures",
                        "Requests that the proxy answered with an error or broke off, by cause.",
                        "failure",
                        "fault");
        for (Failure failure : Failure.values()) {
            failures.put(failure, failed.labelValues(label(failure), label(failure.fault())));
        }
        Info.builder()
                .name("vellum_build_info")
                .help("The program that runs.")
                .labelNames("version")
                .register(registry)
                .addLabelValues("0.1.0");
        JvmMetrics.builder().register(registry);
    }

    private Counter counter(String name, String help, String... labels) {
        // exemplars are of traces, of which this has none, and look at the clock
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** Metric labels are the enums' names in lower case. */
    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Adds a metric that is read when it is asked for, such as connections open now. */
    public void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /** As {@link #gauge}, for what only grows. */
    public void count(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /** As {@link #count}, by the values of one label. */
    public void count(String name, String help, String label, Map<String, LongSupplier> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                        values.forEach(
                                (value, count) -> callback.call((double) count.getAsLong(), value)))
                .register(registry);
    }

    @Override
    public void record(Summary summary) {
        ByHandling counters = handlings.get(summary.handling());
        if (counters == null) {
            throw new IllegalStateException("handling: " + summary.handling());
        }
        int hundreds = summary.status() / 100;
        counters.requests().get(hundreds < STATUSES.size() ? hundreds : 0).inc();
        add(counters.sent(), summary.sent());
        add(counters.fetched(), summary.fetched());
        if (isFromStore(summary.handling())) {
            add(counters.saved(), summary.sent() - summary.fetched());
        }
        CounterDataPoint picture = pictures.get(withoutParameters(summary.picture()));
        if (picture != null && (summary.status() == 200 || summary.status() == 206)) {
            picture.inc();
        }
        if (summary.sent() > 0 && summary.status() == 200) {
            add(savedByPictures, summary.pictureSaved());
        }
        counters.seconds().observe(summary.took().toNanos() / 1e9);
        if (!summary.whole()) {
            counters.broken().inc();
        }
        Failure failure = summary.failure();
        if (failure != null) {
            failed(failure);
        }
    }

    private static String withoutParameters(String mediaType) {
        int end = mediaType.indexOf(';');
        return end < 0 ? mediaType : mediaType.substring(0, end);
    }

    @Override
    public void refused(Failure failure) {
        failed(failure);
    }

    private void failed(Failure failure) {
        CounterDataPoint counter = failures.get(failure);
        if (counter != null) {
            counter.inc();
        }
    }

    /** Whether what was sent had been fetched for another request. */
    private static boolean isFromStore(Handling handling) {
        return switch (handling) {
            case HIT, STALE, REVALIDATED, COLLAPSED -> true;
            case MISS, PASS, TUNNEL, LOCAL -> false;
        };
    }

    private static void add(CounterDataPoint counter, long amount) {
        if (amount > 0) {
            counter.inc(amount);
        }
    }

    /** All metrics in Prometheus' text format 0.0.4. */
    public String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(32 * 1024);
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
