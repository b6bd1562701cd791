package dev.vellum.proxy.picture;

/** What became of a file that was to be decoded. */
public sealed interface Reading {

    /** Its pixels. */
    record Decoded(PictureHeader header, Raster raster, Rights rights) implements Reading {}

    /**
     * None.
     *
     * @param detail for logs; may quote the file
     */
    record Refused(Bypass reason, String detail) implements Reading {}
}
