package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.PictureHeader.Traits;

/** Size, frames and transfer function of a PNG file (W3C PNG, third edition, section 11). */
final class PngHeader {

    private static final int SIGNATURE = 8;

    private PngHeader() {}

    static PictureHeader read(Octets in) throws MalformedHeader {
        Octets.require(
                in.startsWith(SIGNATURE + 4, "IHDR") && in.be32(SIGNATURE) == 13,
                "the first chunk is not IHDR");
        long width = in.be32(SIGNATURE + 8);
        long height = in.be32(SIGNATURE + 12);
        Octets.require(width >= 1 && width <= Integer.MAX_VALUE, "width " + width);
        Octets.require(height >= 1 && height <= Integer.MAX_VALUE, "height " + height);
        int frames = 1;
        Traits traits = Traits.PLAIN;
        long at = SIGNATURE;
        while (!in.startsWith(at + 4, "IDAT") && !in.startsWith(at + 4, "IEND")) {
            if (in.startsWith(at + 4, "acTL")) {
                frames = Math.clamp(in.be32(at + 8), 1, Integer.MAX_VALUE);
            } else if (in.startsWith(at + 4, "cICP") && isBright(in.u8(at + 9))) {
                traits = Traits.HIGH_DYNAMIC_RANGE;
            }
            at += 12 + in.be32(at);
        }
        // libpng knows no animation: it would show the first frame for all
        traits = frames > 1 ? Traits.OPAQUE_ANIMATION : traits;
        return new PictureHeader(Format.PNG, (int) width, (int) height, frames, traits);
    }

    /** PQ and HLG among the transfer characteristics of ITU-T H.273, table 3. */
    static boolean isBright(int transfer) {
        return transfer == 16 || transfer == 18;
    }
}
