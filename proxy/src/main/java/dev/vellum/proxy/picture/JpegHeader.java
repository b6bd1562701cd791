package dev.vellum.proxy.picture;

/** Size from the frame header of a JPEG file (ITU-T T.81, annex B). */
final class JpegHeader {

    private static final int DHT = 0xc4;
    private static final int JPG = 0xc8;
    private static final int DAC = 0xcc;
    private static final int SOS = 0xda;
    private static final int EOI = 0xd9;

    private JpegHeader() {}

    static PictureHeader read(Octets in) throws MalformedHeader {
        int at = 2; // after SOI
        while (true) {
            while (in.u8(at) != 0xff) {
                at++; // decoders skip what lies between segments
            }
            while (in.u8(at) == 0xff) {
                at++; // fill bytes
            }
            int marker = in.u8(at++);
            if (marker == SOS || marker == EOI) {
                throw new MalformedHeader("no frame header before byte " + at);
            }
            if (isFrame(marker)) {
                return frame(in.part(at, 8));
            }
            if ((marker >= 0xd0 && marker <= 0xd8) || marker <= 0x01) {
                continue; // stands alone
            }
            at += Math.max(2, in.be16(at));
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
    }

    private static PictureHeader frame(Octets in) throws MalformedHeader {
        int height = in.be16(3);
        int width = in.be16(5);
        Octets.require(width > 0 && height > 0, "an empty frame");
        return new PictureHeader(Format.JPEG, width, height, 1, PictureHeader.Traits.PLAIN);
    }
}
