package dev.vellum.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.vellum.training.SamplePictures;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.Engine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {

    @TempDir private Path folder;

    @BeforeEach
    void pictures() throws IOException {
        SamplePictures.write(folder.resolve("data"), 10);
    }

    @Test
    void aTrainingKilledInAnyPhaseEndsWithTheSameBits() throws Exception {
        Weights whole = run("whole", plan(14), Long.MAX_VALUE);
        for (int killedAt : new int[] {1, 4, 9, 12}) {
            String name = "killed-" + killedAt;
            Weights before = run(name, plan(14), killedAt);
            assertThat(before.steps()).isEqualTo(killedAt);
            // what a kill during a later checkpoint leaves behind
            Files.write(folder.resolve(name).resolve("state.safetensors.part"), new byte[100]);
            Weights after = run(name, plan(14), Long.MAX_VALUE);
            assertThat(after.parameters()).as(name).isEqualTo(whole.parameters());
            assertThat(after.scales()).as(name).isEqualTo(whole.scales());
        }
    }

    @Test
    void aTrainingGoesOnFromExportedWeights() throws Exception {
        Weights before = run("first", plan(14), Long.MAX_VALUE);
        Path file = folder.resolve("first").resolve("weights.safetensors");
        Weights travelled = Weights.read(file);
        assertThat(travelled.steps()).isEqualTo(14);
        assertThat(travelled.scales()).isEqualTo(before.scales());
        try (NDManager manager = Engine.start(1)) {
            Weights after =
                    loop(manager, "second", plan(6), InstantSource.system())
                            .run(Architecture.shipped(), Optional.of(travelled));
            assertThat(after.architecture()).isEqualTo(Architecture.tiny());
            assertThat(after.steps()).isEqualTo(20);
        }
    }

    @Test
    void anotherPlanInTheSameDirectoryIsRefused() throws Exception {
        run("first", plan(3), Long.MAX_VALUE);
        assertThatThrownBy(() -> run("first", plan(4), Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: as begun in this directory");
    }

    @Test
    void logCurvesAndPlotAreWritten() throws Exception {
        run("first", plan(14), Long.MAX_VALUE);
        Path directory = folder.resolve("first");
        assertThat(directory.resolve("log.csv")).content().contains("14,frozen,");
        assertThat(directory.resolve("curve-14.json")).exists();
        assertThat(directory.resolve("curves.png")).exists();
    }

    private static Plan plan(long steps) {
        return new Plan(
                steps,
                2,
                64,
                5,
                1e-3,
                2,
                3,
                0.35,
                0.3,
                0.5,
                List.of(0.25, 0.5, 0.8),
                1,
                1,
                0.9,
                2,
                true);
    }

    /** Runs until the plan ends, or saves every step and stops behind step {@code stopAt}. */
    private Weights run(String name, Plan plan, long stopAt)
            throws IOException, InterruptedException {
        try (NDManager manager = Engine.start(1)) {
            StoppingClock clock = new StoppingClock(stopAt);
            TrainingLoop loop = loop(manager, name, plan, clock);
            clock.stop = loop::stop;
            return loop.run(Architecture.tiny(), Optional.empty());
        }
    }

    private TrainingLoop loop(NDManager manager, String name, Plan plan, InstantSource clock)
            throws IOException {
        return new TrainingLoop(
                manager,
                plan,
                new TrainingLoop.Settings(folder.resolve(name), Duration.ofHours(1), 7, 1, 2),
                PictureFolder.of(folder.resolve("data")),
                clock,
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }

    /** Asked once before the first step and once behind each. */
    private static final class StoppingClock implements InstantSource {

        private final long stopAt;
        private long asked;
        private Runnable stop = () -> {};

        StoppingClock(long stopAt) {
            this.stopAt = stopAt;
        }

        @Override
        public Instant instant() {
            if (asked++ == stopAt) {
                stop.run();
            }
            return Instant.EPOCH;
        }
    }
}
