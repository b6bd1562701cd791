package dev.vellum.proxy.picture;

/** Size and frames of a WebP file (RFC 9649, sections 2 and 3). */
final class WebpHeader {

    private static final int FIRST_CHUNK = 12;
    private static final int ANIMATION = 0x02;

    private WebpHeader() {}

    static PictureHeader read(Octets in) throws MalformedHeader {
        if (in.startsWith(FIRST_CHUNK, "VP8 ")) {
            Octets.require(in.startsWith(FIRST_CHUNK + 11, "\u009d\u0001*"), "no key frame");
            return still(in.le16(FIRST_CHUNK + 14) & 0x3fff, in.le16(FIRST_CHUNK + 16) & 0x3fff);
        }
        if (in.startsWith(FIRST_CHUNK, "VP8L")) {
            Octets.require(in.u8(FIRST_CHUNK + 8) == 0x2f, "no lossless signature");
            long bits = in.le32(FIRST_CHUNK + 9);
            return still((int) (bits & 0x3fff) + 1, (int) ((bits >> 14) & 0x3fff) + 1);
        }
        Octets.require(
                in.startsWith(FIRST_CHUNK, "VP8X"), "the first chunk is not VP8, VP8L or VP8X");
        int width = in.le24(FIRST_CHUNK + 12) + 1;
        int height = in.le24(FIRST_CHUNK + 15) + 1;
        if ((in.u8(FIRST_CHUNK + 8) & ANIMATION) == 0) {
            return still(width, height);
        }
        return header(width, height, Math.max(1, frames(in)));
    }

    private static int frames(Octets in) throws MalformedHeader {
        int frames = 0;
        long at = FIRST_CHUNK;
        while (in.has(at, 8)) {
            frames += in.startsWith(at, "ANMF") ? 1 : 0;
            long size = in.le32(at + 4);
            at += 8 + size + (size & 1);
        }
        return frames;
    }

    private static PictureHeader still(int width, int height) throws MalformedHeader {
        return header(width, height, 1);
    }

    private static PictureHeader header(int width, int height, int frames) throws MalformedHeader {
        Octets.require(width > 0 && height > 0, "an empty canvas");
        return new PictureHeader(Format.WEBP, width, height, frames, PictureHeader.Traits.PLAIN);
    }
}
