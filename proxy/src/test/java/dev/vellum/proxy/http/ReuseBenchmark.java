package dev.vellum.proxy.http;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a hit is decided by: {@code ./vellum bench proxy Reuse}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReuseBenchmark {

    private final RequestHead request =
            Responses.get("Accept-Encoding", "gzip, br", "Accept-Language", "en-GB,en;q=0.5");
    private final StoredResponse stored =
            Responses.stored(
                    request,
                    Responses.ok(
                            "Cache-Control",
                            "max-age=3600, stale-while-revalidate=60",
                            "Vary",
                            "Accept-Encoding",
                            "ETag",
                            "\"a\""));
    private final Instant later = Responses.NOW.plusSeconds(60);

    @Benchmark
    public Reuse decide() {
        return Reuse.decide(request, stored, later, CachePolicy.EDGE);
    }
}
