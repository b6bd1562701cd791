package dev.vellum.codec.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.Segment;
import dev.vellum.codec.entropy.EntropyTable;
import dev.vellum.codec.entropy.RansDecoder;
import dev.vellum.codec.entropy.RansEncoder;
import dev.vellum.codec.model.DecoderFile;
import java.util.List;

/**
 * Codes the hyper-latents {@code [Z, rows, columns]} with tables that depend on channel and quality
 * only: channel by channel, row by row, in one lane.
 */
public final class HyperLatents {

    private static final int ZERO_POINT = 128;

    private final int[] bands;
    private final int channels;
    private final List<EntropyTable> tables;

    /** Takes the tables of a model. */
    public HyperLatents(DecoderFile file) {
        bands = file.table(DecoderFile.QUALITY_BAND);
        channels = file.manifest().hyperChannels();
        tables =
                EntropyTable.of(
                        file.table(DecoderFile.HYPER_RANGE),
                        file.table(DecoderFile.HYPER_FREQUENCY));
    }

    /**
     * Reads them from a segment.
     *
     * @return {@code [Z, rows, columns]}, plus 128, as unsigned bytes
     */
    public byte[] decode(byte[] stream, Segment segment, int quality, Grid grid)
            throws CodecException.Malformed {
        RansDecoder decoder = new RansDecoder(stream, segment.offset(), segment.length(), 1);
        byte[] z = new byte[channels * grid.hyperCells()];
        for (int i = 0; i < z.length; i++) {
            int symbol = decoder.get(table(quality, i / grid.hyperCells()));
            z[i] = (byte) Math.clamp(symbol + ZERO_POINT, 0, 255);
        }
        decoder.finish();
        return z;
    }

    /** What {@link #decode} reads. */
    public byte[] encode(byte[] z, int quality, Grid grid) {
        RansEncoder encoder = new RansEncoder(1);
        for (int i = 0; i < z.length; i++) {
            encoder.put(table(quality, i / grid.hyperCells()), (z[i] & 0xff) - ZERO_POINT);
        }
        return encoder.finish();
    }

    /** What they cost under the model's tables, in bits. */
    public double bits(byte[] z, int quality, Grid grid) {
        double bits = 0;
        for (int i = 0; i < z.length; i++) {
            bits += table(quality, i / grid.hyperCells()).bits((z[i] & 0xff) - ZERO_POINT);
        }
        return bits;
    }

    private EntropyTable table(int quality, int channel) {
        return tables.get(bands[quality - 1] * channels + channel);
    }
}
