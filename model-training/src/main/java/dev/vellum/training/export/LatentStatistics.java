package dev.vellum.training.export;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.ContextPass.Mask;
import dev.vellum.training.model.Density;
import dev.vellum.training.script.CodecModule;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Tables of the latents: how often each symbol occurs under each scale class, smoothed with the
 * trained density. What is left of a picture behind its prediction has more zeros and more outliers
 * than a Gaussian.
 */
final class LatentStatistics {

    private static final int LIMIT = 4096;
    private static final int PICTURES = 40;
    private static final int SIDE = 256;
    private static final float[] QUALITIES = {8, 22, 36, 50, 64, 78, 92};

    /** Symbols that the trained density counts for. */
    private static final double DENSITY_COUNT = 300;

    private final long[][] counts = new long[Density.CLASSES][LIMIT + 1];

    private LatentStatistics() {}

    /** Counts over the middles of the first of {@code pictures}. */
    static LatentStatistics of(
            NDManager manager, CodecModule module, Weights weights, List<Raster> pictures) {
        LatentStatistics statistics = new LatentStatistics();
        for (Raster picture : pictures.subList(0, Math.min(PICTURES, pictures.size()))) {
            for (float quality : QUALITIES) {
                try (NDManager scope = manager.newSubManager()) {
                    Raster middle = picture.middle(64, SIDE);
                    statistics.count(scope, module, weights, middle, quality);
                }
            }
        }
        return statistics;
    }

    private void count(
            NDManager scope, CodecModule module, Weights weights, Raster picture, float quality) {
        Architecture architecture = weights.architecture();
        NDList trace =
                CodecTrace.of(scope, module, weights, "codec_integer", picture, quality).values();
        int width = picture.width() / Architecture.CELL;
        int cells = width * (picture.height() / Architecture.CELL);
        // bits, picture, penalty and hyper-latents come first, then three a pass
        int at = 4;
        for (ContextPass pass : architecture.passes()) {
            float[] classes = trace.get(at + 1).toFloatArray();
            float[] symbols = trace.get(at + 2).toFloatArray();
            for (int i = 0; i < classes.length; i++) {
                int cell = i % cells;
                boolean odd = (cell / width + cell % width) % 2 == 1;
                if (pass.mask() != (odd ? Mask.EVEN : Mask.ODD)) {
                    int size = Math.min(LIMIT, Math.abs(Math.round(symbols[i])));
                    counts[Math.round(classes[i])][size]++;
                }
            }
            at += 3;
        }
    }

    /** The tables, for each class but the skip class. */
    DistributionTables tables() {
        DistributionTables tables = new DistributionTables();
        for (int i = 1; i < Density.CLASSES; i++) {
            tables.addSymmetric(density(i));
        }
        return tables;
    }

    private IntToDoubleFunction density(int index) {
        long[] seen = counts[index];
        double all = DENSITY_COUNT;
        for (long count : seen) {
            all += count;
        }
        double total = all;
        return symbol -> {
            double trained = DENSITY_COUNT * Density.probability(symbol, index);
            int size = Math.abs(symbol);
            double own = size >= LIMIT ? 0 : size == 0 ? seen[0] : seen[size] / 2.0;
            return (own + trained) / total;
        };
    }
}
