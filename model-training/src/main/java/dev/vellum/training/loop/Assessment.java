package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vellum.training.curve.RdCurve;
import dev.vellum.training.curve.RdCurve.Point;
import dev.vellum.training.data.Raster;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecModule;
import dev.vellum.training.script.CodecModule.Argument;
import java.util.ArrayList;
import java.util.List;

/**
 * The curve of a model on held-out pictures, with rates as its density promises them: no files are
 * written, so it costs little enough to run during training.
 */
final class Assessment {

    private static final double[] QUALITIES = {3, 12, 25, 40, 55, 70, 85, 97};

    private final CodecModule module;
    private final NDManager manager;
    private final Architecture architecture;
    private final List<Raster> pictures;

    Assessment(
            CodecModule module,
            NDManager manager,
            Architecture architecture,
            List<Raster> pictures) {
        this.module = module;
        this.manager = manager;
        this.architecture = architecture;
        this.pictures = pictures;
    }

    /** The curve of {@code parameters} in floating point or simulated integers. */
    RdCurve curve(String name, NDArray parameters, double[] scales, Plan.Phase phase) {
        List<Point> points = new ArrayList<>();
        String method = phase.integer() ? "objective_integer" : "objective_float";
        double[] options = {phase.integer() ? 0 : 1, phase.drops() ? 1 : 0, 1, 1, 0, 0};
        for (double quality : QUALITIES) {
            double bpp = 0;
            double psnr = 0;
            double similarity = 0;
            for (Raster picture : pictures) {
                try (NDManager scope = manager.newSubManager()) {
                    Feed feed = Feed.of(scope, picture, quality, architecture.groups().size());
                    float[] statistics =
                            module.call(
                                            scope,
                                            method,
                                            module.parameters(parameters),
                                            Argument.of(scales),
                                            Argument.of(feed.pixels()),
                                            Argument.of(feed.quality()),
                                            Argument.of(feed.noise()),
                                            Argument.of(feed.keep()),
                                            Argument.of(options))
                                    .get(1)
                                    .toFloatArray();
                    bpp += statistics[1];
                    psnr += 10 * Math.log10(255 * 255 / Math.max(1e-9, statistics[2]));
                    similarity += statistics[3];
                }
            }
            int n = pictures.size();
            points.add(new Point(bpp / n, psnr / n, similarity / n));
        }
        return new RdCurve(name, points);
    }
}
