package dev.vellum.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricsTest {

    private final Metrics metrics = new Metrics();

    private static Summary summary(
            Handling handling, int status, long fetched, long sent, @Nullable Failure failure) {
        return new Summary(
                1,
                Instant.EPOCH,
                Duration.ofMillis(3),
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5000),
                "",
                new RequestHead(
                        "GET",
                        new RequestTarget.Absolute("http", new Authority("a", 80), "/"),
                        HttpVersion.HTTP_1_1,
                        Fields.of()),
                status,
                handling,
                failure == null,
                fetched,
                sent,
                "",
                0,
                failure);
    }

    private String text() {
        return metrics.text();
    }

    @Test
    void aHitIsCountedWithTheBytesItSaved() {
        metrics.record(summary(Handling.HIT, 200, 0, 1000, null));
        metrics.record(summary(Handling.REVALIDATED, 200, 100, 1000, null));
        metrics.record(summary(Handling.MISS, 200, 0, 1000, null));
        assertThat(text())
                .contains("vellum_requests_total{handling=\"hit\",status=\"2xx\"} 1.0\n")
                .contains("vellum_saved_bytes_total{reason=\"hit\"} 1000.0\n")
                .contains("vellum_saved_bytes_total{reason=\"revalidated\"} 900.0\n")
                .contains("vellum_saved_bytes_total{reason=\"miss\"} 0.0\n")
                .contains("vellum_sent_bytes_total{handling=\"miss\"} 1000.0\n")
                .contains("vellum_request_seconds_bucket{handling=\"hit\",le=\"0.005\"} 1\n")
                .contains("vellum_request_seconds_bucket{handling=\"hit\",le=\"0.0025\"} 0\n");
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureHasACounterOfItsOwn(Failure failure) {
        metrics.record(summary(Handling.LOCAL, failure.status(), 0, 10, failure));
        String label = failure.name().toLowerCase(Locale.ROOT);
        assertThat(text())
                .containsPattern(
                        "vellum_failures_total\\{failure=\""
                                + label
                                + "\",fault=\"[a-z]+\"} 1\\.0\n");
    }

    @Test
    void everyMetricIsDocumented() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        text().lines()
                .filter(line -> line.startsWith("# TYPE vellum_"))
                .map(line -> line.split(" ", -1)[2])
                .forEach(name -> assertThat(readme).contains("`" + name + "`"));
    }
}
