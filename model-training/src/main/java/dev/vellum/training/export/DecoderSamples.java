package dev.vellum.training.export;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Raster;
import dev.vellum.training.export.DecoderWalk.Importance;
import dev.vellum.training.export.DecoderWalk.Value;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.model.ContextPass;
import dev.vellum.training.model.Density;
import dev.vellum.training.script.CodecModule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * What the decoder's networks get to see: hyper-latents and latents of training pictures, each at
 * several qualities, as the floating-point codec decides them.
 */
final class DecoderSamples {

    private static final int SIDE = 256;

    /** Qualities, in turns; those of one picture are far apart. */
    private static final int[] QUALITIES = {
        4, 52, 28, 76, 16, 64, 40, 88, 10, 58, 34, 82, 22, 70, 46, 96
    };

    private static final int EACH = 4;

    /** What a latent counts for that is skipped. */
    private static final float UNUSED = 0.03f;

    private final Architecture architecture;
    private final List<FeatureMaps.Map> hyper = new ArrayList<>();
    private final List<FeatureMaps.Map> latents = new ArrayList<>();
    private final List<float[]> classes = new ArrayList<>();
    private final List<float[][]> importance = new ArrayList<>();
    private final List<float[]> steps = new ArrayList<>();
    private final List<Integer> qualities = new ArrayList<>();

    private DecoderSamples(Architecture architecture) {
        this.architecture = architecture;
    }

    /** Codes the middles of {@code pictures}, sides multiples of 64. */
    static DecoderSamples of(
            NDManager manager, CodecModule module, Weights weights, List<Raster> pictures) {
        DecoderSamples samples = new DecoderSamples(weights.architecture());
        for (int i = 0; i < EACH * pictures.size(); i++) {
            Raster middle = pictures.get(i / EACH).middle(64, SIDE);
            try (NDManager scope = manager.newSubManager()) {
                samples.add(scope, module, weights, middle, QUALITIES[i % QUALITIES.length]);
            }
        }
        return samples;
    }

    private void add(
            NDManager scope, CodecModule module, Weights weights, Raster picture, int quality) {
        CodecTrace run = CodecTrace.of(scope, module, weights, "codec_float", picture, quality);
        NDList trace = run.values();
        qualities.add(quality);
        steps.add(run.rows().get(1).toFloatArray());
        // bits, picture and penalty come first
        int h = picture.height() / Architecture.CELL;
        int w = picture.width() / Architecture.CELL;
        hyper.add(new FeatureMaps.Map(h / 4, w / 4, trace.get(3).toFloatArray()));
        latents.add(new FeatureMaps.Map(h, w, trace.getLast().toFloatArray()));
        importance.add(importance(trace, h * w, w));
    }

    /** For each pass the share of a cell's latents that take bits at all; 0 outside the pass. */
    private float[][] importance(NDList trace, int cells, int width) {
        List<ContextPass> passes = architecture.passes();
        float[][] shares = new float[passes.size()][cells];
        for (int pass = 0; pass < shares.length; pass++) {
            // bits, picture, penalty and hyper-latents come first, then three a pass
            float[] classes = trace.get(4 + 3 * pass + 1).toFloatArray();
            int channels = passes.get(pass).channels();
            this.classes.add(classes);
            for (int i = 0; i < classes.length; i++) {
                boolean odd = (i % cells / width + i % cells % width) % 2 == 1;
                boolean coded =
                        passes.get(pass).mask()
                                != (odd ? ContextPass.Mask.EVEN : ContextPass.Mask.ODD);
                float share = classes[i] > 0 ? 1 : UNUSED;
                shares[pass][i % cells] += coded ? share / channels : 0;
            }
        }
        return shares;
    }

    /** What errors in the cells of a pass count for. */
    Importance importance(ContextPass pass) {
        int index = architecture.passes().indexOf(pass);
        return (map, cell) -> importance.get(map)[index][cell];
    }

    /** What errors of its means count for: bits grow with their square over the variance. */
    Importance ofMeans(ContextPass pass) {
        return new ByOutput(pass) {
            @Override
            float weight(float index, float step) {
                double deviation = step * Density.deviation(index);
                return index < 0.5 ? 0 : (float) (1e-3 / (deviation * deviation));
            }
        };
    }

    /** What errors of its scales count for. */
    Importance ofScales(ContextPass pass) {
        return new ByOutput(pass) {
            @Override
            float weight(float index, float step) {
                return index > 0 ? 1 : UNUSED;
            }
        };
    }

    private abstract class ByOutput implements Importance {
        private final ContextPass pass;
        private final int index;

        private ByOutput(ContextPass pass) {
            this.pass = pass;
            this.index = architecture.passes().indexOf(pass);
        }

        abstract float weight(float index, float step);

        @Override
        public float of(int map, int cell) {
            return importance.get(map)[index][cell];
        }

        @Override
        public float of(int map, int cell, int output, float sum) {
            float[] own = classes.get(architecture.passes().size() * map + index);
            float scale = own[output * (own.length / pass.channels()) + cell];
            float coded = importance.get(map)[index][cell];
            float step = steps.get(map)[pass.firstChannel() + output];
            return coded == 0 ? 0 : weight(scale, step);
        }
    }

    /** The quality of each sample. */
    List<Integer> qualities() {
        return qualities;
    }

    /** {@code [Z, h/4, w/4]}. */
    Value hyperLatents() {
        FeatureMaps maps = new FeatureMaps(architecture.hyperLatents(), hyper);
        return new Value(maps, maps, 1);
    }

    /** The latents that a pass may see; the program hands them on in quarters, rounded down. */
    Value context(ContextPass pass) {
        int channels = pass.context().orElseThrow().inputs();
        FeatureMaps seen =
                new FeatureMaps(architecture.latents(), latents)
                        .each(
                                channels,
                                map -> {
                                    float[] values = new float[channels * map.cells()];
                                    for (int i = 0; i < values.length; i++) {
                                        int cell = i % map.cells();
                                        int odd = (cell / map.width() + cell % map.width()) % 2;
                                        boolean known =
                                                pass.mask() != ContextPass.Mask.ODD || odd == 0;
                                        values[i] = known ? map.values()[i] : 0;
                                    }
                                    return new FeatureMaps.Map(map.height(), map.width(), values);
                                });
        return new Value(
                changed(seen, v -> Math.clamp(v, -32, 31.75)),
                changed(seen, v -> Math.clamp(Math.floor(v * 4) / 4, -32, 31.75)),
                0.25);
    }

    /** Both planes of the latents, {@code [2M, h, w]}. */
    Value planes() {
        FeatureMaps all = new FeatureMaps(architecture.latents(), latents);
        return new Value(
                joined(
                        changed(all, v -> Math.clamp(v, -128, 127) / 16),
                        changed(all, v -> Math.clamp(v, -8, 7.9375))),
                joined(
                        changed(all, v -> Math.clamp(Math.floor(v + 0.5), -128, 127) / 16),
                        changed(all, v -> Math.clamp(Math.floor(v * 16 + 0.5) / 16, -8, 7.9375))),
                1.0 / 16);
    }

    private static FeatureMaps changed(FeatureMaps maps, DoubleUnaryOperator change) {
        return maps.each(
                maps.channels(),
                map -> {
                    float[] values = new float[map.values().length];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) change.applyAsDouble(map.values()[i]);
                    }
                    return new FeatureMaps.Map(map.height(), map.width(), values);
                });
    }

    private static FeatureMaps joined(FeatureMaps a, FeatureMaps b) {
        List<FeatureMaps.Map> maps = new ArrayList<>();
        for (int i = 0; i < a.maps().size(); i++) {
            float[] first = a.maps().get(i).values();
            float[] second = b.maps().get(i).values();
            float[] values = new float[first.length + second.length];
            System.arraycopy(first, 0, values, 0, first.length);
            System.arraycopy(second, 0, values, first.length, second.length);
            maps.add(
                    new FeatureMaps.Map(a.maps().get(i).height(), a.maps().get(i).width(), values));
        }
        return new FeatureMaps(a.channels() + b.channels(), maps);
    }
}
