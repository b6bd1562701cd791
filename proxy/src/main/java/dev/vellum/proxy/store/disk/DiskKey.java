package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What a response on disk is found by. Two resources may share one, by chance or by design of
 * someone: the head on disk names the URI in full, and decides.
 *
 * @param resource first 8 bytes of the SHA-256 of the URI
 * @param variant first 4 bytes of the SHA-256 of the request fields that Vary names
 */
record DiskKey(long resource, int variant) {

    static long resource(CacheKey key) {
        return digest(key.uri()).getLong();
    }

    static DiskKey of(CacheKey key, StoredResponse response) {
        return new DiskKey(resource(key), variant(response));
    }

    private static int variant(StoredResponse response) {
        return variant(response.terms().vary(), response.request().fields());
    }

    private static int variant(List<String> names, Fields request) {
        if (names.isEmpty()) {
            return 0;
        }
        StringBuilder fields = new StringBuilder();
        for (String name : names) {
            String value = request.combined(name);
            fields.append(name).append(value == null ? "" : ":" + value).append('\n');
        }
        return digest(fields.toString()).getInt();
    }

    private static ByteBuffer digest(String text) {
        try {
            return ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
    }
}
