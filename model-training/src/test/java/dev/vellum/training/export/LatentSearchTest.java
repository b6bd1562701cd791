package dev.vellum.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.codec.encode.PredictionGradient;
import dev.vellum.codec.encode.SynthesisGradient;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.SymbolCoder;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.pixels.Synthesis;
import dev.vellum.training.evaluation.FileEvaluation;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gradient that an export writes, and the encoder's search that runs on it. */
class LatentSearchTest {

    private static final int QUALITY = 70;

    /** What a scale class is worth beside a canonical unit of a mean. */
    private static final float SCALE_WORTH = 0.1f;

    @TempDir private static Path folder;
    private static DecoderFile decoder;
    private static EncoderFile encoder;
    private static Picture picture;

    @BeforeAll
    static void export() throws Exception {
        Weights weights = BundleExportTest.lively(Architecture.tiny());
        var raster = BundleExportTest.picture(folder);
        picture = FileEvaluation.picture(raster);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(weights.architecture(), manager)) {
            BundleExport export = new BundleExport(manager, module, weights);
            decoder = export.decoder("test", List.of(raster));
            encoder = export.encoder(decoder, List.of(raster), 0.35);
        }
    }

    /**
     * A loss that is linear in the samples, so that only the networks bend it; along the gradient,
     * where it is far above what rounding does. Strips must not show.
     */
    @Test
    void theGradientTellsWhatThePixelsWillDo() throws CodecException {
        Grid grid = new Grid(picture.width() - 3, picture.height() - 5);
        Deadline deadline = new Deadline(Duration.ofMinutes(3), System::nanoTime);
        float[] slope = new float[3 * grid.width() * grid.height()];
        Random random = new Random(4);
        for (int i = 0; i < slope.length; i++) {
            slope[i] = (float) random.nextGaussian();
        }
        Execution strips = new Execution(1, true, 16);
        try (Workspace workspace = new Workspace();
                EntropyNetwork entropy = new EntropyNetwork(decoder, Execution.DEFAULT);
                Synthesis synthesis = new Synthesis(decoder, Execution.DEFAULT);
                SynthesisGradient whole =
                        new SynthesisGradient(decoder, encoder, Execution.DEFAULT);
                SynthesisGradient inStrips = new SynthesisGradient(decoder, encoder, strips)) {
            byte[] z = new byte[decoder.manifest().hyperChannels() * grid.hyperCells()];
            Arrays.fill(z, (byte) 128);
            Latents latents =
                    entropy.run(z, QUALITY, grid, new RandomSymbols(), workspace, deadline);

            float[] change = whole.of(latents, slope, workspace, deadline);

            assertThat(inStrips.of(latents, slope, workspace, deadline))
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(change);
            short[] values = latents.values();
            short[] original = values.clone();
            double predicted = 0;
            double seen = 0;
            for (int way : new int[] {1, -1}) {
                for (int i = 0; i < values.length; i++) {
                    int moved = original[i] + way * 8 * (int) Math.signum(change[i]);
                    values[i] = (short) Math.clamp(moved, Latents.LEAST, Latents.MOST);
                    predicted += way * change[i] * (values[i] - original[i]) / 64;
                }
                byte[] rgb = new byte[slope.length];
                synthesis.run(latents, rgb, workspace, deadline);
                seen += way * loss(rgb, slope);
            }
            assertThat(predicted).isGreaterThan(100);
            assertThat(seen).isCloseTo(predicted, within(0.05 * predicted));
        }
    }

    /**
     * Costs that are linear in means and scale classes, so that only the networks bend them: along
     * what predictions add to the gradient, cells of either colour by themselves, and for each
     * hyper-latent alone. Strips must not show.
     */
    @Test
    void theGradientTellsWhatLaterPredictionsWillDo() throws CodecException {
        Grid grid = new Grid(picture.width() - 3, picture.height() - 5);
        Deadline deadline = new Deadline(Duration.ofMinutes(3), System::nanoTime);
        int count = decoder.manifest().latentChannels() * grid.cells();
        Random random = new Random(6);
        float[] worth = new float[count];
        FixedOffsets offsets = new FixedOffsets(grid, count, random);
        for (int i = 0; i < count; i++) {
            worth[i] = (float) random.nextGaussian();
        }
        try (Workspace workspace = new Workspace();
                EntropyNetwork entropy = new EntropyNetwork(decoder, Execution.DEFAULT);
                PredictionGradient whole =
                        new PredictionGradient(decoder, encoder, Execution.DEFAULT);
                PredictionGradient inStrips =
                        new PredictionGradient(decoder, encoder, new Execution(1, true, 16))) {
            byte[] z = new byte[decoder.manifest().hyperChannels() * grid.hyperCells()];
            for (int i = 0; i < z.length; i++) {
                z[i] = (byte) (128 + random.nextInt(-4, 5));
            }
            byte[] features = entropy.features(z, QUALITY, grid, workspace, deadline);
            Latents latents = entropy.run(z, QUALITY, grid, offsets, workspace, deadline);
            int[] classes = offsets.classes.clone();
            PredictionGradient.Slopes slopes =
                    new PredictionGradient.Slopes() {
                        @Override
                        public float ofMean(int latent, float change) {
                            return change;
                        }

                        @Override
                        public float ofScale(int latent) {
                            return SCALE_WORTH * worth[latent];
                        }
                    };
            float[] change = worth.clone();

            PredictionGradient.Place place =
                    new PredictionGradient.Place(z, QUALITY, features, latents);

            float[] hyper = whole.add(place, slopes, change, workspace, deadline);

            float[] again = worth.clone();
            assertThat(inStrips.add(place, slopes, again, workspace, deadline))
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(hyper);
            assertThat(again).usingComparatorWithPrecision(1e-3f).containsExactly(change);
            for (int colour = 0; colour < 2; colour++) {
                double predicted = 0;
                double seen = 0;
                for (int way : new int[] {1, -1}) {
                    double own = 0;
                    int[] moved = offsets.offsets.clone();
                    for (int i = 0; i < count; i++) {
                        float added = change[i] - worth[i];
                        int cell = i % grid.cells();
                        if ((cell / grid.columns() + cell % grid.columns()) % 2 == colour) {
                            int move = way * 16 * (int) Math.signum(added);
                            moved[i] += move;
                            predicted += way * added * move / 64;
                            own += worth[i] * move / 64;
                        }
                    }
                    FixedOffsets other = new FixedOffsets(grid, moved);
                    Latents there = entropy.run(z, QUALITY, grid, other, workspace, deadline);
                    double all = difference(worth, there, latents, other.classes, classes);
                    seen += way * (all - own);
                }
                assertThat(predicted).isGreaterThan(10);
                assertThat(seen).isCloseTo(predicted, within(0.15 * predicted));
            }
            double predicted = 0;
            double seen = 0;
            for (int way : new int[] {1, -1}) {
                for (int i = 0; i < z.length; i++) {
                    byte[] moved = z.clone();
                    int move = way * (int) Math.signum(hyper[i]);
                    moved[i] += (byte) move;
                    predicted += way * hyper[i] * move;
                    FixedOffsets same = new FixedOffsets(grid, offsets.offsets);
                    Latents there = entropy.run(moved, QUALITY, grid, same, workspace, deadline);
                    seen += way * difference(worth, there, latents, same.classes, classes);
                }
            }
            assertThat(predicted).isGreaterThan(10);
            assertThat(seen).isCloseTo(predicted, within(0.15 * predicted));
        }
    }

    private static double difference(
            float[] worth, Latents there, Latents here, int[] classesThere, int[] classesHere) {
        double sum = 0;
        for (int i = 0; i < worth.length; i++) {
            sum += worth[i] * (there.values()[i] - here.values()[i]) / 64;
            sum += SCALE_WORTH * worth[i] * (classesThere[i] - classesHere[i]);
        }
        return sum;
    }

    @Test
    void aSearchIsNeverWorseThanItsStartAndEveryDecoderSeesWhatItSaw() throws CodecException {
        try (Model model = Model.load(decoder.bytes(), encoder.bytes(), Model.Tuning.DEFAULT);
                ModelRegistry models = new ModelRegistry(List.of(model))) {
            Quality quality = new Quality(QUALITY);
            Encoded start = new VellumEncoder(model, Limits.DEFAULT, 5).encode(picture, quality);
            List<Integer> steps = new ArrayList<>();

            Encoded found =
                    new VellumEncoder(model, Limits.DEFAULT, 7)
                            .encode(picture, quality, (done, of) -> steps.add(100 * done + of));

            assertThat(found.effort()).isEqualTo(7);
            assertThat(steps).hasSize(33).startsWith(32, 132, 232).endsWith(3132, 3232);
            assertThat(cost(found)).isLessThan(cost(start));
            assertThat(new VellumDecoder(models, Limits.DEFAULT).decode(found.stream()).rgb())
                    .isEqualTo(found.decoded().rgb());
        }
    }

    @Test
    void aFileWithoutThePredictionsGraphsSearchesToo() throws CodecException {
        EncoderFile plain = with(Set.of(EncoderFile.SYNTHESIS_GRADIENT));
        try (Model model = Model.load(decoder.bytes(), plain.bytes(), Model.Tuning.DEFAULT)) {
            Quality quality = new Quality(QUALITY);
            Encoded start = new VellumEncoder(model, Limits.DEFAULT, 5).encode(picture, quality);

            Encoded found = new VellumEncoder(model, Limits.DEFAULT, 6).encode(picture, quality);

            assertThat(found.effort()).isEqualTo(6);
            assertThat(cost(found)).isLessThan(cost(start));
        }
    }

    @Test
    void graphsOfPredictionsComeTogether() {
        Manifest.Pass last = decoder.manifest().passes().getLast();
        Set<String> few = Set.of(EncoderFile.SYNTHESIS_GRADIENT, EncoderFile.gradient(last));

        assertThatThrownBy(() -> with(few))
                .isInstanceOf(CodecException.WrongModel.class)
                .hasMessageContaining(EncoderFile.gradient(decoder.manifest().passes().getFirst()));
    }

    /** The encoder file with these gradients only. */
    private static EncoderFile with(Set<String> gradients) throws CodecException {
        Map<String, byte[]> graphs = new HashMap<>();
        for (String name : List.of(EncoderFile.ANALYSIS, EncoderFile.HYPER_ANALYSIS)) {
            graphs.put(name, encoder.graph(name));
        }
        for (String name : gradients) {
            graphs.put(name, encoder.graph(name));
        }
        Map<String, int[]> tables = new HashMap<>();
        for (String name : List.of(EncoderFile.GAIN, EncoderFile.LOSS)) {
            tables.put(name, encoder.table(name));
        }
        return EncoderFile.of(encoder.settings(), graphs, tables, decoder);
    }

    @Test
    void aSearchForWhichThereIsNoMemoryIsLeftOut() throws CodecException {
        try (Model model = Model.load(decoder.bytes(), encoder.bytes(), Model.Tuning.DEFAULT)) {
            Limits limits = new Limits(1 << 20, 1 << 20, 4 << 20, Duration.ofMinutes(3));

            Encoded encoded =
                    new VellumEncoder(model, limits, 9).encode(picture, new Quality(QUALITY));

            assertThat(encoded.effort()).isEqualTo(5);
        }
    }

    private static double cost(Encoded encoded) {
        int[] loss = encoder.table(EncoderFile.LOSS);
        double pixels = picture.width() * (double) picture.height();
        double squared = 255 * 255 * Math.pow(10, -encoded.psnr() / 10);
        double dissimilarity = 1 - encoded.fidelity().msSsim();
        return 8.0 * encoded.stream().length
                + pixels
                        / (1 << 20)
                        * (loss[2 * QUALITY - 2] * squared + loss[2 * QUALITY - 1] * dissimilarity);
    }

    private static double loss(byte[] rgb, float[] slope) {
        int pixels = slope.length / 3;
        double sum = 0;
        for (int i = 0; i < slope.length; i++) {
            sum += slope[i] * (rgb[3 * (i % pixels) + i / pixels] & 0xff);
        }
        return sum;
    }

    /** Offsets that do not depend on predictions; remembers scale classes. */
    private static final class FixedOffsets implements SymbolCoder {

        private final Grid grid;
        private final int[] offsets;
        private final int[] classes;

        FixedOffsets(Grid grid, int count, Random random) {
            this(grid, new int[count]);
            for (int i = 0; i < count; i++) {
                offsets[i] = (int) (100 * random.nextGaussian());
            }
        }

        FixedOffsets(Grid grid, int[] offsets) {
            this.grid = grid;
            this.offsets = offsets;
            this.classes = new int[offsets.length];
        }

        @Override
        public boolean placesLatents() {
            return true;
        }

        @Override
        public void begin(CodingOrder.Part part) {}

        @Override
        public void code(PassRow row) {
            for (int i = 0; i < row.count(); i++) {
                int column = row.firstColumn() + i / row.channels() * row.columnStep();
                int channel = row.firstChannel() + i % row.channels();
                int at = channel * grid.cells() + row.row() * grid.columns() + column;
                row.offsets()[i] = offsets[at];
                classes[at] = row.classes()[i] & 0xff;
            }
        }

        @Override
        public void end(CodingOrder.Part part) {}
    }

    /** Symbols from -2 to 2, so that latents differ from cell to cell. */
    private static final class RandomSymbols implements SymbolCoder {

        private final Random random = new Random(5);

        @Override
        public void begin(CodingOrder.Part part) {}

        @Override
        public void code(PassRow row) {
            for (int i = 0; i < row.count(); i++) {
                row.symbols()[i] = row.classes()[i] == 0 ? 0 : random.nextInt(5) - 2;
            }
        }

        @Override
        public void end(CodingOrder.Part part) {}
    }
}
