package dev.vellum.codec.container;

import dev.vellum.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The start of every stream.
 *
 * <pre>
 * magic     4 bytes  d6 56 4c 4d
 * version   1 byte   1; other numbers, and flags in the upper bits, are for later versions
 * model     8 bytes  the first bytes of the SHA-256 of the decoder file
 * width     VarInt   1 to 16384 pixels
 * height    VarInt   1 to 16384 pixels
 * quality   1 byte   1 to 100
 * </pre>
 *
 * @param model id of the model, the eight bytes big-endian
 * @param width of the picture in pixels, 1 to {@value #MAX_SIDE}
 * @param height of the picture in pixels, 1 to {@value #MAX_SIDE}
 * @param quality 1 to 100
 */
public record StreamHeader(long model, int width, int height, int quality) {

    /** Longest side of a picture, in pixels. */
    public static final int MAX_SIDE = 16384;

    /** Longest header, in bytes. */
    static final int MAX_BYTES = 20;

    private static final byte[] MAGIC = {(byte) 0xd6, 'V', 'L', 'M'};
    private static final int VERSION = 1;

    /** Checks the ranges. */
    public StreamHeader {
        requireRange("width", width, MAX_SIDE);
        requireRange("height", height, MAX_SIDE);
        requireRange("quality", quality, 100);
    }

    /** Appends the header. */
    void write(ByteBuffer out) {
        out.put(MAGIC).put((byte) VERSION).putLong(model);
        VarInt.write(out, width);
        VarInt.write(out, height);
        out.put((byte) quality);
    }

    /**
     * Reads a header and moves {@code in} behind it.
     *
     * @param in big-endian, at the start of the stream
     * @throws CodecException.Malformed if it is cut off, or is no header of this version
     */
    static StreamHeader read(ByteBuffer in) throws CodecException.Malformed {
        try {
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new CodecException.Malformed(0, "no latent stream (expected: d6 56 4c 4d)");
            }
            int version = in.get() & 0xff;
            if (version != VERSION) {
                throw new CodecException.Malformed(4, "version " + version + " (expected: 1)");
            }
            long model = in.getLong();
            int width = side(in, "width");
            int height = side(in, "height");
            int quality = in.get() & 0xff;
            if (quality < 1 || quality > 100) {
                throw new CodecException.Malformed(
                        in.position() - 1L, "quality " + quality + " (expected: 1 to 100)");
            }
            return new StreamHeader(model, width, height, quality);
        } catch (BufferUnderflowException e) {
            throw new CodecException.Malformed(in.limit(), "end within the header");
        }
    }

    private static int side(ByteBuffer in, String name) throws CodecException.Malformed {
        int at = in.position();
        int side = VarInt.read(in);
        if (side < 1 || side > MAX_SIDE) {
            throw new CodecException.Malformed(
                    at, name + " " + side + " (expected: 1 to " + MAX_SIDE + ")");
        }
        return side;
    }

    private static void requireRange(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 1 to " + most + ")");
        }
    }
}
