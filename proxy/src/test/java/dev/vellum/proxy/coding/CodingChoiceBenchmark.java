package dev.vellum.proxy.coding;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The choice of a coding for a hit: {@code ./vellum bench proxy CodingChoice}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodingChoiceBenchmark {

    @Param({"text/plain", "image/avif"})
    private String type = "";

    private final RequestHead request =
            new RequestHead(
                    "GET",
                    new RequestTarget.Absolute("http", new Authority("a.test", 80), "/a"),
                    HttpVersion.HTTP_1_1,
                    Fields.of("Host", "a.test"));

    @Benchmark
    public CodingChoice choose() {
        Fields fields =
                Fields.of(
                        "Server", "origin",
                        "Date", "Mon, 23 Nov 2026 05:18:00 GMT",
                        "Content-Type", type,
                        "ETag", "\"3f2a\"",
                        "Cache-Control", "max-age=36000");
        ResponseHead response = new ResponseHead(HttpVersion.HTTP_1_1, 200, "OK", fields);
        return CodingChoice.choose(request, response, 20_480, CodingConfig.DEFAULT);
    }
}
