package dev.vellum.training.export;

import static org.assertj.core.api.Assertions.assertThat;
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
import dev.vellum.codec.encode.SynthesisGradient;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.PassRow;
import dev.vellum.codec.latent.SymbolCoder;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gradient that an export writes, and the encoder's search that runs on it. */
class LatentSearchTest {

    private static final int QUALITY = 70;

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
            assertThat(steps).hasSize(17).startsWith(16, 116, 216).endsWith(1516, 1616);
            assertThat(cost(found)).isLessThan(cost(start));
            assertThat(new VellumDecoder(models, Limits.DEFAULT).decode(found.stream()).rgb())
                    .isEqualTo(found.decoded().rgb());
        }
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
