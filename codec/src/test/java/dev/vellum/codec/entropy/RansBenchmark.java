package dev.vellum.codec.entropy;

import dev.vellum.codec.CodecException;
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

/** Time of one symbol, coded and decoded: {@code ./vellum bench codec RansBenchmark}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RansBenchmark {

    private static final int SYMBOLS = 1 << 16;

    @Param({"1", "4"})
    int lanes = 1;

    private final EntropyTable[] tables = Tables.growing(40).toArray(new EntropyTable[0]);
    private final byte[] kinds = new byte[SYMBOLS];
    private final int[] symbols = new int[SYMBOLS];
    private byte[] bytes = {};

    @Setup
    public void draw() {
        Random random = new Random(1);
        for (int i = 0; i < SYMBOLS; i++) {
            kinds[i] = (byte) Math.min(39, Math.abs(random.nextGaussian()) * 8);
            EntropyTable table = tables[kinds[i]];
            symbols[i] = table.least() + table.find(random.nextInt(1 << 16));
        }
        bytes = encode();
    }

    @Benchmark
    @OperationsPerInvocation(SYMBOLS)
    public byte[] encode() {
        RansEncoder encoder = new RansEncoder(lanes);
        for (int i = 0; i < SYMBOLS; i++) {
            encoder.put(tables[kinds[i]], symbols[i]);
        }
        return encoder.finish();
    }

    @Benchmark
    @OperationsPerInvocation(SYMBOLS)
    public int decode() throws CodecException {
        RansDecoder decoder = new RansDecoder(bytes, 0, bytes.length, lanes);
        int sum = 0;
        for (int i = 0; i < SYMBOLS; i++) {
            sum += decoder.get(tables[kinds[i]]);
        }
        decoder.finish();
        return sum;
    }
}
