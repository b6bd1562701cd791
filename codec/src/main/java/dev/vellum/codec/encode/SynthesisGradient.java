package dev.vellum.codec.encode;

import static ai.onnxruntime.OnnxJavaType.FLOAT;
import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.model.EncoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Graph;
import dev.vellum.codec.net.Graph.Scratch;
import dev.vellum.codec.net.GraphPurpose;
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How a loss changes with the latents of a picture, from how it changes with the samples: the
 * decoder's synthesis run backwards in floating point, at the activations that its integers have.
 * Rounding counts as if it were not there.
 */
public final class SynthesisGradient implements AutoCloseable {

    private static final int COLOURS = 3;
    private static final int ZERO_POINT = 128;
    private static final int CELL = Grid.CELL;
    private static final int SQUARE = 8;
    private static final int SQUARE_CHANNELS = COLOURS * SQUARE * SQUARE;

    /** Activations in floating point take room; a megapixel at a time is enough. */
    private static final int STRIP_CELLS = 4096;

    private final int channels;
    private final int halo;
    private final Execution execution;
    private final Graph graph;

    /**
     * Loads the graph of a model that has one.
     *
     * @throws CodecException.WrongModel if it cannot be run
     */
    public SynthesisGradient(DecoderFile decoder, EncoderFile encoder, Execution execution)
            throws CodecException.WrongModel {
        this.channels = decoder.manifest().latentChannels();
        // what a sample tells a latent depends on the activations between, as far as they see
        this.halo = 2 * decoder.manifest().synthesisHalo();
        this.execution =
                new Execution(
                        execution.threads(),
                        execution.optimised(),
                        Math.min(execution.stripCells(), STRIP_CELLS));
        this.graph =
                Graph.load(
                        GraphPurpose.ENCODING,
                        EncoderFile.SYNTHESIS_GRADIENT,
                        () ->
                                joined(
                                        decoder.graph(DecoderFile.SYNTHESIS),
                                        encoder.graph(EncoderFile.SYNTHESIS_GRADIENT)),
                        Set.of("coarse", "fine", "residual-slope", "linear-slope"),
                        Set.of("plane-change", "linear-change"),
                        this.execution);
    }

    /** A graph and what goes on from it. */
    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /**
     * The gradient by the latents.
     *
     * @param latents where it is taken
     * @param slope of the loss by each sample, three planes, {@code 3 * width * height}
     * @return {@code [M, h, w]}, loss for a canonical unit
     */
    public float[] of(Latents latents, float[] slope, Workspace workspace, Deadline deadline)
            throws CodecException {
        Grid grid = latents.grid();
        float[] change = new float[channels * grid.cells()];
        int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            strip(latents, slope, from, Math.min(grid.rows(), from + rows), workspace, change);
        }
        return change;
    }

    private void strip(
            Latents latents, float[] slope, int from, int to, Workspace workspace, float[] change)
            throws CodecException {
        Grid grid = latents.grid();
        int columns = grid.columns();
        int top = Math.max(0, from - halo);
        int rows = Math.min(grid.rows(), to + halo) - top;
        Tensor coarse = workspace.tensor("coarse", UINT8, 1, channels, rows, columns);
        Tensor fine = workspace.tensor("fine", UINT8, 1, channels, rows, columns);
        planes(latents, top, rows * columns, coarse, fine);
        Tensor squares =
                workspace.tensor(
                        "residual-slope", FLOAT, 1, SQUARE_CHANNELS, 2L * rows, 2L * columns);
        Tensor cells = workspace.tensor("linear-slope", FLOAT, 1, rows, columns, DecoderFile.BLOCK);
        slopes(slope, grid, top, rows, squares, cells);
        Tensor planes = workspace.tensor("plane-change", FLOAT, 1, 2L * channels, rows, columns);
        Tensor linear = workspace.tensor("linear-change", FLOAT, 1, rows, columns, channels);
        graph.run(
                List.of(coarse, fine, squares, cells),
                List.of(planes, linear),
                Scratch.after(from, to, grid.rows()));
        gather(latents, from, to, top, rows, planes, linear, change);
    }

    private void planes(Latents latents, int top, int count, Tensor coarse, Tensor fine) {
        byte[] coarsePlane = new byte[count];
        byte[] finePlane = new byte[count];
        short[] values = latents.values();
        for (int c = 0; c < channels; c++) {
            int at = latents.index(c, top);
            for (int i = 0; i < count; i++) {
                int v = values[at + i];
                coarsePlane[i] = (byte) Math.clamp(((v + 32) >> 6) + ZERO_POINT, 0, 255);
                finePlane[i] = (byte) Math.clamp(((v + 2) >> 2) + ZERO_POINT, 0, 255);
            }
            coarse.put((long) c * count, coarsePlane, 0, count);
            fine.put((long) c * count, finePlane, 0, count);
        }
    }

    /** The slopes in both orders that the graph wants; beyond the picture they are 0. */
    private static void slopes(
            float[] slope, Grid grid, int top, int rows, Tensor squares, Tensor cells) {
        int columns = grid.columns();
        float[] line = new float[columns * CELL];
        float[] part = new float[2 * columns];
        float[] row = new float[columns * DecoderFile.BLOCK];
        for (int cellRow = 0; cellRow < rows; cellRow++) {
            for (int colour = 0; colour < COLOURS; colour++) {
                for (int dy = 0; dy < CELL; dy++) {
                    int y = (top + cellRow) * CELL + dy;
                    Arrays.fill(line, 0);
                    if (y < grid.height()) {
                        int at = (colour * grid.height() + y) * grid.width();
                        System.arraycopy(slope, at, line, 0, grid.width());
                    }
                    int place = (colour * CELL + dy) * CELL;
                    for (int cell = 0; cell < columns; cell++) {
                        System.arraycopy(
                                line, cell * CELL, row, cell * DecoderFile.BLOCK + place, CELL);
                    }
                    int squareRow = 2 * cellRow + dy / SQUARE;
                    for (int dx = 0; dx < SQUARE; dx++) {
                        for (int x = 0; x < part.length; x++) {
                            part[x] = line[SQUARE * x + dx];
                        }
                        int channel = (colour * SQUARE + dy % SQUARE) * SQUARE + dx;
                        long to = ((long) channel * 2 * rows + squareRow) * part.length;
                        squares.put(to, part, 0, part.length);
                    }
                }
            }
            cells.put((long) cellRow * row.length, row, 0, row.length);
        }
    }

    /** Adds up what the paths say of rows [from, to); the tensors begin at row {@code top}. */
    private void gather(
            Latents latents,
            int from,
            int to,
            int top,
            int rows,
            Tensor planes,
            Tensor linear,
            float[] change) {
        int columns = latents.grid().columns();
        int count = (to - from) * columns;
        int skipped = (from - top) * columns;
        float[] coarse = new float[count];
        float[] fine = new float[count];
        float[] flat = new float[count * channels];
        linear.get((long) skipped * channels, flat, 0, flat.length);
        short[] values = latents.values();
        for (int c = 0; c < channels; c++) {
            planes.get((long) c * rows * columns + skipped, coarse, 0, count);
            planes.get((long) (channels + c) * rows * columns + skipped, fine, 0, count);
            int at = latents.index(c, from);
            for (int i = 0; i < count; i++) {
                int level = (values[at + i] + 2) >> 2;
                boolean inside = level > -ZERO_POINT && level < ZERO_POINT - 1;
                change[at + i] = flat[i * channels + c] + coarse[i] + (inside ? fine[i] : 0);
            }
        }
    }

    /** Gives the memory of the network back. */
    @Override
    public void close() {
        graph.close();
    }
}
