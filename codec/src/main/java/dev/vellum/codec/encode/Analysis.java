package dev.vellum.codec.encode;

import static ai.onnxruntime.OnnxJavaType.FLOAT;
import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.model.Manifest;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Graph;
import dev.vellum.codec.net.Graph.Scratch;
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;
import java.util.List;
import java.util.Set;

/**
 * The analysis transforms, in floating point: nothing that a decoder computes depends on them.
 *
 * <pre>
 * pixels [3, 16h, 16w] -> analysis -> latents y [M, h, w]
 * y * gain -> hyper-analysis -> hyper-latents z [Z, h/4, w/4], rounded
 * </pre>
 */
public final class Analysis implements AutoCloseable {

    private static final int COLOURS = 3;
    private static final int CELL = Grid.CELL;
    private static final int ZERO_POINT = 128;
    private static final float GAIN_ONE = 1 << 16;

    private final Manifest manifest;
    private final EncoderFile.Settings settings;
    private final int[] gains;
    private final int[] steps;
    private final Execution execution;
    private final Graph analysis;
    private final Graph hyperAnalysis;

    /**
     * Loads the graphs of a model.
     *
     * @throws CodecException.WrongModel if one of them cannot be run
     */
    public Analysis(DecoderFile decoder, EncoderFile encoder, Execution execution)
            throws CodecException.WrongModel {
        this.manifest = decoder.manifest();
        this.settings = encoder.settings();
        this.gains = encoder.table(EncoderFile.GAIN);
        this.steps = decoder.table(DecoderFile.STEP);
        this.execution = execution;
        this.analysis =
                Graph.load(
                        EncoderFile.ANALYSIS,
                        encoder.graph(EncoderFile.ANALYSIS),
                        Set.of("pixels"),
                        Set.of("y"),
                        execution);
        try {
            this.hyperAnalysis =
                    Graph.load(
                            EncoderFile.HYPER_ANALYSIS,
                            encoder.graph(EncoderFile.HYPER_ANALYSIS),
                            Set.of("y"),
                            Set.of("z"),
                            execution);
        } catch (CodecException.WrongModel e) {
            analysis.close();
            throw e;
        }
    }

    /**
     * The latents of a picture.
     *
     * @param rgb {@code 3 * width * height} samples
     * @return {@code [M, h, w]} in canonical units
     */
    public float[] latents(byte[] rgb, Grid grid, Workspace workspace, Deadline deadline)
            throws CodecException {
        int channels = manifest.latentChannels();
        float[] y = new float[channels * grid.cells()];
        int halo = settings.analysisHalo();
        int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            int to = Math.min(grid.rows(), from + rows);
            int top = Math.max(0, from - halo);
            int stripRows = Math.min(grid.rows(), to + halo) - top;
            Tensor pixels =
                    workspace.tensor(
                            "pixels",
                            UINT8,
                            1,
                            COLOURS,
                            (long) CELL * stripRows,
                            (long) CELL * grid.columns());
            fill(pixels, rgb, grid, top * CELL, stripRows * CELL);
            Tensor strip = workspace.tensor("y", FLOAT, 1, channels, stripRows, grid.columns());
            analysis.run(List.of(pixels), List.of(strip), Scratch.after(from, to, grid.rows()));
            for (int c = 0; c < channels; c++) {
                long at = ((long) c * stripRows + from - top) * grid.columns();
                int own = c * grid.cells() + from * grid.columns();
                strip.get(at, y, own, (to - from) * grid.columns());
            }
        }
        return y;
    }

    /** Rows of the picture as planes; beyond its edges the last pixels are repeated. */
    private static void fill(Tensor pixels, byte[] rgb, Grid grid, int top, int rows) {
        int columns = CELL * grid.columns();
        byte[] line = new byte[columns];
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int row = 0; row < rows; row++) {
                int y = Math.min(top + row, grid.height() - 1);
                int at = COLOURS * y * grid.width() + colour;
                for (int x = 0; x < grid.width(); x++) {
                    line[x] = rgb[at + COLOURS * x];
                }
                for (int x = grid.width(); x < columns; x++) {
                    line[x] = line[grid.width() - 1];
                }
                pixels.put(((long) colour * rows + row) * columns, line, 0, columns);
            }
        }
    }

    /**
     * The hyper-latents of a picture.
     *
     * @param y {@code [M, h, w]} in canonical units
     * @param quality 1 to 100
     * @return {@code [Z, h/4, w/4]}, plus 128, as unsigned bytes
     */
    public byte[] hyperLatents(
            float[] y, int quality, Grid grid, Workspace workspace, Deadline deadline)
            throws CodecException {
        int channels = manifest.hyperChannels();
        byte[] z = new byte[channels * grid.hyperCells()];
        int halo = settings.hyperAnalysisHalo();
        int columns = grid.hyperColumns();
        int latentRows = execution.stripRows(grid.rows(), grid.columns(), halo * Grid.HYPER_CELL);
        int rows = (latentRows + Grid.HYPER_CELL - 1) / Grid.HYPER_CELL;
        for (int from = 0; from < grid.hyperRows(); from += rows) {
            deadline.check();
            int to = Math.min(grid.hyperRows(), from + rows);
            int top = Math.max(0, from - halo);
            int bottom = Math.min(grid.hyperRows(), to + halo);
            Tensor gained =
                    gained(
                            y,
                            quality,
                            grid,
                            top * Grid.HYPER_CELL,
                            Math.min(grid.rows(), bottom * Grid.HYPER_CELL),
                            workspace);
            Tensor strip = workspace.tensor("z", FLOAT, 1, channels, bottom - top, columns);
            hyperAnalysis.run(
                    List.of(gained), List.of(strip), Scratch.after(from, to, grid.hyperRows()));
            float[] line = new float[columns];
            for (int c = 0; c < channels; c++) {
                for (int row = from; row < to; row++) {
                    strip.get(((long) c * (bottom - top) + row - top) * columns, line, 0, columns);
                    for (int x = 0; x < columns; x++) {
                        int level = Math.round(line[x]) + ZERO_POINT;
                        z[c * grid.hyperCells() + row * columns + x] =
                                (byte) Math.clamp(level, 0, 255);
                    }
                }
            }
        }
        return z;
    }

    private Tensor gained(
            float[] y, int quality, Grid grid, int top, int bottom, Workspace workspace) {
        int channels = manifest.latentChannels();
        int count = (bottom - top) * grid.columns();
        Tensor gained = workspace.tensor("y", FLOAT, 1, channels, bottom - top, grid.columns());
        float[] plane = new float[count];
        for (int c = 0; c < channels; c++) {
            float gain = gain(quality, c);
            int at = c * grid.cells() + top * grid.columns();
            for (int i = 0; i < count; i++) {
                plane[i] = y[at + i] * gain;
            }
            gained.put((long) c * count, plane, 0, count);
        }
        return gained;
    }

    /** Quantisation steps in a canonical unit, as the encoder counts them. */
    float gain(int quality, int channel) {
        return gains[(quality - 1) * manifest.latentChannels() + channel] / GAIN_ONE;
    }

    /** The step that the decoder takes for each symbol, in the encoder's steps; about 1. */
    float step(int quality, int channel) {
        int step = steps[(quality - 1) * manifest.latentChannels() + channel];
        return step / (4096f * 64) * gain(quality, channel);
    }

    /** Bits that a squared error of one quantisation step is worth. */
    float distortionWeight() {
        return settings.distortionWeight() / 100f;
    }

    /** Channels of the latents. */
    int channels() {
        return manifest.latentChannels();
    }

    /** Gives the memory of the networks back. */
    @Override
    public void close() {
        analysis.close();
        hyperAnalysis.close();
    }
}
