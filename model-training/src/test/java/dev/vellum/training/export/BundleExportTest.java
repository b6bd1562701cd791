package dev.vellum.training.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.training.SamplePictures;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.Initialiser;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleExportTest {

    @Test
    void onnxRuntimeComputesTheIntegersThatTrainingSimulated(@TempDir Path folder)
            throws Exception {
        Weights weights = lively(Architecture.tiny());
        Raster picture = picture(folder);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(weights.architecture(), manager)) {
            BundleExport export = new BundleExport(manager, module, weights);
            DecoderFile decoder = export.decoder("test", List.of(picture));
            EncoderFile encoder = export.encoder(decoder);
            assertThat(encoder.settings().decoder()).isEqualTo(decoder.hash());
            BundleCheck check = new BundleCheck(manager, module, weights, export, decoder);
            for (int quality : new int[] {1, 37, 100}) {
                BundleCheck.Outcome outcome = check.run(picture, quality);
                assertThat(outcome.values()).isEqualTo(2L * 18 * 8 * 8);
                assertThat(outcome.different()).isZero();
                assertThat(outcome.differentSamples()).isZero();
            }
        }
    }

    @Test
    void theCheckNoticesASingleWrongTable(@TempDir Path folder) throws Exception {
        Weights weights = lively(Architecture.tiny());
        Raster picture = picture(folder);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(weights.architecture(), manager)) {
            BundleExport export = new BundleExport(manager, module, weights);
            Weights other = lively(Architecture.tiny());
            other.parameters()[other.parameters().length / 2] += 1;
            BundleExport wrong = new BundleExport(manager, module, other);
            DecoderFile decoder = wrong.decoder("test", List.of(picture));
            BundleCheck.Outcome outcome =
                    new BundleCheck(manager, module, weights, export, decoder).run(picture, 60);
            assertThat(outcome.different() + outcome.differentSamples()).isPositive();
        }
    }

    @Test
    void halosCoverWhatTheNetworksSee() {
        Architecture architecture = Architecture.shipped();
        assertThat(Halo.of(architecture.synthesis(), 1)).isEqualTo(6);
        assertThat(Halo.of(architecture.analysis(), 1.0 / 16)).isEqualTo(8);
        assertThat(Halo.of(architecture.hyperAnalysis(), 1.0 / 4)).isEqualTo(1);
    }

    /** Random weights large enough that every layer contributes. */
    private static Weights lively(Architecture architecture) {
        float[] parameters = new Initialiser(architecture).parameters(11);
        Random random = new Random(12);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] += (float) (0.02 * random.nextGaussian());
        }
        double[] scales = new double[architecture.activations().size()];
        Arrays.fill(scales, 1.0 / 32);
        scales[architecture.activations().indexOf("synthesis.residual")] = 0.5;
        return new Weights(architecture, parameters, scales, 0, 0);
    }

    private static Raster picture(Path folder) throws IOException {
        SamplePictures.write(folder, 1);
        return Raster.read(folder.resolve("s0.png")).middle(64, 128);
    }
}
