package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.PictureHeader.Traits;

/**
 * Size and transfer function of an AVIF file (AV1 Image File Format 1.1; boxes as in ISO/IEC
 * 14496-12 section 4.2, image properties as in ISO/IEC 23008-12 section 6.5).
 */
final class AvifHeader {

    private int width;
    private int height;
    private boolean bright;

    private AvifHeader() {}

    static boolean isAvif(Octets in) {
        if (!in.startsWith(4, "ftyp")) {
            return false;
        }
        return in.startsWith(8, "avif") || in.startsWith(8, "avis") || hasBrand(in, "avif");
    }

    private static boolean hasBrand(Octets in, String brand) {
        try {
            long size = Math.min(in.be32(0), in.length());
            for (long at = 16; at + 4 <= size; at += 4) {
                if (in.startsWith(at, brand)) {
                    return true;
                }
            }
            return false;
        } catch (MalformedHeader tooShort) {
            return false;
        }
    }

    static PictureHeader read(Octets in) throws MalformedHeader {
        AvifHeader header = new AvifHeader();
        header.boxes(in, Level.FILE);
        Octets.require(header.width > 0 && header.height > 0, "no image size");
        boolean sequence = in.startsWith(8, "avis");
        Traits traits = sequence ? Traits.OPAQUE_ANIMATION : header.traits();
        return new PictureHeader(
                Format.AVIF, header.width, header.height, sequence ? 2 : 1, traits);
    }

    private Traits traits() {
        return bright ? Traits.HIGH_DYNAMIC_RANGE : Traits.PLAIN;
    }

    /** Where we are: file, meta, item properties, property container. */
    private enum Level {
        FILE,
        META,
        PROPERTIES,
        CONTAINER
    }

    private void boxes(Octets in, Level level) throws MalformedHeader {
        long at = 0;
        while (in.has(at, 8)) {
            long size = in.be32(at);
            long header = 8;
            if (size == 1) { // a 64-bit size follows
                Octets.require(in.be32(at + 8) == 0, "a box beyond 4 GiB");
                size = in.be32(at + 12);
                header = 16;
            } else if (size == 0) { // to the end
                size = in.length() - at;
            }
            Octets.require(size >= header, "a box of " + size + " bytes");
            // the data of the picture may be cut off; what we read must be whole
            long present = Math.min(size, in.length() - at);
            box(in, at, in.part(at + header, Math.max(0, present - header)), level);
            at += size;
        }
    }

    private void box(Octets in, long at, Octets content, Level level) throws MalformedHeader {
        switch (level) {
            case FILE -> {
                if (in.startsWith(at + 4, "meta")) {
                    boxes(content.part(4, content.length() - 4L), Level.META);
                }
            }
            case META -> {
                if (in.startsWith(at + 4, "iprp")) {
                    boxes(content, Level.PROPERTIES);
                }
            }
            case PROPERTIES -> {
                if (in.startsWith(at + 4, "ipco")) {
                    boxes(content, Level.CONTAINER);
                }
            }
            case CONTAINER -> property(in, at, content);
        }
    }

    private void property(Octets in, long at, Octets content) throws MalformedHeader {
        if (in.startsWith(at + 4, "ispe")) {
            // tiles and thumbnails have their own: the picture is the largest
            width = (int) Math.max(width, Math.min(content.be32(4), Integer.MAX_VALUE));
            height = (int) Math.max(height, Math.min(content.be32(8), Integer.MAX_VALUE));
        } else if (in.startsWith(at + 4, "colr") && content.startsWith(0, "nclx")) {
            bright |= PngHeader.isBright(content.be16(6));
        }
    }
}
