package dev.vellum.proxy.picture;

import java.io.ByteArrayOutputStream;

/**
 * Takes packed text out of a PNG file before it is decoded: nobody will see it, and chunks of a few
 * kilobytes unpack to hundreds of megabytes.
 */
final class PngText {

    private static final int SIGNATURE = 8;
    private static final int OVERHEAD = 12; // length, type, CRC

    private PngText() {}

    /** The file without its zTXt and iTXt chunks; the very array if it has none. */
    static byte[] stripped(byte[] file) {
        Octets in = new Octets(file, 0, file.length);
        ByteArrayOutputStream out = null;
        int kept = 0; // bytes before it are in out
        try {
            for (long at = SIGNATURE; in.has(at, OVERHEAD); ) {
                long end = Math.min(file.length, at + OVERHEAD + in.be32(at));
                if (in.startsWith(at + 4, "zTXt") || in.startsWith(at + 4, "iTXt")) {
                    out = out == null ? new ByteArrayOutputStream(file.length) : out;
                    out.write(file, kept, (int) at - kept);
                    kept = (int) end;
                }
                at = end;
            }
        } catch (MalformedHeader impossible) {
            throw new AssertionError(impossible); // has() was asked
        }
        if (out == null) {
            return file;
        }
        out.write(file, kept, file.length - kept);
        return out.toByteArray();
    }
}
