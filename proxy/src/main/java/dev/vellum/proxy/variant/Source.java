package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Stored;
import java.util.Optional;

/**
 * A stored response whose content may be a picture.
 *
 * @param key what it is stored under
 * @param digest SHA-256 of its bytes in lower-case hexadecimal
 * @param master what the store holds in place of those; empty where it holds them
 */
record Source(CacheKey key, Stored stored, String digest, Optional<Master> master) {

    /** Changes whenever the encoders would make other files of the same source. */
    private static final int ENCODERS = 3;

    /** Stands in no path and no query, so that no request can ask for a variant by its key. */
    private static final String MARK = "#vellum:";

    static Source of(CacheKey key, Stored stored) {
        return new Source(key, stored, digest(stored.response()), Master.of(stored.response()));
    }

    static String digest(StoredResponse response) {
        return switch (response.content()) {
            case Content.Complete all -> all.digest();
            case Content.Master form -> form.digest();
            case Content.Part part -> "";
        };
    }

    /** Bytes of the picture itself, whatever form of it is held. */
    long length() {
        return switch (stored.response().content()) {
            case Content.Complete all -> all.length();
            case Content.Master form -> form.completeLength();
            case Content.Part part -> part.completeLength();
        };
    }

    /** Where a variant of it is stored. */
    CacheKey keyOf(Variant variant) {
        String name =
                String.join(
                        ":",
                        digest,
                        variant.form().key(),
                        Integer.toString(variant.width()),
                        variant.quality().name(),
                        Integer.toString(ENCODERS));
        return new CacheKey(key.scheme(), key.authority(), key.pathAndQuery() + MARK + name);
    }
}
