package dev.vellum.proxy.http;

/** Which requests may wait for another's response (RFC 9111 section 4). */
public final class Collapsing {

    private Collapsing() {}

    /**
     * Whether others may wait for the response to this request, and it for theirs: it asks for the
     * whole of a resource, without conditions or anything that makes the answer its own.
     *
     * @param request as it would be sent upstream
     */
    public static boolean mayCollapse(RequestHead request) {
        Fields fields = request.fields();
        return request.method().equals("GET")
                && !fields.contains("Range")
                && !fields.contains("Authorization")
                && !fields.contains("If-None-Match")
                && !fields.contains("If-Modified-Since")
                && !fields.contains("If-Match")
                && !fields.contains("If-Unmodified-Since")
                && !CacheControl.of(fields, "Cache-Control").has("no-store")
                && !RequestDirectives.of(fields).noCache();
    }

    /**
     * Whether followers may have the response that has begun to arrive: it is whole, and a shared
     * cache may store it and reuse it at once. Each must still ask {@link Vary#matches}.
     */
    public static boolean mayShare(StoredResponse arriving) {
        return arriving.isComplete()
                && !arriving.terms().mustAlwaysValidate()
                && arriving.remaining(arriving.responseTime()).isPositive();
    }
}
