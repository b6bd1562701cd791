package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same stream gives the same pixels, however the networks are run. */
class ExactnessTest {

    private static final byte[] DECODER = SampleModel.of(SampleModel.TINY).decoder().bytes();
    private static final byte[] ENCODER = SampleModel.of(SampleModel.TINY).encoder().bytes();

    /** Streams, whole and cut off behind each of their segments, and what the usual way gives. */
    private static final List<byte[]> STREAMS = new ArrayList<>();

    /** Segments of a stream: two groups of hyper-latents, four passes over the latents. */
    private static final int PARTS = 6;

    private static final List<Picture> EXPECTED = new ArrayList<>();

    @BeforeAll
    static void encode() throws CodecException {
        try (Model model = Model.load(DECODER, ENCODER, Model.Tuning.DEFAULT);
                ModelRegistry models = new ModelRegistry(List.of(model))) {
            for (int quality : new int[] {1, 50, 100}) {
                byte[] stream =
                        new VellumEncoder(model, Limits.DEFAULT, 0)
                                        .encode(
                                                SamplePictures.of(421, 723, quality),
                                                new Quality(quality))
                                        .stream();
                for (Segment segment : StreamReader.read(stream).segments()) {
                    STREAMS.add(Arrays.copyOf(stream, segment.offset() + segment.length() + 4));
                }
            }
            for (byte[] stream : STREAMS) {
                EXPECTED.add(new VellumDecoder(models, Limits.DEFAULT).decode(stream));
            }
        }
        assertThat(STREAMS).hasSize(3 * PARTS);
    }

    @ParameterizedTest
    @CsvSource({
        "1, true, 1", // strips of one row
        "1, true, 55", // two rows
        "1, true, 83", // three rows
        "1, true, 140", // five rows
        "1, true, 200", // seven rows
        "1, true, 300", // eleven rows
        "1, true, 1048576", // one strip
        "2, true, 4096",
        "2, true, 140",
        "1, false, 4096",
        "2, false, 83",
    })
    void pixelsDoNotDependOnThreadsStripsOrOptimisation(
            int threads, boolean optimised, int stripCells) throws CodecException {
        Model.Tuning tuning = new Model.Tuning(threads, optimised, stripCells);
        try (Model model = Model.load(DECODER, tuning);
                ModelRegistry models = new ModelRegistry(List.of(model))) {
            for (int i = 0; i < STREAMS.size(); i++) {
                Picture decoded = new VellumDecoder(models, Limits.DEFAULT).decode(STREAMS.get(i));

                assertThat(decoded.rgb()).as("stream %d", i).isEqualTo(EXPECTED.get(i).rgb());
            }
        }
    }

    @Test
    void aModelServesManyThreadsAtOnce() throws Exception {
        try (Model model = Model.load(DECODER, Model.Tuning.DEFAULT);
                ModelRegistry models = new ModelRegistry(List.of(model));
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            VellumDecoder decoder = new VellumDecoder(models, Limits.DEFAULT);
            List<Future<Picture>> results = new ArrayList<>();
            for (int i = 0; i < 4 * STREAMS.size(); i++) {
                byte[] stream = STREAMS.get(i % STREAMS.size());
                results.add(threads.submit(() -> decoder.decode(stream)));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get().rgb())
                        .isEqualTo(EXPECTED.get(i % STREAMS.size()).rgb());
            }
        }
    }

    @Test
    void moreGroupsGiveABetterPicture() throws CodecException {
        for (int first = 0; first < STREAMS.size(); first += PARTS) {
            int quality = new int[] {1, 50, 100}[first / PARTS];
            Picture original = SamplePictures.of(421, 723, quality);
            double last = 0;
            for (int i = first + 1; i < first + PARTS; i++) {
                double psnr = Fidelity.between(original, EXPECTED.get(i)).psnr();
                assertThat(psnr)
                        .as("quality %d, %d segments", quality, i - first)
                        .isGreaterThan(last);
                last = psnr;
            }
        }
    }
}
