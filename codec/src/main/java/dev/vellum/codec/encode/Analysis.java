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
import dev.vellum.codec.net.GraphPurpose;
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The analysis transforms, in floating point: nothing that a decoder computes depends on them.
 *
 * <pre>
 * pixels [3, 16h, 16w] -> analysis -> latents y [M, h, w]
 * y * gain -> hyper-analysis -> hyper-latents z [Z, h/4, w/4], rounded
 * </pre>
 */
public final class Analysis implements AutoCloseable {

    private static final int ZERO_POINT = 128;

    /**
     * From this quality on hyper-latents may come from a network of less precision: it costs up to
     * 0.02 % of the bits at 50 and above, 0.2 to 0.6 % at 25 and below.
     */
    private static final int FAST_HYPER_QUALITY = 40;

    private static final float GAIN_ONE = 1 << 16;

    private final Manifest manifest;
    private final EncoderFile.Settings settings;
    private final int[] gains;
    private final int[] steps;
    private final Execution execution;
    private final Graph analysis;
    private final @Nullable Graph fastAnalysis;
    private final Graph hyperAnalysis;
    private final @Nullable Graph fastHyperAnalysis;

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
        List<Graph> loaded = new ArrayList<>();
        try {
            this.analysis =
                    load(encoder, EncoderFile.ANALYSIS, Set.of("pixels"), "y", execution, loaded);
            this.hyperAnalysis =
                    load(encoder, EncoderFile.HYPER_ANALYSIS, Set.of("y"), "z", execution, loaded);
            this.fastAnalysis =
                    encoder.hasFastAnalysis()
                            ? load(
                                    encoder,
                                    EncoderFile.FAST_ANALYSIS,
                                    Set.of("quarters", "blocks"),
                                    "y",
                                    execution,
                                    loaded)
                            : null;
            this.fastHyperAnalysis =
                    encoder.hasFastHyperAnalysis()
                            ? load(
                                    encoder,
                                    EncoderFile.FAST_HYPER_ANALYSIS,
                                    Set.of("levels"),
                                    "z",
                                    execution,
                                    loaded)
                            : null;
        } catch (CodecException.WrongModel e) {
            loaded.forEach(Graph::close);
            throw e;
        }
    }

    private static Graph load(
            EncoderFile file,
            String name,
            Set<String> inputs,
            String output,
            Execution execution,
            List<Graph> loaded)
            throws CodecException.WrongModel {
        Graph graph =
                Graph.load(
                        GraphPurpose.ENCODING,
                        name,
                        () -> file.graph(name),
                        inputs,
                        Set.of(output),
                        execution);
        loaded.add(graph);
        return graph;
    }

    /**
     * The latents of a picture.
     *
     * @param rgb {@code 3 * width * height} samples
     * @param fast whether less precision in less time will do; only some models can
     * @return {@code [M, h, w]} in canonical units
     */
    public float[] latents(
            byte[] rgb, Grid grid, boolean fast, Workspace workspace, Deadline deadline)
            throws CodecException {
        Graph graph = fast && fastAnalysis != null ? fastAnalysis : analysis;
        int channels = manifest.latentChannels();
        float[] y = new float[channels * grid.cells()];
        int halo = settings.analysisHalo();
        int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            int to = Math.min(grid.rows(), from + rows);
            int top = Math.max(0, from - halo);
            int stripRows = Math.min(grid.rows(), to + halo) - top;
            PictureStrip part = new PictureStrip(rgb, grid, top, stripRows);
            List<Tensor> inputs =
                    graph == analysis
                            ? List.of(part.planes(workspace))
                            : List.of(part.quarters(workspace), part.blocks(workspace));
            Tensor strip = workspace.tensor("y", FLOAT, 1, channels, stripRows, grid.columns());
            graph.run(inputs, List.of(strip), Scratch.after(from, to, grid.rows()));
            for (int c = 0; c < channels; c++) {
                long at = ((long) c * stripRows + from - top) * grid.columns();
                int own = c * grid.cells() + from * grid.columns();
                strip.get(at, y, own, (to - from) * grid.columns());
            }
        }
        return y;
    }

    /**
     * The hyper-latents of a picture.
     *
     * @param y {@code [M, h, w]} in canonical units
     * @param quality 1 to 100
     * @param fast whether less precision in less time will do; only some models can, and not at low
     *     qualities
     * @return {@code [Z, h/4, w/4]}, plus 128, as unsigned bytes
     */
    public byte[] hyperLatents(
            float[] y, int quality, Grid grid, boolean fast, Workspace workspace, Deadline deadline)
            throws CodecException {
        float[] exact = exactHyperLatents(y, quality, grid, fast, workspace, deadline);
        byte[] z = new byte[exact.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = (byte) Math.clamp(Math.round(exact[i]) + ZERO_POINT, 0, 255);
        }
        return z;
    }

    /** The same before they are rounded, as they are. */
    float[] exactHyperLatents(
            float[] y, int quality, Grid grid, boolean fast, Workspace workspace, Deadline deadline)
            throws CodecException {
        boolean enough = fast && quality >= FAST_HYPER_QUALITY;
        Graph graph = enough && fastHyperAnalysis != null ? fastHyperAnalysis : hyperAnalysis;
        int channels = manifest.hyperChannels();
        float[] z = new float[channels * grid.hyperCells()];
        int halo = settings.hyperAnalysisHalo();
        int columns = grid.hyperColumns();
        int latentRows = execution.stripRows(grid.rows(), grid.columns(), halo * Grid.HYPER_CELL);
        int rows = (latentRows + Grid.HYPER_CELL - 1) / Grid.HYPER_CELL;
        for (int from = 0; from < grid.hyperRows(); from += rows) {
            deadline.check();
            int to = Math.min(grid.hyperRows(), from + rows);
            int top = Math.max(0, from - halo);
            int bottom = Math.min(grid.hyperRows(), to + halo);
            int first = top * Grid.HYPER_CELL;
            int last = Math.min(grid.rows(), bottom * Grid.HYPER_CELL);
            Tensor gained =
                    graph == hyperAnalysis
                            ? gained(y, quality, grid, first, last, workspace)
                            : levels(y, quality, grid, first, last, workspace);
            Tensor strip = workspace.tensor("z", FLOAT, 1, channels, bottom - top, columns);
            graph.run(List.of(gained), List.of(strip), Scratch.after(from, to, grid.hyperRows()));
            for (int c = 0; c < channels; c++) {
                strip.get(
                        ((long) c * (bottom - top) + from - top) * columns,
                        z,
                        c * grid.hyperCells() + from * columns,
                        (to - from) * columns);
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

    /** As {@link EncoderFile#FAST_HYPER_ANALYSIS} reads them. */
    private Tensor levels(
            float[] y, int quality, Grid grid, int top, int bottom, Workspace workspace) {
        int channels = manifest.latentChannels();
        int count = (bottom - top) * grid.columns();
        Tensor levels =
                workspace.tensor("levels", UINT8, 1, channels, bottom - top, grid.columns());
        byte[] plane = new byte[count];
        for (int c = 0; c < channels; c++) {
            float gain = gain(quality, c);
            int at = c * grid.cells() + top * grid.columns();
            for (int i = 0; i < count; i++) {
                float v = y[at + i] * gain;
                float level = ZERO_POINT + 128 * v / (32 + Math.abs(v));
                plane[i] = (byte) (int) Math.min(level + 0.5f, 255);
            }
            levels.put((long) c * count, plane, 0, count);
        }
        return levels;
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
        if (fastAnalysis != null) {
            fastAnalysis.close();
        }
        if (fastHyperAnalysis != null) {
            fastHyperAnalysis.close();
        }
    }
}
