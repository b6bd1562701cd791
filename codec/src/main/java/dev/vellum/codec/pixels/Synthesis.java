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
import dev.vellum.codec.net.Tensor;
import dev.vellum.codec.net.Workspace;
import java.util.List;
import java.util.Set;

/**
 * The synthesis transform: a linear part, exact to 32 bits, that carries the energy, and a small
 * nonlinear residual.
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

    private final int channels;
    private final int halo;
    private final Execution execution;
    private final Graph graph;
    private final PixelPass pixelPass;

    /**
     * Loads the graph of a model.
     *
     * @throws CodecException.WrongModel if it cannot be run
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
        this.graph =
                Graph.load(
                        DecoderFile.SYNTHESIS,
                        file.graph(DecoderFile.SYNTHESIS),
                        Set.of("coarse", "fine", "high", "low"),
                        Set.of("residual", "linear-high", "linear-low"),
                        execution);
    }

    /**
     * Computes the picture.
     *
     * @param rgb where it goes: {@code 3 * width * height} bytes, row by row
     */
    public void run(Latents latents, byte[] rgb, Workspace workspace, Deadline deadline)
            throws CodecException {
        Grid grid = latents.grid();
        int rows = execution.stripRows(grid.columns(), halo);
        for (int from = 0; from < grid.rows(); from += rows) {
            deadline.check();
            strip(latents, from, Math.min(grid.rows(), from + rows), rgb, workspace);
        }
    }

    private void strip(Latents latents, int from, int to, byte[] rgb, Workspace workspace)
            throws CodecException {
        Grid grid = latents.grid();
        int top = Math.max(0, from - halo);
        int rows = Math.min(grid.rows(), to + halo) - top;
        int columns = grid.columns();
        List<Tensor> planes =
                List.of(
                        workspace.tensor("coarse", UINT8, 1, channels, rows, columns),
                        workspace.tensor("fine", UINT8, 1, channels, rows, columns),
                        workspace.tensor("high", UINT8, 1, channels, rows, columns),
                        workspace.tensor("low", UINT8, 1, channels, rows, columns));
        fill(planes, latents, top, rows);
        Tensor residual =
                workspace.tensor("residual", UINT8, 1, 2L * rows, 2L * columns, RESIDUAL_CHANNELS);
        Tensor high = workspace.tensor("linear-high", INT32, 1, rows, columns, DecoderFile.BLOCK);
        Tensor low = workspace.tensor("linear-low", INT32, 1, rows, columns, DecoderFile.BLOCK);
        graph.run(planes, List.of(residual, high, low));
        PixelPass.Strip strip = new PixelPass.Strip(high, low, residual);
        for (int row = from; row < to; row++) {
            pixelPass.row(strip, row - top, row, grid, rgb);
        }
    }

    /** The four 8-bit views of the latents. */
    private void fill(List<Tensor> planes, Latents latents, int top, int rows) {
        int count = rows * latents.grid().columns();
        byte[] coarse = new byte[count];
        byte[] fine = new byte[count];
        byte[] high = new byte[count];
        byte[] low = new byte[count];
        short[] values = latents.values();
        for (int c = 0; c < channels; c++) {
            int at = latents.index(c, top);
            for (int i = 0; i < count; i++) {
                int v = values[at + i];
                coarse[i] = (byte) Math.clamp(((v + 32) >> 6) + ZERO_POINT, 0, 255);
                fine[i] = (byte) Math.clamp(((v + 2) >> 2) + ZERO_POINT, 0, 255);
                high[i] = (byte) ((v >> LOW_BITS) + ZERO_POINT);
                low[i] = (byte) (v & ((1 << LOW_BITS) - 1));
            }
            long to = (long) c * count;
            planes.get(0).put(to, coarse, 0, count);
            planes.get(1).put(to, fine, 0, count);
            planes.get(2).put(to, high, 0, count);
            planes.get(3).put(to, low, 0, count);
        }
    }

    /** Gives the memory of the network back. */
    @Override
    public void close() {
        graph.close();
    }
}
