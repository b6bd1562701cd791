package dev.vellum.codec.pixels;

import static ai.onnxruntime.OnnxJavaType.INT32;
import static ai.onnxruntime.OnnxJavaType.UINT8;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.model.DecoderFile;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Execution;
import dev.vellum.codec.net.Graph;
import dev.vellum.codec.net.Graph.Scratch;
import dev.vellum.codec.net.GraphPurpose;
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;
import java.util.List;
import java.util.Set;

/**
 * The synthesis transform: a linear part, exact to 32 bits, that carries the energy, and a small
 * nonlinear residual. The linear part needs no rows around its own and gives much for each cell, so
 * it goes through a few rows at a time, which the pixels are made of while they are in the cache.
 *
 * <pre>
 * latents v [M, h, w] -> coarse, fine -> residual    [2h, 2w, 192]  8 x 8 pixels of 3 colours
 *                     -> high, low    -> linear-high [h, w, 768]   16 x 16 pixels of 3 colours
 *                                        linear-low
 * pixel = (64 high + low + bias + residual) >> shift
 * </pre>
 */
public final class Synthesis implements AutoCloseable {

    private static final int ZERO_POINT = 128;
    private static final int LOW_BITS = 6;
    private static final int RESIDUAL_CHANNELS = 192;

    /** Cells of which the linear part is computed at a time. */
    private static final int LINEAR_CELLS = 256;

    private final int channels;
    private final int halo;
    private final Execution execution;
    private final Graph nonlinear;
    private final Graph linear;
    private final PixelPass pixelPass;

    /**
     * Loads the graphs of a model.
     *
     * @throws CodecException.WrongModel if one of them cannot be run
     */
    public Synthesis(DecoderFile file, Execution execution) throws CodecException.WrongModel {
        this.channels = file.manifest().latentChannels();
        this.halo = file.manifest().synthesisHalo();
        this.execution = execution;
        this.pixelPass =
                new PixelPass(
                        file.table(DecoderFile.LINEAR_BIAS),
                        file.table(DecoderFile.LINEAR_SHIFT),
                        file.manifest().residualShift());
        this.nonlinear =
                Graph.load(
                        GraphPurpose.DECODING,
                        DecoderFile.SYNTHESIS,
                        () -> file.graph(DecoderFile.SYNTHESIS),
                        Set.of("coarse", "fine"),
                        Set.of("residual"),
                        execution);
        try {
            this.linear =
                    Graph.load(
                            GraphPurpose.DECODING,
                            DecoderFile.LINEAR,
                            () -> file.graph(DecoderFile.LINEAR),
                            Set.of("high", "low"),
                            Set.of("linear-high", "linear-low"),
                            execution);
        } catch (CodecException.WrongModel e) {
            nonlinear.close();
            throw e;
        }
    }

    /**
     * Computes the picture.
     *
     * @param rgb where it goes: {@code 3 * width * height} bytes, row by row
     */
    public void run(Latents latents, byte[] rgb, Workspace workspace, Deadline deadline)
            throws CodecException {
        Grid grid = latents.grid();
        int rows = execution.stripRows(grid.rows(), grid.columns(), halo);
        int few = Math.max(1, LINEAR_CELLS / grid.columns());
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            int to = Math.min(grid.rows(), from + rows);
            Tensor residual = residual(latents, from, to, workspace);
            int top = Math.max(0, from - halo);
            for (int row = from; row < to; row += few) {
                pixels(latents, row, Math.min(to, row + few), residual, top, rgb, workspace);
            }
        }
    }

    /** The residual of rows [from, to) and, before and behind them, of those that it sees. */
    private Tensor residual(Latents latents, int from, int to, Workspace workspace)
            throws CodecException {
        Grid grid = latents.grid();
        int top = Math.max(0, from - halo);
        int rows = Math.min(grid.rows(), to + halo) - top;
        int columns = grid.columns();
        Tensor coarse = workspace.tensor("coarse", UINT8, 1, channels, rows, columns);
        Tensor fine = workspace.tensor("fine", UINT8, 1, channels, rows, columns);
        byte[] coarsePlane = new byte[rows * columns];
        byte[] finePlane = new byte[rows * columns];
        short[] values = latents.values();
        for (int c = 0; c < channels; c++) {
            int at = latents.index(c, top);
            for (int i = 0; i < coarsePlane.length; i++) {
                int v = values[at + i];
                coarsePlane[i] = (byte) Math.clamp(((v + 32) >> 6) + ZERO_POINT, 0, 255);
                finePlane[i] = (byte) Math.clamp(((v + 2) >> 2) + ZERO_POINT, 0, 255);
            }
            coarse.put((long) c * coarsePlane.length, coarsePlane, 0, coarsePlane.length);
            fine.put((long) c * finePlane.length, finePlane, 0, finePlane.length);
        }
        Tensor residual =
                workspace.tensor("residual", UINT8, 1, 2L * rows, 2L * columns, RESIDUAL_CHANNELS);
        nonlinear.run(
                List.of(coarse, fine), List.of(residual), Scratch.after(from, to, grid.rows()));
        return residual;
    }

    /** The pixels of rows [from, to); the residual begins at row {@code top}. */
    private void pixels(
            Latents latents,
            int from,
            int to,
            Tensor residual,
            int top,
            byte[] rgb,
            Workspace workspace)
            throws CodecException {
        Grid grid = latents.grid();
        int rows = to - from;
        int columns = grid.columns();
        Tensor high = workspace.tensor("high", UINT8, 1, channels, rows, columns);
        Tensor low = workspace.tensor("low", UINT8, 1, channels, rows, columns);
        byte[] highPlane = new byte[rows * columns];
        byte[] lowPlane = new byte[rows * columns];
        short[] values = latents.values();
        for (int c = 0; c < channels; c++) {
            int at = latents.index(c, from);
            for (int i = 0; i < highPlane.length; i++) {
                int v = values[at + i];
                highPlane[i] = (byte) ((v >> LOW_BITS) + ZERO_POINT);
                lowPlane[i] = (byte) (v & ((1 << LOW_BITS) - 1));
            }
            high.put((long) c * highPlane.length, highPlane, 0, highPlane.length);
            low.put((long) c * lowPlane.length, lowPlane, 0, lowPlane.length);
        }
        Tensor linearHigh =
                workspace.tensor("linear-high", INT32, 1, rows, columns, DecoderFile.BLOCK);
        Tensor linearLow =
                workspace.tensor("linear-low", INT32, 1, rows, columns, DecoderFile.BLOCK);
        linear.run(List.of(high, low), List.of(linearHigh, linearLow), Scratch.KEPT);
        PixelPass.Linear sums = new PixelPass.Linear(linearHigh, linearLow);
        for (int row = from; row < to; row++) {
            pixelPass.row(sums, row - from, residual, row - top, row, grid, rgb);
        }
    }

    /** Gives the memory of the networks back. */
    @Override
    public void close() {
        nonlinear.close();
        linear.close();
    }
}
