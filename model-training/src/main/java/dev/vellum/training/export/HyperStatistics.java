package dev.vellum.training.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.data.Raster;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Tables of the hyper-latents: counted over pictures, smoothed with the trained density.
 *
 * <p>One set for each band of qualities; a band stands for {@code 100 / BANDS} qualities and is
 * counted at its middle.
 */
final class HyperStatistics {

    /** Bands of qualities. */
    static final int BANDS = 8;

    private static final int LIMIT = 127;
    private static final double DENSITY_COUNT = 64;
    private static final double SPARE = 2e-5;

    private final double[][][] counts;
    private final double[][] location;
    private final double[][] spread;

    private HyperStatistics(int channels) {
        this.counts = new double[BANDS][channels][2 * LIMIT + 1];
        this.location = new double[BANDS][];
        this.spread = new double[BANDS][];
    }

    /** The band of a quality. */
    static int band(int quality) {
        return (quality - 1) * BANDS / 100;
    }

    private static float middle(int band) {
        return (float) (1 + (band + 0.5) * 100 / BANDS);
    }

    /** Counts over {@code pictures}. */
    static HyperStatistics of(
            NDManager manager, CodecModule module, Weights weights, List<Raster> pictures) {
        int channels = weights.architecture().hyperLatents();
        HyperStatistics statistics = new HyperStatistics(channels);
        float[] qualities = new float[BANDS];
        for (int band = 0; band < BANDS; band++) {
            qualities[band] = middle(band);
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray parameters = scope.create(weights.parameters());
            NDList rows =
                    module.call(
                            scope,
                            "rows",
                            module.parameters(parameters),
                            Argument.of(scope.create(qualities)));
            for (int band = 0; band < BANDS; band++) {
                statistics.location[band] = doubles(rows.get(4).get(band).toFloatArray());
                statistics.spread[band] = doubles(rows.get(5).get(band).toFloatArray());
            }
            for (Raster picture : pictures) {
                try (NDManager inner = scope.newSubManager()) {
                    statistics.count(inner, module, parameters, rows.get(0), picture);
                }
            }
        }
        return statistics;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private void count(
            NDManager scope,
            CodecModule module,
            NDArray parameters,
            NDArray gains,
            Raster picture) {
        Shape shape = new Shape(1, 3, picture.height(), picture.width());
        NDArray pixels = scope.create(ByteBuffer.wrap(picture.planes()), shape, DataType.UINT8);
        NDArray y =
                module.call(
                                scope,
                                "analysis",
                                module.parameters(parameters),
                                Argument.of(pixels),
                                Argument.of(true))
                        .singletonOrThrow();
        for (int band = 0; band < BANDS; band++) {
            NDArray gain = gains.get(band).reshape(1, gains.getShape().get(1), 1, 1);
            gain.attach(scope);
            float[] z =
                    module.call(
                                    scope,
                                    "hyper_analysis",
                                    module.parameters(parameters),
                                    Argument.of(y.mul(gain)),
                                    Argument.of(true))
                            .singletonOrThrow()
                            .toFloatArray();
            int cells = z.length / counts[band].length;
            for (int i = 0; i < z.length; i++) {
                int symbol = (int) Math.clamp(Math.rint(z[i]), -LIMIT, LIMIT);
                counts[band][i / cells][symbol + LIMIT]++;
            }
        }
    }

    /** The tables, band by band, channel by channel. */
    DistributionTables tables() {
        DistributionTables tables = new DistributionTables();
        for (int band = 0; band < BANDS; band++) {
            for (int channel = 0; channel < counts[band].length; channel++) {
                add(tables, band, channel);
            }
        }
        return tables;
    }

    /** What training put in place of missing hyper-latents: a row of channels for each band. */
    int[] absent() {
        return Arrays.stream(location)
                .flatMapToDouble(Arrays::stream)
                .mapToInt(middle -> (int) Math.clamp(Math.rint(middle), -LIMIT, LIMIT))
                .toArray();
    }

    private void add(DistributionTables tables, int band, int channel) {
        double[] smoothed = new double[2 * LIMIT + 1];
        double sum = 0;
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] =
                    counts[band][channel][i] + DENSITY_COUNT * density(band, channel, i - LIMIT);
            sum += smoothed[i];
        }
        int least = 0;
        int most = smoothed.length - 1;
        while (least < most && smoothed[least] / sum < SPARE) {
            least++;
        }
        while (most > least && smoothed[most] / sum < SPARE) {
            most--;
        }
        double total = sum;
        tables.add(least - LIMIT, most - LIMIT, symbol -> smoothed[symbol + LIMIT] / total);
    }

    private double density(int band, int channel, int symbol) {
        double t = Math.abs(symbol - location[band][channel]);
        double k = Math.exp(-spread[band][channel]);
        return logistic((0.5 - t) * k) - logistic((-0.5 - t) * k);
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
