package dev.vellum.proxy.wire;

import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.Framing.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
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

/** Reading of a browser's request: {@code ./vellum bench proxy RequestDecoder}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RequestDecoderBenchmark {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RequestReader reader =
            Framing.requests(channel.pipeline(), Limits.DEFAULT, "http");
    private final ByteBuf request =
            Unpooled.copiedBuffer(
                    """
                    GET /pictures/2026/11/harbour-1280.jpg HTTP/1.1
                    Host: www.example.test
                    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
                    Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5
                    Accept-Language: en-GB,en;q=0.5
                    Accept-Encoding: gzip, deflate, br, zstd
                    Connection: keep-alive
                    Referer: http://www.example.test/2026/11/
                    Sec-Fetch-Dest: image
                    Sec-Fetch-Mode: no-cors
                    Sec-Fetch-Site: same-origin
                    Priority: u=5, i

                    """
                            .replace("\n", "\r\n"),
                    StandardCharsets.US_ASCII);

    @Benchmark
    public Object read() {
        channel.writeInbound(request.retainedDuplicate());
        Object head = channel.readInbound();
        channel.readInbound();
        reader.next();
        return head;
    }
}
