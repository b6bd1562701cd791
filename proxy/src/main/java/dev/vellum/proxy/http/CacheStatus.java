package dev.vellum.proxy.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How this cache handled a request, for the Cache-Status field (RFC 9211). */
public sealed interface CacheStatus {

    String FIELD = "Cache-Status";

    /**
     * Answered from the store.
     *
     * @param remaining freshness left; negative where it is stale (section 2.4)
     */
    record Hit(Duration remaining) implements CacheStatus {}

    /**
     * Went upstream.
     *
     * @param status status of the upstream response; 0 where there was none
     * @param stored whether the response was stored
     * @param collapsed whether it was another request's response
     */
    record Forwarded(Forward reason, int status, boolean stored, boolean collapsed)
            implements CacheStatus {}

    /** Answered by the proxy itself, without store and upstream. */
    record Local(String detail) implements CacheStatus {}

    /** Why a request went upstream (section 2.2). */
    enum Forward {
        BYPASS("bypass"),
        METHOD("method"),
        URI_MISS("uri-miss"),
        VARY_MISS("vary-miss"),
        MISS("miss"),
        REQUEST("request"),
        STALE("stale"),
        PARTIAL("partial");

        private final String token;

        Forward(String token) {
            this.token = token;
        }

        public String token() {
            return token;
        }

        /** The reason that stands for why a stored response was not enough. */
        public static Forward of(Reuse.Reason reason) {
            return switch (reason) {
                case METHOD -> METHOD;
                case NOTHING_STORED -> URI_MISS;
                case VARY -> VARY_MISS;
                case PART_NOT_HELD -> PARTIAL;
                case REQUEST_ASKS, PRECONDITION -> REQUEST;
                case RESPONSE_ASKS, INVALIDATED, STALE -> STALE;
            };
        }
    }

    /** The member for the cache of that name. */
    default String text(String cache) {
        // what is not ours to choose goes through the serialiser
        String name = StructuredText.name(cache).serialize();
        return switch (this) {
            case Hit(Duration remaining) -> name + ";hit;ttl=" + remaining.toSeconds();
            case Forwarded(Forward reason, int status, boolean stored, boolean collapsed) ->
                    name
                            + ";fwd="
                            + reason.token()
                            + (status == 0 ? "" : ";fwd-status=" + status)
                            + (stored ? ";stored" : "")
                            + (collapsed ? ";collapsed" : "");
            case Local(String detail) ->
                    name + ";detail=" + StructuredText.string(detail).serialize();
        };
    }

    /** The response's fields with this cache's member behind those of caches before it. */
    default Fields addTo(Fields response, @Nullable String cache) {
        return cache == null ? response : response.plus(FIELD, text(cache));
    }
}
