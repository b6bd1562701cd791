package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stream takes beyond the information in its symbols. */
class OverheadTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 40",
        "16, 16, 40",
        "100, 60, 40",
        "250, 250, 40",
        "256, 256, 40",
        "255, 3, 40",
        "640, 480, 80",
        "1200, 900, 120"
    })
    void itIsAtMost(int width, int height, int bytes) throws CodecException {
        SampleModel.Files files = SampleModel.of(SampleModel.TINY);
        try (Model model =
                Model.load(
                        files.decoder().bytes(), files.encoder().bytes(), Model.Tuning.DEFAULT)) {
            for (int quality : new int[] {1, 30, 60, 100}) {
                byte[] stream =
                        new VellumEncoder(model, Limits.DEFAULT, 0)
                                        .encode(
                                                SamplePictures.of(width, height, 5),
                                                new Quality(quality))
                                        .stream();

                double information = information(model, stream) / 8;

                assertThat(stream.length - information)
                        .as("quality %d, %d bytes", quality, stream.length)
                        .isBetween(0.0, (double) bytes);
            }
        }
    }

    /** Bits: the sum of -log2 p over all symbols under the model's tables. */
    private static double information(Model model, byte[] stream) throws CodecException {
        StreamReader reader = StreamReader.read(stream);
        int quality = reader.header().quality();
        Grid grid = new Grid(reader.header().width(), reader.header().height());
        List<Segment> segments = reader.segments();
        CodingOrder order = CodingOrder.of(model.decoderFile().manifest(), grid);
        int split = order.hyperParts().size();
        byte[] z =
                model.hyperLatents()
                        .decode(
                                stream,
                                order.hyperParts(),
                                segments.subList(0, split),
                                quality,
                                grid);
        Counting counting =
                new Counting(
                        model,
                        new StreamSymbols(
                                stream,
                                segments.subList(split, segments.size()),
                                model.latentTables(),
                                order.lanes()));
        try (Workspace workspace = new Workspace()) {
            Latents _ =
                    model.entropyNetwork()
                            .run(
                                    z,
                                    quality,
                                    grid,
                                    counting,
                                    workspace,
                                    new Deadline(Duration.ofMinutes(1), System::nanoTime));
        }
        return counting.bits + model.hyperLatents().bits(z, quality, grid);
    }

    private static final class Counting implements SymbolCoder {

        private final Model model;
        private final SymbolCoder symbols;
        private double bits;

        Counting(Model model, SymbolCoder symbols) {
            this.model = model;
            this.symbols = symbols;
        }

        @Override
        public void begin(CodingOrder.Part part) throws CodecException {
            symbols.begin(part);
        }

        @Override
        public void code(PassRow row) throws CodecException {
            symbols.code(row);
            for (int i = 0; i < row.count(); i++) {
                byte kind = row.classes()[i];
                if (kind != 0) {
                    bits += model.latentTables().table(kind).bits(row.symbols()[i]);
                }
            }
        }

        @Override
        public void end(CodingOrder.Part part) throws CodecException {
            symbols.end(part);
        }
    }
}
