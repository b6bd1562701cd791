package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.LatentCoder.Coding;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VellumCoderTest {

    private static final Path FOLDER = Path.of("../codec/src/test/resources/golden");

    private static ModelRegistry models;
    private static VellumCoder coder;

    private final AtomicLong clock = new AtomicLong();
    private final Deadline deadline = Deadline.in(Duration.ofMinutes(10), clock::get);

    @BeforeAll
    static void load() throws IOException, CodecException {
        models = ModelRegistry.open(FOLDER, Model.Tuning.DEFAULT);
        coder = new VellumCoder(models.models().getFirst(), CodecConfig.DEFAULT.with(FOLDER));
    }

    @AfterAll
    static void close() {
        models.close();
    }

    /** A shaded noise of 8 x 8 blocks. */
    private static Raster raster(int width, int height) {
        SplittableRandom random = new SplittableRandom(3);
        byte[] samples = new byte[3 * width * height];
        int[] blocks = random.ints(1000, 40, 200).toArray();
        for (int i = 0; i < samples.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            samples[i] = (byte) (blocks[(x / 8 + y / 8 * 31 + i % 3) % 1000] + x % 8);
        }
        return Raster.still(width, height, 3, samples);
    }

    private static Coding.Refused refused(Coding coding) {
        return coding instanceof Coding.Refused refused ? refused : Assertions.fail("" + coding);
    }

    @Test
    void itNamesTheModelByTheFirstTenDigitsOfItsHash() {
        assertThat(coder.form().mediaType())
                .isEqualTo(
                        "image/vnd.vellum;m=" + models.models().getFirst().hash().substring(0, 10));
    }

    @Test
    void theSimilarityItPromisesIsThatOfWhatEveryDecoderMakes() throws CodecException {
        Raster raster = raster(200, 176);
        if (coder.code(raster, 60, deadline) instanceof Coding.Coded coded) {
            Picture seen = new VellumDecoder(models, Limits.DEFAULT).decode(coded.file());
            Fidelity fidelity = Fidelity.between(new Picture(200, 176, raster.samples()), seen);
            assertThat(coded.overall()).isEqualTo(fidelity.msSsim());
            assertThat(coded.worstTile()).isEqualTo(fidelity.worstTile());
        } else {
            Assertions.fail("not coded");
        }
    }

    @Test
    void aSideBeyondWhatTheStreamHoldsIsRefused() {
        Raster wide = Raster.still(Picture.MAX_SIDE + 1, 1, 3, new byte[3 * Picture.MAX_SIDE + 3]);
        assertThat(refused(coder.code(wide, 50, deadline)).reason())
                .isEqualTo(Bypass.TOO_MANY_PIXELS);
    }

    @Test
    void whatComesTooLateIsATimeoutAndWhatNobodyWantsIsCancelled() {
        Deadline over = Deadline.in(Duration.ofNanos(1), clock::get);
        clock.addAndGet(1);
        assertThat(refused(coder.code(raster(64, 64), 50, over)).reason())
                .isEqualTo(Bypass.TIMEOUT);
        deadline.callOff();
        assertThat(refused(coder.code(raster(64, 64), 50, deadline)).reason())
                .isEqualTo(Bypass.CANCELLED);
    }

    @Test
    void theSearchBeginsWhereTheConfigurationSays() {
        for (QualityClass quality : QualityClass.values()) {
            assertThat(coder.guess(quality))
                    .isEqualTo(CodecConfig.DEFAULT.qualities().get(quality));
        }
        assertThat(coder.trials()).isEqualTo(CodecConfig.DEFAULT.trials());
    }
}
