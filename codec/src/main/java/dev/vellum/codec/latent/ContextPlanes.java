package dev.vellum.codec.latent;

import dev.vellum.codec.model.Cells;
import dev.vellum.codec.model.Manifest;

/**
 * What a pass is shown of the latents before it: bytes in steps of 1/4 of a canonical unit. Of its
 * own group a pass sees only the even cells, also where the odd ones are known already.
 */
public final class ContextPlanes {

    private static final int ZERO_POINT = 128;

    /** Latents are in 1/64, planes in 1/4 of a canonical unit. */
    private static final int SHIFT = 4;

    private final Manifest manifest;
    private final Latents latents;
    private final byte[] plane;

    /** The planes of a picture, as far as its latents are known. */
    public ContextPlanes(Manifest manifest, Latents latents) {
        this.manifest = manifest;
        this.latents = latents;
        this.plane = new byte[latents.grid().columns()];
    }

    /**
     * One row of one channel for a pass.
     *
     * @return a byte for each column, overwritten by the next call
     */
    public byte[] row(int pass, int channel, int row) {
        short[] values = latents.values();
        int at = latents.index(channel, row);
        for (int column = 0; column < plane.length; column++) {
            plane[column] = (byte) Math.clamp(level(values[at + column]), 0, 255);
        }
        if (ownGroup(pass, channel)) {
            int step = Cells.ODD.columnStep();
            for (int c = Cells.ODD.firstColumn(row); c < plane.length; c += step) {
                plane[c] = (byte) ZERO_POINT;
            }
        }
        return plane;
    }

    /** Whether the pass sees changes of a latent, and not only that it is beyond all bytes. */
    public boolean shows(int pass, int channel, int row, int column) {
        int level = level(latents.values()[latents.index(channel, row) + column]);
        return level >= 0 && level <= 255 && !(ownGroup(pass, channel) && (row + column) % 2 != 0);
    }

    private boolean ownGroup(int pass, int channel) {
        return channel >= manifest.firstChannel(manifest.passes().get(pass).group());
    }

    private static int level(short value) {
        return (value >> SHIFT) + ZERO_POINT;
    }
}
