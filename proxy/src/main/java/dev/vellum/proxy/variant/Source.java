package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Stored;

/**
 * A stored response whose content may be a picture.
 *
 * @param key what it is stored under
 * @param digest SHA-256 of its bytes in lower-case hexadecimal
 */
record Source(CacheKey key, Stored stored, String digest) {

    /** Changes whenever the encoders would make other files of the same source. */
    private static final int ENCODERS = 2;

    /** Stands in no path and no query, so that no request can ask for a variant by its key. */
    private static final String MARK = "#vellum:";

    static String digest(StoredResponse response) {
        return response.content() instanceof Content.Complete(long length, String digest)
                ? digest
                : "";
    }

    long length() {
        return stored.response().content().length();
    }

    /** Where a variant of it is stored. */
    CacheKey keyOf(Variant variant) {
        String name =
                String.join(
                        ":",
                        digest,
                        variant.form().mediaType(),
                        Integer.toString(variant.width()),
                        variant.quality().name(),
                        Integer.toString(ENCODERS));
        return new CacheKey(key.scheme(), key.authority(), key.pathAndQuery() + MARK + name);
    }
}
