package dev.vellum.codec.latent;

import static ai.onnxruntime.OnnxJavaType.INT32;
import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.model.DecoderFile;
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

/**
 * The integer networks that predict each latent from the hyper-latents and from the latents before
 * it, pass by pass. Encoder and decoder walk the same way and differ only in the {@link
 * SymbolCoder}, so both see the same predictions to the last bit.
 *
 * <pre>
 * z [Z, h/4, w/4] -> hyper -> features [F, h, w], raw predictions of pass 1
 * features, latents so far as context [C, h, w] -> pass graph -> raw predictions
 * raw mean, raw scale -> mean, scale class -> (coder) symbol -> latent
 * </pre>
 *
 * Every graph runs in strips of full width with as many rows around them as it sees, so the height
 * of the strips does not show in the result.
 */
public final class EntropyNetwork implements AutoCloseable {

    private final Manifest manifest;
    private final List<QualityTables> qualities;
    private final Execution execution;
    private final List<Graph> graphs = new ArrayList<>();

    /**
     * Loads the graphs of a model.
     *
     * @throws CodecException.WrongModel if one of them cannot be run
     */
    public EntropyNetwork(DecoderFile file, Execution execution) throws CodecException.WrongModel {
        this.manifest = file.manifest();
        this.qualities = QualityTables.of(file);
        this.execution = execution;
        try {
            for (Manifest.Pass pass : manifest.passes()) {
                boolean hyper = graphs.isEmpty();
                graphs.add(
                        Graph.load(
                                GraphPurpose.DECODING,
                                pass.graph(),
                                () -> file.graph(pass.graph()),
                                hyper ? Set.of("z", "bias") : Set.of("features", "context"),
                                hyper ? Set.of("features", "raw") : Set.of("raw"),
                                execution));
            }
        } catch (CodecException.WrongModel e) {
            close();
            throw e;
        }
    }

    /**
     * Walks through all latents of a picture.
     *
     * @param z hyper-latents {@code [Z, h/4, w/4]}, plus 128, as unsigned bytes
     * @param quality 1 to 100
     * @param coder gives the symbols
     * @return the latents
     */
    public Latents run(
            byte[] z,
            int quality,
            Grid grid,
            SymbolCoder coder,
            Workspace workspace,
            Deadline deadline)
            throws CodecException {
        Walk walk = new Walk(z, grid, qualities.get(quality - 1), workspace);
        for (CodingOrder.Part part : CodingOrder.of(manifest, grid).parts()) {
            coder.begin(part);
            for (CodingOrder.Unit unit : part.units()) {
                int rows = walk.stripRows(unit.pass());
                for (int from = unit.from(); from < unit.to(); from += rows) {
                    deadline.check();
                    walk.strip(unit.pass(), from, Math.min(unit.to(), from + rows), coder);
                }
            }
            coder.end(part);
        }
        return walk.latents;
    }

    /**
     * What hyper-latents tell every pass.
     *
     * @param z as above
     * @return {@code [F, h, w]}
     */
    public byte[] features(byte[] z, int quality, Grid grid, Workspace workspace, Deadline deadline)
            throws CodecException {
        Walk walk = new Walk(z, grid, qualities.get(quality - 1), workspace);
        int rows = walk.stripRows(0);
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            walk.hyperStrip(from, Math.min(grid.rows(), from + rows));
        }
        return walk.features;
    }

    /** Gives the memory of the networks back. */
    @Override
    public void close() {
        graphs.forEach(Graph::close);
    }

    /** One picture on its way. */
    private final class Walk {

        private final byte[] z;
        private final Grid grid;
        private final QualityTables tables;
        private final Workspace workspace;
        private final Latents latents;
        private final byte[] features;
        private final ContextPlanes planes;
        private final int[] rawRow;
        private final PassRow passRow;

        Walk(byte[] z, Grid grid, QualityTables tables, Workspace workspace) {
            this.z = z;
            this.grid = grid;
            this.tables = tables;
            this.workspace = workspace;
            this.latents = new Latents(manifest.latentChannels(), grid);
            this.features = new byte[manifest.featureChannels() * grid.cells()];
            this.planes = new ContextPlanes(manifest, latents);
            int widest = manifest.groups().stream().mapToInt(Integer::intValue).max().orElseThrow();
            this.rawRow = new int[2 * widest * grid.columns()];
            this.passRow = new PassRow(widest, grid.columns());
        }

        int stripRows(int pass) {
            if (pass > 0) {
                int halo = manifest.passes().get(pass).halo();
                return execution.stripRows(grid.rows(), grid.columns(), halo);
            }
            int scale = Grid.HYPER_CELL;
            int halo = scale * manifest.hyperHalo();
            int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
            return (rows + scale - 1) / scale * scale;
        }

        void strip(int pass, int from, int to, SymbolCoder coder) throws CodecException {
            if (pass == 0) {
                Tensor raw = hyperStrip(from, to);
                int top = hyperTop(from) * Grid.HYPER_CELL;
                rows(0, raw, grid.hyperColumns() * Grid.HYPER_CELL, top, from, to, coder);
            } else {
                contextStrip(pass, from, to, coder);
            }
        }

        private int hyperTop(int from) {
            return Math.max(0, from / Grid.HYPER_CELL - manifest.hyperHalo());
        }

        /** Features of rows [from, to), and the raw predictions of all rows of the strip. */
        Tensor hyperStrip(int from, int to) throws CodecException {
            int scale = Grid.HYPER_CELL;
            int top = hyperTop(from);
            int bottom =
                    Math.min(grid.hyperRows(), (to + scale - 1) / scale + manifest.hyperHalo());
            int columns = grid.hyperColumns();
            int rows = bottom - top;
            int channels = manifest.hyperChannels();
            Tensor hyper = workspace.tensor("z", UINT8, 1, channels, rows, columns);
            for (int c = 0; c < channels; c++) {
                hyper.put(
                        (long) c * rows * columns,
                        z,
                        c * grid.hyperCells() + top * columns,
                        rows * columns);
            }
            Tensor bias = workspace.tensor("bias", INT32, manifest.hyperBiasChannels());
            bias.put(0, tables.hyperBias(), 0, manifest.hyperBiasChannels());
            int first = top * scale;
            int wideRows = rows * scale;
            int wideColumns = columns * scale;
            Tensor wide =
                    workspace.tensor(
                            "features",
                            UINT8,
                            1,
                            manifest.featureChannels(),
                            wideRows,
                            wideColumns);
            Tensor raw =
                    workspace.tensor(
                            "raw",
                            INT32,
                            1,
                            wideRows,
                            wideColumns,
                            2L * manifest.groups().getFirst());
            Scratch scratch = Scratch.after(from, to, grid.rows());
            graphs.getFirst().run(List.of(hyper, bias), List.of(wide, raw), scratch);

            for (int c = 0; c < manifest.featureChannels(); c++) {
                for (int row = from; row < to; row++) {
                    long at = ((long) c * wideRows + row - first) * wideColumns;
                    int own = c * grid.cells() + row * grid.columns();
                    wide.get(at, features, own, grid.columns());
                }
            }
            return raw;
        }

        private void contextStrip(int pass, int from, int to, SymbolCoder coder)
                throws CodecException {
            int halo = manifest.passes().get(pass).halo();
            int top = Math.max(0, from - halo);
            int bottom = Math.min(grid.rows(), to + halo);
            int rows = bottom - top;
            int columns = grid.columns();
            int contextChannels = manifest.contextChannels(pass);
            Tensor own =
                    workspace.tensor(
                            "features", UINT8, 1, manifest.featureChannels(), rows, columns);
            for (int c = 0; c < manifest.featureChannels(); c++) {
                own.put(
                        (long) c * rows * columns,
                        features,
                        c * grid.cells() + top * columns,
                        rows * columns);
            }
            Tensor context = workspace.tensor("context", UINT8, 1, contextChannels, rows, columns);
            for (int c = 0; c < contextChannels; c++) {
                for (int row = top; row < bottom; row++) {
                    byte[] plane = planes.row(pass, c, row);
                    context.put(((long) c * rows + row - top) * columns, plane, 0, columns);
                }
            }
            int channels = manifest.groups().get(manifest.passes().get(pass).group());
            Tensor raw = workspace.tensor("raw", INT32, 1, rows, columns, 2L * channels);
            Scratch scratch = Scratch.after(from, to, grid.rows());
            graphs.get(pass).run(List.of(own, context), List.of(raw), scratch);
            rows(pass, raw, columns, top, from, to, coder);
        }

        /** Codes rows [from, to); the tensor's first row is row {@code top} of the grid. */
        private void rows(
                int pass,
                Tensor raw,
                int tensorColumns,
                int top,
                int from,
                int to,
                SymbolCoder coder)
                throws CodecException {
            Manifest.Pass own = manifest.passes().get(pass);
            passRow.firstChannel = manifest.firstChannel(own.group());
            passRow.channels = manifest.groups().get(own.group());
            passRow.columnStep = own.cells().columnStep();
            for (int row = from; row < to; row++) {
                passRow.row = row;
                passRow.firstColumn = own.cells().firstColumn(row);
                passRow.columns = own.cells().count(row, grid.columns());
                int width = 2 * passRow.channels * grid.columns();
                raw.get(
                        (long) (row - top) * tensorColumns * 2 * passRow.channels,
                        rawRow,
                        0,
                        width);
                for (int i = 0; i < passRow.columns; i++) {
                    predict(own, i);
                }
                coder.code(passRow);
                boolean placed = coder.placesLatents();
                for (int c = 0; c < passRow.channels; c++) {
                    reconstruct(c, placed);
                }
            }
        }

        /** Means and classes of the pass's i-th cell of the row. */
        private void predict(Manifest.Pass pass, int i) {
            int channels = passRow.channels;
            int first = passRow.firstChannel;
            int most = manifest.scaleClasses() - 1;
            int meanRound = 1 << pass.meanShift() >> 1;
            int scaleRound = 1 << pass.scaleShift() >> 1;
            int from = (passRow.firstColumn + i * passRow.columnStep) * 2 * channels;
            int at = i * channels;
            for (int c = 0; c < channels; c++) {
                int mean = (rawRow[from + c] + meanRound) >> pass.meanShift();
                int scale = (rawRow[from + channels + c] + scaleRound) >> pass.scaleShift();
                int index = (scale + tables.scaleOffset(first + c) + 8) >> 4;
                passRow.means[at + c] = Latents.clamp(mean);
                passRow.classes[at + c] = (byte) Math.clamp(index, 0, most);
            }
        }

        /** The latents of one channel of the row, which lie side by side. */
        private void reconstruct(int channel, boolean placed) {
            int first = passRow.firstChannel + channel;
            int to = latents.index(first, passRow.row) + passRow.firstColumn;
            int at = channel;
            for (int i = 0; i < passRow.columns; i++) {
                int mean = passRow.means[at];
                int value =
                        placed
                                ? Latents.clamp(mean + passRow.offsets[at])
                                : tables.reconstruct(mean, passRow.symbols[at], first);
                latents.values()[to] = (short) value;
                to += passRow.columnStep;
                at += passRow.channels;
            }
        }
    }
}
