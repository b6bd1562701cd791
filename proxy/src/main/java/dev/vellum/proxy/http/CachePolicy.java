package dev.vellum.proxy.http;

import java.time.Duration;

/**
 * What an operator may choose about caching, within what RFC 9111 allows a shared cache.
 *
 * @param targeted whether CDN-Cache-Control decides, where there is one (RFC 9213): only on an edge
 * @param heuristicFraction part of the time since the last modification for which a response
 *     without a lifetime of its own is fresh, 0 to 1 (RFC 9111 section 4.2.2)
 * @param heuristicMaximum longest lifetime found that way
 * @param staleWhenDisconnected how long past its lifetime a response may stand in for an origin
 *     that cannot be reached (RFC 9111 section 4.2.4); zero for never
 */
public record CachePolicy(
        boolean targeted,
        double heuristicFraction,
        Duration heuristicMaximum,
        Duration staleWhenDisconnected) {

    /** For a forward proxy and a client. */
    public static final CachePolicy FORWARD =
            new CachePolicy(false, 0.1, Duration.ofDays(1), Duration.ofDays(1));

    /** For a reverse proxy, which its origin may address. */
    public static final CachePolicy EDGE =
            new CachePolicy(true, 0.1, Duration.ofDays(1), Duration.ofDays(1));

    public CachePolicy {
        if (!(heuristicFraction >= 0 && heuristicFraction <= 1)) {
            throw new IllegalArgumentException(
                    "heuristic-fraction: " + heuristicFraction + " (expected: 0 to 1)");
        }
        requireNotNegative("heuristic-maximum", heuristicMaximum);
        requireNotNegative("stale-when-disconnected", staleWhenDisconnected);
    }

    private static void requireNotNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: >= 0)");
        }
    }
}
