package dev.vellum.codec.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Picture;
import dev.vellum.codec.latent.EntropyNetwork;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.LatentTables;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Workspace;
import dev.vellum.codec.samples.SampleModel;
import dev.vellum.codec.samples.SamplePictures;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SoftSymbolsTest {

    private static final SampleModel.Files FILES = SampleModel.of(SampleModel.TINY);
    private static final DecoderFile DECODER = FILES.decoder();
    private static final Manifest MANIFEST = DECODER.manifest();
    private static final int QUALITY = 60;
    private static final Picture PICTURE = SamplePictures.of(160, 128, 3);
    private static final Grid GRID = new Grid(PICTURE.width(), PICTURE.height());

    /** Channels of the last group: nothing is predicted from them. */
    private static final int LAST = MANIFEST.latentChannels() - MANIFEST.groups().getLast();

    /** One run: where the latents came to lie, and what the symbols said. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier within this test
    private record Placed(short[] values, float[] slopes, float[] rates, float[] gains) {}

    /** The same chances, the aims of the last group moved by a fiftieth of a step. */
    @Test
    void theSlopeSaysHowFarALatentFollowsItsAim() throws CodecException {
        float moved = 0.02f;

        Placed before = place(0, 0.5f);
        Placed after = place(moved, 0.5f);

        double predicted = 0;
        double seen = 0;
        for (int i = LAST * GRID.cells(); i < before.values.length; i++) {
            float unit = 64 / before.gains[i / GRID.cells()];
            predicted += before.slopes[i] * moved * unit;
            seen += after.values[i] - before.values[i];
        }
        assertThat(predicted).isGreaterThan(10);
        assertThat(seen).isCloseTo(predicted, within(0.15 * predicted));
    }

    @Test
    void coldSymbolsAreIntegersAndHotOnesLieBetween() throws CodecException {
        assertThat(between(place(0, 0.05f))).isLessThan(0.2);
        assertThat(between(place(0, 0.5f))).isGreaterThan(0.5);
    }

    /** Share of the latents whose symbols would still move with their aims. */
    private static double between(Placed placed) {
        int coded = 0;
        int undecided = 0;
        for (int i = 0; i < placed.slopes.length; i++) {
            coded += placed.rates[i] != 0 ? 1 : 0;
            undecided += placed.rates[i] != 0 && placed.slopes[i] > 0.05 ? 1 : 0;
        }
        assertThat(coded).isGreaterThan(100);
        return (double) undecided / coded;
    }

    private static Placed place(float moved, float temperature) throws CodecException {
        Deadline deadline = new Deadline(Duration.ofMinutes(3), System::nanoTime);
        LatentTables tables = new LatentTables(DECODER);
        try (Workspace workspace = new Workspace();
                Analysis analysis = new Analysis(DECODER, FILES.encoder(), Execution.DEFAULT);
                EntropyNetwork entropy = new EntropyNetwork(DECODER, Execution.DEFAULT)) {
            float[] y = analysis.latents(PICTURE.rgb(), GRID, false, workspace, deadline);
            byte[] z = analysis.hyperLatents(y, QUALITY, GRID, false, workspace, deadline);
            for (int i = LAST * GRID.cells(); i < y.length; i++) {
                y[i] += moved / analysis.gain(QUALITY, i / GRID.cells());
            }
            SymbolBits bits = new SymbolBits(tables, MANIFEST.scaleClasses());
            SoftSymbols symbols = new SoftSymbols(analysis, bits, y, GRID, QUALITY, 9);
            symbols.temperature(temperature);
            short[] values =
                    entropy.run(z, QUALITY, GRID, symbols, workspace, deadline).values().clone();
            return new Placed(
                    values, symbols.slopes().clone(), symbols.rates().clone(), symbols.gains());
        }
    }
}
