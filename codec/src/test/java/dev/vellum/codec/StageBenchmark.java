package dev.vellum.codec;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.StreamSymbols;
import dev.vellum.codec.latent.SymbolCoder;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of each stage on one thread, with a model of the size of a real one: {@code ./vellum bench
 * codec StageBenchmark}. A picture has 3 megapixels.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class StageBenchmark {

    private static final int WIDTH = 2048;
    private static final int HEIGHT = 1504;
    private static final int QUALITY = 30;

    @Param("4096")
    int stripCells = 4096;

    private final Picture picture = SamplePictures.of(WIDTH, HEIGHT, 1);
    private final Grid grid = new Grid(WIDTH, HEIGHT);
    private final Deadline deadline = new Deadline(Duration.ofHours(1), System::nanoTime);
    private final Workspace workspace = new Workspace();
    private final byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    private Coded coded = Coded.of(picture, stripCells);
    private byte[] z = {};
    private @Nullable Latents latents;

    /** A picture at every stage of its way. */
    private record Coded(Model model, Encoded encoded, List<Segment> segments) {

        static Coded of(Picture picture, int stripCells) {
            SampleModel.Files files = SampleModel.of(SampleModel.FULL);
            try {
                Model model =
                        Model.load(
                                files.decoder().bytes(),
                                files.encoder().bytes(),
                                new Model.Tuning(1, true, stripCells));
                Encoded encoded =
                        new VellumEncoder(model, Limits.DEFAULT, 0)
                                .encode(picture, new Quality(QUALITY));
                return new Coded(model, encoded, StreamReader.read(encoded.stream()).segments());
            } catch (CodecException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Setup
    public void prepare() throws CodecException {
        coded.model.close();
        coded = Coded.of(picture, stripCells);
        z = hyperLatents();
        latents = latents();
    }

    @TearDown
    public void close() {
        workspace.close();
        coded.model.close();
    }

    @Benchmark
    public Picture decode() throws CodecException {
        return new VellumDecoder(new ModelRegistry(List.of(coded.model)), Limits.DEFAULT)
                .decode(coded.encoded.stream());
    }

    @Benchmark
    public Fidelity compare() {
        return Fidelity.between(picture, coded.encoded.decoded());
    }

    @Benchmark
    public byte[] hyperLatents() throws CodecException {
        CodingOrder order = order();
        return coded.model
                .hyperLatents()
                .decode(
                        coded.encoded.stream(),
                        order.hyperParts(),
                        coded.segments.subList(0, order.hyperParts().size()),
                        QUALITY,
                        grid);
    }

    /** The networks of the entropy path and the symbols. */
    @Benchmark
    public Latents latents() throws CodecException {
        return run(
                new StreamSymbols(
                        coded.encoded.stream(),
                        coded.segments.subList(order().hyperParts().size(), coded.segments.size()),
                        coded.model.latentTables(),
                        order().lanes()));
    }

    private CodingOrder order() {
        return CodingOrder.of(coded.model.decoderFile().manifest(), grid);
    }

    /** The networks of the entropy path alone. */
    @Benchmark
    public Latents predictions() throws CodecException {
        return run(
                new SymbolCoder() {
                    @Override
                    public void begin(CodingOrder.Part part) {}

                    @Override
                    public void code(PassRow row) {}

                    @Override
                    public void end(CodingOrder.Part part) {}
                });
    }

    private Latents run(SymbolCoder coder) throws CodecException {
        return coded.model.entropyNetwork().run(z, QUALITY, grid, coder, workspace, deadline);
    }

    /** The synthesis network and the pixels. */
    @Benchmark
    public byte[] synthesis() throws CodecException {
        coded.model.synthesis().run(Objects.requireNonNull(latents), rgb, workspace, deadline);
        return rgb;
    }

    /** Analysis of the sample model, a cosine transform, and the pixels. */
    @Benchmark
    public float[] analysis() throws CodecException {
        return coded.model.analysis().latents(picture.rgb(), grid, true, workspace, deadline);
    }
}
