package dev.vellum.proxy.picture;

/** What became of pixels that were to be encoded. */
public sealed interface Writing {

    /** The file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(Encoding encoding, byte[] file) implements Writing {}

    /**
     * None.
     *
     * @param detail for logs
     */
    record Refused(Bypass reason, String detail) implements Writing {}
}
