package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Hop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
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

/** Writing of a hit's head: {@code ./vellum bench proxy ReadyHead}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadyHeadBenchmark {

    private final ReadyHead head =
            new ReadyHead(new Hop(Hop.Role.EDGE, "vellum-1", "127.0.0.1", "http"));
    private final byte[] ready =
            "HTTP/1.1 200 OK\r\nContent-Type: image/avif\r\nETag: \"3f2a\"\r\nContent-Length: 20480\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private final ByteBuf out = Unpooled.directBuffer(1024);

    @Benchmark
    public ByteBuf write() {
        head.write(ready, true, 61, 3539, out.clear());
        return out;
    }
}
