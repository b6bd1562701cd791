package dev.vellum.codec.container;

import dev.vellum.codec.CodecException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading of segment lengths: {@code ./vellum bench codec VarIntBenchmark}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VarIntBenchmark {

    private static final int NUMBERS = 1024;

    @Param({"7", "14", "31"})
    int bits = 14;

    private ByteBuffer buffer = ByteBuffer.allocate(NUMBERS * VarInt.MAX_BYTES);

    @Setup
    public void fill() {
        Random random = new Random(1);
        buffer.clear();
        for (int i = 0; i < NUMBERS; i++) {
            VarInt.write(buffer, random.nextInt() >>> (32 - bits));
        }
    }

    @Benchmark
    @OperationsPerInvocation(NUMBERS)
    public int read() throws CodecException {
        buffer.rewind();
        int sum = 0;
        for (int i = 0; i < NUMBERS; i++) {
            sum += VarInt.read(buffer);
        }
        return sum;
    }
}
