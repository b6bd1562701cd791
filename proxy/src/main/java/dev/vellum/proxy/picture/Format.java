package dev.vellum.proxy.picture;

/** An ordinary picture format, which every program of its time can show. */
public enum Format {
    JPEG("image/jpeg"),
    PNG("image/png"),
    GIF("image/gif"),
    WEBP("image/webp"),
    AVIF("image/avif");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    /** Whether it always keeps every sample (for PNG and GIF, of what it can express at all). */
    boolean exact() {
        return this == PNG || this == GIF;
    }

    /** Media type as IANA registers it. */
    public String mediaType() {
        return mediaType;
    }
}
