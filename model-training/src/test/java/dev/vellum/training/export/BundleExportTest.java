package dev.vellum.training.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vellum.codec.encode.Analysis;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Workspace;
import dev.vellum.training.SamplePictures;
import dev.vellum.training.SampleWeights;
import dev.vellum.training.data.Raster;
import dev.vellum.training.evaluation.FileEvaluation;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.Engine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
            EncoderFile encoder = export.encoder(decoder, List.of(picture), 0.35);
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

    @Test
    void theFastAnalysisGivesNearlyTheSameLatents(@TempDir Path folder) throws Exception {
        Weights weights = lively(Architecture.tiny());
        Raster picture = picture(folder);
        FloatGraphs real = new FloatGraphs(weights);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        float[] precise;
        try (OrtSession session =
                        environment.createSession(real.graphs().get(EncoderFile.ANALYSIS));
                OnnxTensor pixels = bytes(environment, picture.planes(), 1, 3, 128, 128);
                OrtSession.Result result = session.run(Map.of("pixels", pixels))) {
            precise = floats(result);
        }
        byte[] quarters = new byte[picture.planes().length];
        byte[] blocks = new byte[quarters.length];
        for (int i = 0; i < quarters.length; i++) {
            int c = i / (128 * 128);
            int y = i / 128 % 128;
            int x = i % 128;
            int channel = (c * 4 + y % 4) * 4 + x % 4;
            quarters[(channel * 32 + y / 4) * 32 + x / 4] = picture.planes()[i];
            blocks[((y / 16) * 8 + x / 16) * 768 + (c * 16 + y % 16) * 16 + x % 16] =
                    picture.planes()[i];
        }
        float[] fast;
        try (OrtSession session =
                        environment.createSession(
                                new FastAnalysis(weights, List.of(picture)).graph());
                OnnxTensor first = bytes(environment, quarters, 1, 48, 32, 32);
                OnnxTensor second = bytes(environment, blocks, 1, 8, 8, 768);
                OrtSession.Result result =
                        session.run(Map.of("quarters", first, "blocks", second))) {
            fast = floats(result);
        }

        double energy = 0;
        double error = 0;
        for (int i = 0; i < precise.length; i++) {
            energy += precise[i] * precise[i];
            error += (fast[i] - precise[i]) * (fast[i] - precise[i]);
        }
        assertThat(energy).isGreaterThan(1);
        assertThat(error / energy).isLessThan(1e-3);
    }

    @Test
    void theFastHyperAnalysisGivesNearlyTheSameHyperLatents(@TempDir Path folder) throws Exception {
        Weights weights = lively(Architecture.tiny());
        Parameter last =
                new ParameterLayout(weights.architecture()).parameter("hyper-analysis.out.weight");
        for (int i = last.offset(); i < last.offset() + last.length(); i++) {
            weights.parameters()[i] *= 40; // so that whole numbers tell something
        }
        Raster picture = picture(folder);
        try (NDManager manager = Engine.start(1);
                CodecModule module = new CodecModule(weights.architecture(), manager)) {
            BundleExport export = new BundleExport(manager, module, weights);
            DecoderFile decoder = export.decoder("test", List.of(picture));
            EncoderFile encoder = export.encoder(decoder, List.of(picture), 0.35);
            Grid grid = new Grid(128, 128);
            Deadline deadline = new Deadline(Duration.ofMinutes(2), System::nanoTime);
            try (Analysis analysis = new Analysis(decoder, encoder, Execution.DEFAULT);
                    Workspace workspace = new Workspace()) {
                byte[] rgb = FileEvaluation.picture(picture).rgb();
                float[] y = analysis.latents(rgb, grid, false, workspace, deadline);
                byte[] precise = analysis.hyperLatents(y, 60, grid, false, workspace, deadline);
                byte[] fast = analysis.hyperLatents(y, 60, grid, true, workspace, deadline);
                double energy = 0;
                double error = 0;
                for (int i = 0; i < precise.length; i++) {
                    int level = (precise[i] & 255) - 128;
                    energy += level * level;
                    error += Math.pow((fast[i] & 255) - 128 - level, 2);
                }
                assertThat(energy).isGreaterThan(20 * precise.length);
                assertThat(error / energy).isLessThan(0.05);
            }
        }
    }

    private static OnnxTensor bytes(OrtEnvironment environment, byte[] values, long... shape)
            throws OrtException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(values.length).put(values).flip();
        return OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8);
    }

    private static float[] floats(OrtSession.Result result) {
        FloatBuffer buffer = ((OnnxTensor) result.get("y").orElseThrow()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** Random weights large enough that every layer contributes. */
    static Weights lively(Architecture architecture) {
        float[] parameters = SampleWeights.of(architecture, 11);
        Random random = new Random(12);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] += (float) (0.02 * random.nextGaussian());
        }
        double[] scales = new double[architecture.activations().size()];
        Arrays.fill(scales, 1.0 / 32);
        scales[architecture.activations().indexOf("synthesis.residual")] = 0.5;
        return new Weights(architecture, parameters, scales, 0, 0);
    }

    static Raster picture(Path folder) throws IOException {
        SamplePictures.write(folder, 1);
        return Raster.read(folder.resolve("s0.png")).middle(64, 128);
    }
}
