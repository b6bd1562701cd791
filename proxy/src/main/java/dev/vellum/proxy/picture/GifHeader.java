package dev.vellum.proxy.picture;

/** Size and frames of a GIF file (GIF89a specification, sections 17 to 27). */
final class GifHeader {

    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;

    private GifHeader() {}

    static PictureHeader read(Octets in) throws MalformedHeader {
        int width = in.le16(6);
        int height = in.le16(8);
        int at = 13 + colourTable(in.u8(10));
        int frames = 0;
        // what follows a whole number of frames may be missing: viewers show what is there
        while (in.has(at, 1) && in.u8(at) != TRAILER) {
            switch (in.u8(at)) {
                case EXTENSION -> at = afterBlocks(in, at + 2);
                case IMAGE -> {
                    if (!in.has(at, 11)) {
                        at = in.length();
                        continue;
                    }
                    // decoders grow the canvas for a frame that reaches beyond it
                    width = Math.max(width, in.le16(at + 1) + in.le16(at + 5));
                    height = Math.max(height, in.le16(at + 3) + in.le16(at + 7));
                    frames++;
                    at = afterBlocks(in, at + 11 + colourTable(in.u8(at + 9)));
                }
                default -> at++; // decoders skip it
            }
        }
        Octets.require(frames > 0, "no frame");
        Octets.require(width > 0 && height > 0, "an empty canvas");
        return new PictureHeader(Format.GIF, width, height, frames, PictureHeader.Traits.PLAIN);
    }

    private static int colourTable(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /**
     * Offset behind the sub-blocks that begin at {@code at}; the file's end if they are cut off.
     */
    private static int afterBlocks(Octets in, int at) throws MalformedHeader {
        int next = at;
        while (in.has(next, 1) && in.u8(next) != 0) {
            next += 1 + in.u8(next);
        }
        return Math.min(next + 1, in.length());
    }
}
