package dev.vellum.proxy.latent;

import dev.vellum.codec.Picture;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.picture.Rights;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The lossless formats in which decoded pictures go to a browser on the same machine, the quicker
 * one to write first: bytes hardly count there.
 */
enum PixelFormat {
    /** Uncompressed: 24 bits a pixel, bottom row first. */
    BMP("image/bmp") {
        @Override
        byte[] write(Picture picture, Rights rights) {
            int width = picture.width();
            int height = picture.height();
            int stride = (3 * width + 3) / 4 * 4;
            byte[] file = new byte[BMP_HEADER + stride * height];
            ByteBuffer.wrap(file)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) 'B')
                    .put((byte) 'M')
                    .putInt(file.length)
                    .putInt(0)
                    .putInt(BMP_HEADER)
                    .putInt(40) // BITMAPINFOHEADER
                    .putInt(width)
                    .putInt(height)
                    .putShort((short) 1)
                    .putShort((short) 24)
                    .putInt(0)
                    .putInt(stride * height)
                    .putInt(2835) // pixels a metre, 72 an inch
                    .putInt(2835);
            byte[] rgb = picture.rgb();
            for (int y = 0; y < height; y++) {
                int from = 3 * width * y;
                int to = BMP_HEADER + stride * (height - 1 - y);
                for (int end = from + 3 * width; from < end; from += 3, to += 3) {
                    file[to] = rgb[from + 2];
                    file[to + 1] = rgb[from + 1];
                    file[to + 2] = rgb[from];
                }
            }
            return file;
        }
    },

    /** The least compression, unfiltered. */
    PNG("image/png") {
        @Override
        byte[] write(Picture picture, Rights rights) {
            int row = 3 * picture.width();
            byte[] rows = new byte[(row + 1) * picture.height()];
            for (int y = 0; y < picture.height(); y++) {
                System.arraycopy(picture.rgb(), y * row, rows, y * (row + 1) + 1, row);
            }
            ByteBuffer header = ByteBuffer.allocate(13);
            header.putInt(picture.width()).putInt(picture.height());
            header.put((byte) 8).put((byte) 2); // 8 bits, red, green and blue
            ByteArrayOutputStream out = new ByteArrayOutputStream(rows.length / 2);
            out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
            chunk(out, "IHDR", header.array());
            text(out, "Copyright", rights.copyright());
            text(out, "Author", rights.artist());
            chunk(out, "IDAT", deflated(rows));
            chunk(out, "IEND", new byte[0]);
            return out.toByteArray();
        }
    };

    private static final int BMP_HEADER = 54;

    private final String mediaType;

    PixelFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** A file of the picture, with what the format can say of its rights. */
    abstract byte[] write(Picture picture, Rights rights);

    private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        out.writeBytes(name);
        out.writeBytes(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    /** International text, not packed (PNG section 11.3.3.4); nothing where there is none. */
    private static void text(ByteArrayOutputStream out, String keyword, String text) {
        if (!text.isEmpty()) {
            chunk(out, "iTXt", (keyword + "\0\0\0\0\0" + text).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] deflated(byte[] rows) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(rows);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(rows.length / 2);
            byte[] piece = new byte[64 * 1024];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /**
     * The first that a request for a picture accepts (RFC 9110 section 12.5.1), and if possible one
     * that has a place for its rights; empty where it asks for no picture, or for other formats
     * only.
     */
    static Optional<PixelFormat> acceptedBy(Fields request, Rights rights) {
        String accept = request.combined("Accept");
        if (accept == null || !accept.toLowerCase(Locale.ROOT).contains("image/")) {
            return Optional.empty();
        }
        String[] ranges = accept.toLowerCase(Locale.ROOT).split(",", -1);
        return Arrays.stream(values())
                .filter(format -> accepts(ranges, format.mediaType))
                .min(Comparator.comparing(format -> rights.stated() && format == BMP));
    }

    /** The most specific range decides. */
    private static boolean accepts(String[] ranges, String type) {
        for (String name : new String[] {type, "image/*", "*/*"}) {
            for (String range : ranges) {
                String[] parts = range.split(";", -1);
                if (parts[0].strip().equals(name)) {
                    return Arrays.stream(parts).noneMatch(PixelFormat::refuses);
                }
            }
        }
        return false;
    }

    /** Whether a parameter is a weight of 0. */
    private static boolean refuses(String parameter) {
        return parameter.strip().matches("q=0(\\.0*)?");
    }
}
