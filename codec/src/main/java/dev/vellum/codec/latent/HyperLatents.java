package dev.vellum.codec.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.Segment;
import dev.vellum.codec.entropy.EntropyTable;
import dev.vellum.codec.entropy.RansDecoder;
import dev.vellum.codec.entropy.RansEncoder;
import dev.vellum.codec.model.DecoderFile;
import java.util.Arrays;
import java.util.List;

/**
 * Codes the hyper-latents {@code [Z, rows, columns]} with tables that depend on channel and quality
 * only: channel by channel, row by row, each part in one lane.
 */
public final class HyperLatents {

    private static final int ZERO_POINT = 128;

    private final int[] bands;
    private final int channels;
    private final List<EntropyTable> tables;
    private final int[] absent;

    /** Takes the tables of a model. */
    public HyperLatents(DecoderFile file) {
        bands = file.table(DecoderFile.QUALITY_BAND);
        channels = file.manifest().hyperChannels();
        absent = file.table(DecoderFile.HYPER_ABSENT);
        tables =
                EntropyTable.of(
                        file.table(DecoderFile.HYPER_RANGE),
                        file.table(DecoderFile.HYPER_FREQUENCY));
    }

    /**
     * Reads them from their segments. Where one is missing, channels take the model's value for
     * that.
     *
     * @param parts that a picture of this size has
     * @param segments of the first of these parts, those that the stream holds
     * @return {@code [Z, rows, columns]}, plus 128, as unsigned bytes
     */
    public byte[] decode(
            byte[] stream,
            List<CodingOrder.HyperPart> parts,
            List<Segment> segments,
            int quality,
            Grid grid)
            throws CodecException.Malformed {
        int cells = grid.hyperCells();
        byte[] z = new byte[channels * cells];
        for (int i = 0; i < parts.size(); i++) {
            CodingOrder.HyperPart part = parts.get(i);
            if (i < segments.size()) {
                Segment segment = segments.get(i);
                read(
                        new RansDecoder(stream, segment.offset(), segment.length(), 1),
                        part,
                        z,
                        quality);
            } else {
                for (int c = part.from(); c < part.to(); c++) {
                    int value = absent[row(quality) + c] + ZERO_POINT;
                    Arrays.fill(z, c * cells, (c + 1) * cells, (byte) value);
                }
            }
        }
        return z;
    }

    private void read(RansDecoder decoder, CodingOrder.HyperPart part, byte[] z, int quality)
            throws CodecException.Malformed {
        int cells = z.length / channels;
        for (int i = part.from() * cells; i < part.to() * cells; i++) {
            int symbol = decoder.get(table(quality, i / cells));
            z[i] = (byte) Math.clamp(symbol + ZERO_POINT, 0, 255);
        }
        decoder.finish();
    }

    /** The segment of one part, as {@link #decode} reads it. */
    public byte[] encode(byte[] z, CodingOrder.HyperPart part, int quality) {
        RansEncoder encoder = new RansEncoder(1);
        int cells = z.length / channels;
        for (int i = part.from() * cells; i < part.to() * cells; i++) {
            encoder.put(table(quality, i / cells), (z[i] & 0xff) - ZERO_POINT);
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

    /** What each value of a channel costs in bits, from -128 to 127. */
    public float[] bits(int quality, int channel) {
        float[] bits = new float[2 * ZERO_POINT];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (float) table(quality, channel).bits(i - ZERO_POINT);
        }
        return bits;
    }

    private EntropyTable table(int quality, int channel) {
        return tables.get(row(quality) + channel);
    }

    private int row(int quality) {
        return bands[quality - 1] * channels;
    }
}
