package dev.vellum.proxy.picture;

/**
 * Which rendering of a source: with the source's own id it identifies bytes in the cache.
 *
 * @param width columns, one of the ladder's; {@link #OWN_WIDTH} for the source's own
 */
public record Variant(Form form, int width, QualityClass quality) {

    public static final int OWN_WIDTH = 0;

    public Variant {
        if (width < 0) {
            throw new IllegalArgumentException("width: " + width + " (expected: >= 0)");
        }
    }
}
