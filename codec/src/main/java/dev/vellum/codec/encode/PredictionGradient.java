package dev.vellum.codec.encode;

import static ai.onnxruntime.OnnxJavaType.FLOAT;
import static ai.onnxruntime.OnnxJavaType.INT32;
import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.ContextPlanes;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
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
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How costs change with the latents on which later predictions build: the context networks run
 * backwards in floating point, from the last pass to the first, at the activations that the
 * decoder's integers have. Rounding counts as if it were not there. Nothing changes with a model
 * that has no graphs for it.
 */
public final class PredictionGradient implements AutoCloseable {

    /** Activations in floating point take room; a megapixel at a time is enough. */
    private static final int STRIP_CELLS = 4096;

    /** Raw means count fractions of 1/64 of a canonical unit. */
    private static final float MEAN_UNIT = 64;

    /** Raw scales count fractions of 1/16 of a scale class. */
    private static final float SCALE_UNIT = 16;

    private final Manifest manifest;
    private final int[] hyperBias;
    private final Execution execution;

    /** Of every pass; or none. */
    private final List<Graph> graphs = new ArrayList<>();

    /**
     * What costs change with the prediction of a latent, given by its index in {@code [M, h, w]}.
     */
    public interface Slopes {

        /**
         * With the mean, for a canonical unit.
         *
         * @param change what they change with the latent itself, for a canonical unit
         */
        float ofMean(int latent, float change);

        /** With the scale, for a class. */
        float ofScale(int latent);
    }

    /**
     * Loads the graphs of a model.
     *
     * @throws CodecException.WrongModel if one of them cannot be run
     */
    public PredictionGradient(DecoderFile decoder, EncoderFile encoder, Execution execution)
            throws CodecException.WrongModel {
        this.manifest = decoder.manifest();
        this.hyperBias = decoder.table(DecoderFile.HYPER_BIAS);
        this.execution =
                new Execution(
                        execution.threads(),
                        execution.optimised(),
                        Math.min(execution.stripCells(), STRIP_CELLS));
        if (!encoder.hasPredictionGradients()) {
            return;
        }
        try {
            for (Manifest.Pass pass : manifest.passes()) {
                boolean hyper = graphs.isEmpty();
                String name = EncoderFile.gradient(pass);
                graphs.add(
                        Graph.load(
                                GraphPurpose.ENCODING,
                                name,
                                () ->
                                        SynthesisGradient.joined(
                                                decoder.graph(pass.graph()), encoder.graph(name)),
                                hyper
                                        ? Set.of("z", "bias", "raw-slope", "features-slope")
                                        : Set.of("features", "context", "raw-slope"),
                                hyper
                                        ? Set.of("z-change")
                                        : Set.of("context-change", "features-change"),
                                this.execution));
            }
        } catch (CodecException.WrongModel e) {
            close();
            throw e;
        }
    }

    /** Whether the model has graphs for it. */
    public boolean present() {
        return !graphs.isEmpty();
    }

    /**
     * Where a gradient is taken.
     *
     * @param z hyper-latents {@code [Z, h/4, w/4]}, plus 128, as unsigned bytes
     * @param features that passes see, {@code [F, h, w]}
     * @param latents that they predict
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    public record Place(byte[] z, int quality, byte[] features, Latents latents) {}

    /**
     * Adds what latents change through the predictions of later passes.
     *
     * @param slopes of the costs
     * @param change of the costs with the latents, {@code [M, h, w]}, for a canonical unit; without
     *     predictions at first, with them at last
     * @return what they change with the hyper-latents, {@code [Z, h/4, w/4]}, for a step
     */
    public float[] add(
            Place place, Slopes slopes, float[] change, Workspace workspace, Deadline deadline)
            throws CodecException {
        Walk walk = new Walk(place, slopes, change, workspace);
        Grid grid = place.latents.grid();
        for (int pass = graphs.size() - 1; pass > 0; pass--) {
            // what a prediction tells a latent depends on the activations between
            int halo = 2 * manifest.passes().get(pass).halo();
            int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
            for (int from = 0; from < grid.rows(); from += rows) {
                deadline.check();
                walk.strip(pass, halo, from, Math.min(grid.rows(), from + rows));
            }
            walk.apply(pass);
        }
        float[] hyper = new float[place.z.length];
        if (present()) {
            int scale = Grid.HYPER_CELL;
            int halo = 2 * manifest.hyperHalo();
            int rows = execution.stripRows(grid.rows(), grid.columns(), halo * scale);
            int hyperRows = (rows + scale - 1) / scale;
            for (int from = 0; from < grid.hyperRows(); from += hyperRows) {
                deadline.check();
                int to = Math.min(grid.hyperRows(), from + hyperRows);
                walk.hyperStrip(halo, from, to, hyper);
            }
        }
        return hyper;
    }

    /** One picture. */
    private final class Walk {

        private final Place place;
        private final Latents latents;
        private final Grid grid;
        private final ContextPlanes planes;
        private final Slopes slopes;
        private final float[] change;
        private final float[] pulled;
        private final float[] featureSlopes;
        private final Workspace workspace;

        Walk(Place place, Slopes slopes, float[] change, Workspace workspace) {
            this.place = place;
            this.latents = place.latents;
            this.grid = latents.grid();
            this.planes = new ContextPlanes(manifest, latents);
            this.slopes = slopes;
            this.change = change;
            this.pulled = new float[change.length];
            this.featureSlopes = new float[place.features.length];
            this.workspace = workspace;
        }

        /** Pulls what the predictions of a pass change back to rows [from, to) of its context. */
        void strip(int pass, int halo, int from, int to) throws CodecException {
            int columns = grid.columns();
            int top = Math.max(0, from - halo);
            int rows = Math.min(grid.rows(), to + halo) - top;
            int count = rows * columns;
            int own = manifest.featureChannels();
            Tensor feature = workspace.tensor("features", UINT8, 1, own, rows, columns);
            for (int c = 0; c < own; c++) {
                int at = c * grid.cells() + top * columns;
                feature.put((long) c * count, place.features, at, count);
            }
            int channels = manifest.contextChannels(pass);
            Tensor context = workspace.tensor("context", UINT8, 1, channels, rows, columns);
            for (int c = 0; c < channels; c++) {
                for (int row = 0; row < rows; row++) {
                    byte[] plane = planes.row(pass, c, top + row);
                    context.put(((long) c * rows + row) * columns, plane, 0, columns);
                }
            }
            int predictions = 2 * manifest.groups().get(manifest.passes().get(pass).group());
            Tensor raw = workspace.tensor("raw-slope", FLOAT, 1, rows, predictions, columns);
            rawSlopes(pass, top, rows, columns, raw);
            Tensor byContext =
                    workspace.tensor("context-change", FLOAT, 1, channels, rows, columns);
            Tensor byFeatures = workspace.tensor("features-change", FLOAT, 1, own, rows, columns);
            graphs.get(pass)
                    .run(
                            List.of(feature, context, raw),
                            List.of(byContext, byFeatures),
                            Scratch.after(from, to, grid.rows()));
            for (int c = 0; c < channels; c++) {
                long at = (long) c * count + (long) (from - top) * columns;
                byContext.get(at, pulled, latents.index(c, from), (to - from) * columns);
            }
            float[] part = new float[(to - from) * columns];
            for (int c = 0; c < own; c++) {
                byFeatures.get(
                        (long) c * count + (long) (from - top) * columns, part, 0, part.length);
                int at = c * grid.cells() + from * columns;
                for (int i = 0; i < part.length; i++) {
                    featureSlopes[at + i] += part[i];
                }
            }
        }

        /** Pulls all back to rows [from, to) of the hyper-latents. */
        void hyperStrip(int halo, int from, int to, float[] hyper) throws CodecException {
            int top = Math.max(0, from - halo);
            int rows = Math.min(grid.hyperRows(), to + halo) - top;
            int columns = grid.hyperColumns();
            int count = rows * columns;
            int channels = manifest.hyperChannels();
            Tensor z = workspace.tensor("z", UINT8, 1, channels, rows, columns);
            for (int c = 0; c < channels; c++) {
                int at = c * grid.hyperCells() + top * columns;
                z.put((long) c * count, place.z, at, count);
            }
            int biases = manifest.hyperBiasChannels();
            Tensor bias = workspace.tensor("bias", INT32, biases);
            bias.put(0, hyperBias, (place.quality - 1) * biases, biases);
            int first = top * Grid.HYPER_CELL;
            int wideRows = rows * Grid.HYPER_CELL;
            int wideColumns = columns * Grid.HYPER_CELL;
            int predictions = 2 * manifest.groups().getFirst();
            Tensor raw =
                    workspace.tensor("raw-slope", FLOAT, 1, wideRows, predictions, wideColumns);
            rawSlopes(0, first, wideRows, wideColumns, raw);
            int features = manifest.featureChannels();
            Tensor feature =
                    workspace.tensor("features-slope", FLOAT, 1, features, wideRows, wideColumns);
            float[] line = new float[wideColumns];
            for (int c = 0; c < features; c++) {
                for (int row = 0; row < wideRows; row++) {
                    Arrays.fill(line, 0);
                    if (first + row < grid.rows()) {
                        int at = c * grid.cells() + (first + row) * grid.columns();
                        System.arraycopy(featureSlopes, at, line, 0, grid.columns());
                    }
                    long start = ((long) c * wideRows + row) * wideColumns;
                    feature.put(start, line, 0, wideColumns);
                }
            }
            Tensor byZ = workspace.tensor("z-change", FLOAT, 1, channels, rows, columns);
            graphs.getFirst()
                    .run(
                            List.of(z, bias, raw, feature),
                            List.of(byZ),
                            Scratch.after(from, to, grid.hyperRows()));
            for (int c = 0; c < channels; c++) {
                byZ.get(
                        (long) c * count + (long) (from - top) * columns,
                        hyper,
                        c * grid.hyperCells() + from * columns,
                        (to - from) * columns);
            }
        }

        /**
         * The slopes of the costs by what the pass's graph gives, {@code [1, rows, 2C, wide]}; 0
         * beyond the picture.
         */
        private void rawSlopes(int pass, int top, int rows, int wide, Tensor raw) {
            Manifest.Pass own = manifest.passes().get(pass);
            int channels = manifest.groups().get(own.group());
            int first = manifest.firstChannel(own.group());
            float meanUnit = 1 / (MEAN_UNIT * (1 << own.meanShift()));
            float scaleUnit = 1 / (SCALE_UNIT * (1 << own.scaleShift()));
            int step = own.cells().columnStep();
            float[] line = new float[2 * channels * wide];
            for (int row = 0; row < rows; row++) {
                Arrays.fill(line, 0);
                for (int c = 0; c < channels && top + row < grid.rows(); c++) {
                    int at = latents.index(first + c, top + row);
                    int x = own.cells().firstColumn(top + row);
                    for (; x < grid.columns(); x += step) {
                        line[c * wide + x] = meanUnit * slopes.ofMean(at + x, change[at + x]);
                        line[(channels + c) * wide + x] = scaleUnit * slopes.ofScale(at + x);
                    }
                }
                raw.put((long) row * line.length, line, 0, line.length);
            }
        }

        /** Adds what a pass pulled back, once nobody reads its slopes any more. */
        void apply(int pass) {
            int channels = manifest.contextChannels(pass);
            for (int c = 0; c < channels; c++) {
                for (int row = 0; row < grid.rows(); row++) {
                    int at = latents.index(c, row);
                    for (int column = 0; column < grid.columns(); column++) {
                        if (planes.shows(pass, c, row, column)) {
                            change[at + column] += pulled[at + column];
                        }
                    }
                }
            }
        }
    }

    /** Gives the memory of the networks back. */
    @Override
    public void close() {
        graphs.forEach(Graph::close);
    }
}
