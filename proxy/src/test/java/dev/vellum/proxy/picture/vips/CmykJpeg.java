package dev.vellum.proxy.picture.vips;

/** Ink for a picture of light: made here, because the proxy itself never writes CMYK. */
public final class CmykJpeg {

    private static final int CMYK = 15; // VipsInterpretation

    private CmykJpeg() {}

    /** A CMYK JPEG without a profile, through libvips' general-purpose press profile. */
    public static byte[] of(VipsImage srgb) throws VipsException {
        return srgb.as(CMYK).encode(".jpg[Q=95,subsample-mode=off,keep=none]");
    }
}
