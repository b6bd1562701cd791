package dev.vellum.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.training.SamplePictures;
import dev.vellum.training.model.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSourceTest {

    @TempDir private Path folder;

    @Test
    void aBatchDependsOnSeedAndStepAlone() throws IOException {
        BatchSource source = source(9, true);
        Batch seventh = source.batch(7);
        assertThat(source(9, true).batch(7).pixels()).isEqualTo(seventh.pixels());
        assertThat(source.batch(7).noise()).isEqualTo(seventh.noise());
        assertThat(source.batch(8).pixels()).isNotEqualTo(seventh.pixels());
        assertThat(source(10, true).batch(7).pixels()).isNotEqualTo(seventh.pixels());
    }

    @Test
    void prefetchedBatchesComeInOrder() throws Exception {
        BatchSource source = source(9, false);
        try (Prefetch prefetch = new Prefetch(source, 3, 2)) {
            for (long step = 3; step < 12; step++) {
                assertThat(prefetch.next().noise()).isEqualTo(source.batch(step).noise());
            }
        }
    }

    @Test
    void qualitiesOfABatchCoverTheRange() throws IOException {
        float[] quality = source(9, false).batch(1).quality();
        for (int i = 0; i < quality.length; i++) {
            assertThat(quality[i])
                    .isBetween(1 + 99f * i / quality.length, 1 + 99f * (i + 1) / quality.length);
        }
    }

    @Test
    void someSamplesLoseTrailingGroupsAndSomeAllButTheHyperLatents() throws IOException {
        BatchSource source = source(9, true);
        int[] kept = new int[4];
        for (long step = 0; step < 500; step++) {
            float[] keep = source.batch(step).keep();
            for (int i = 0; i < keep.length; i += 3 + Architecture.HYPER_GROUPS) {
                int groups = Math.round(keep[i] + keep[i + 1] + keep[i + 2]);
                kept[groups]++;
                assertThat(keep[i + 3]).as("first hyper-latents").isEqualTo(1);
                assertThat(keep[i + 6])
                        .as("last hyper-latents")
                        .isGreaterThanOrEqualTo(Math.min(1, groups));
            }
        }
        int samples = Arrays.stream(kept).sum();
        assertThat(kept[0] / (double) samples).isCloseTo(0.03, within(0.015));
        assertThat((kept[1] + kept[2]) / (double) samples).isCloseTo(0.06, within(0.015));
    }

    @Test
    void theSplitDependsOnNamesAlone() throws IOException {
        SamplePictures.write(folder, 20);
        PictureFolder split = PictureFolder.of(folder);
        assertThat(split.development()).hasSize(4);
        Set<Path> all = new HashSet<>(split.photographs());
        assertThat(all).doesNotContainAnyElementsOf(split.development());
        all.addAll(split.development());
        assertThat(all).hasSize(20);
    }

    @Test
    void downScalingKeepsFlatAreasAndMeans() {
        byte[] flat = new byte[100 * 100];
        Arrays.fill(flat, (byte) 200);
        assertThat(Resampler.square(flat, 0, 100, 3, 4, 91, 64)).containsOnly(200);
        byte[] ramp = new byte[96 * 96];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i % 96 * 2);
        }
        byte[] half = Resampler.square(ramp, 0, 96, 0, 0, 96, 48);
        // the middle of source samples 2i and 2i + 1
        assertThat(half[10 * 48 + 20] & 255).isBetween(80, 82);
    }

    private BatchSource source(long seed, boolean drops) throws IOException {
        SamplePictures.write(folder, 6);
        PictureFolder all = PictureFolder.of(folder);
        return BatchSource.read(
                new PictureFolder(all.photographs(), List.of(), List.of()),
                new BatchSource.Settings(4, 64, seed, drops),
                Architecture.tiny());
    }
}
