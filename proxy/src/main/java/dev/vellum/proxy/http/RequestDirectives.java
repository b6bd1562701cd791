package dev.vellum.proxy.http;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a client asks of caches (RFC 9111 section 5.2.1).
 *
 * @param noCache no-cache, or Pragma where there is no Cache-Control (section 5.4)
 * @param maxAge greatest age, in seconds
 * @param minFresh shortest remaining freshness, in seconds
 * @param maxStale longest staleness, in seconds; without an argument any
 */
record RequestDirectives(
        boolean noCache,
        boolean onlyIfCached,
        OptionalLong maxAge,
        OptionalLong minFresh,
        OptionalLong maxStale) {

    private static final RequestDirectives NONE =
            new RequestDirectives(
                    false, false, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    static RequestDirectives of(Fields fields) {
        if (!fields.contains("Cache-Control")) {
            return pragma(fields);
        }
        CacheControl directives = CacheControl.of(fields, "Cache-Control");
        return new RequestDirectives(
                directives.has("no-cache"),
                directives.has("only-if-cached"),
                directives.seconds("max-age"),
                directives.demandedSeconds("min-fresh"),
                directives.isUnqualified("max-stale")
                        ? OptionalLong.of(CacheControl.MAX_SECONDS)
                        : directives.seconds("max-stale"));
    }

    private static RequestDirectives pragma(Fields fields) {
        if (!fields.contains("Pragma") || !CacheControl.of(fields, "Pragma").has("no-cache")) {
            return NONE;
        }
        return new RequestDirectives(
                true, false, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    boolean limitsAge() {
        return maxAge.isPresent();
    }

    boolean accepts(Duration age) {
        return maxAge.isEmpty() || age.toSeconds() <= maxAge.getAsLong();
    }

    boolean isFreshEnough(Duration remaining) {
        return minFresh.isEmpty() || remaining.toSeconds() >= minFresh.getAsLong();
    }
}
