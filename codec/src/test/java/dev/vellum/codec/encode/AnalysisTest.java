package dev.vellum.codec.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnalysisTest {

    private static final SampleModel.Files FILES = SampleModel.of(SampleModel.TINY);

    /** The sample's fast analysis is the same transform, so only the inputs could differ. */
    @ParameterizedTest
    @CsvSource({"1, 1, 100", "16, 16, 100", "50, 39, 100", "203, 117, 20", "64, 300, 4"})
    void theFastAnalysisSeesTheSamePicture(int width, int height, int stripCells)
            throws CodecException {
        byte[] rgb = SamplePictures.of(width, height, 7).rgb();
        Grid grid = new Grid(width, height);
        Deadline deadline = new Deadline(Duration.ofMinutes(5), System::nanoTime);
        Execution execution = new Execution(1, true, stripCells);
        try (Analysis analysis = new Analysis(FILES.decoder(), FILES.encoder(), execution);
                Workspace workspace = new Workspace()) {
            float[] precise = analysis.latents(rgb, grid, false, workspace, deadline);

            float[] fast = analysis.latents(rgb, grid, true, workspace, deadline);

            assertThat(fast).hasSameSizeAs(precise);
            for (int i = 0; i < fast.length; i++) {
                assertThat(fast[i]).as("latent %d", i).isCloseTo(precise[i], within(1e-3f));
            }
        }
    }
}
