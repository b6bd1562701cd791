package dev.vellum.training.evaluation;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.training.curve.RdCurve;
import dev.vellum.training.curve.RdCurve.Point;
import dev.vellum.training.data.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The rate-distortion curve of an encoder over some pictures, from the bytes of real streams and
 * the pictures decoded from them. Each figure is the mean over the pictures.
 */
public final class FileEvaluation {

    private final VellumEncoder encoder;
    private final BiConsumer<Path, Integer> progress;

    /**
     * An evaluation.
     *
     * @param encoder to measure
     * @param progress told of each picture, with its number from 1
     */
    public FileEvaluation(VellumEncoder encoder, BiConsumer<Path, Integer> progress) {
        this.encoder = encoder;
        this.progress = progress;
    }

    /** The curve over {@code pictures}, one point for each quality. */
    public RdCurve curve(String name, List<Path> pictures, List<Integer> qualities)
            throws IOException, CodecException {
        List<Integer> sorted = qualities.stream().sorted(Comparator.naturalOrder()).toList();
        double[] rate = new double[sorted.size()];
        double[] psnr = new double[sorted.size()];
        double[] similarity = new double[sorted.size()];
        for (int p = 0; p < pictures.size(); p++) {
            Picture picture = picture(Raster.read(pictures.get(p)));
            for (int i = 0; i < sorted.size(); i++) {
                Encoded encoded = encoder.encode(picture, new Quality(sorted.get(i)));
                rate[i] += encoded.bitsPerPixel();
                psnr[i] += encoded.fidelity().psnr();
                similarity[i] += encoded.fidelity().msSsim();
            }
            progress.accept(pictures.get(p), p + 1);
        }
        List<Point> points = new ArrayList<>();
        int n = pictures.size();
        for (int i = 0; i < sorted.size(); i++) {
            points.add(new Point(rate[i] / n, psnr[i] / n, similarity[i] / n));
        }
        return new RdCurve(name, points);
    }

    /** Planes as the interleaved samples that the codec takes. */
    public static Picture picture(Raster raster) {
        int pixels = raster.width() * raster.height();
        byte[] rgb = new byte[3 * pixels];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < pixels; i++) {
                rgb[3 * i + c] = raster.planes()[c * pixels + i];
            }
        }
        return new Picture(raster.width(), raster.height(), rgb);
    }
}
