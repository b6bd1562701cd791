package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a response to an unsafe request makes invalid (RFC 9111 section 4.4, RFC 9875 section 3).
 *
 * @param resources of the request's own origin
 * @param groups cache groups of the request's own origin
 */
public record Invalidation(List<CacheKey> resources, Set<String> groups) {

    private static final Invalidation NOTHING = new Invalidation(List.of(), Set.of());

    /** What {@code response} to {@code request} invalidates; nothing unless it is a 2xx or 3xx. */
    public static Invalidation of(RequestHead request, ResponseHead response) {
        if (request.isSafe()
                || response.status() < 200
                || response.status() >= 400
                || !(request.target() instanceof RequestTarget.Absolute target)) {
            return NOTHING;
        }
        List<CacheKey> resources = new ArrayList<>(3);
        resources.add(CacheKey.of(target));
        for (String field : List.of("Location", "Content-Location")) {
            RequestTarget.Absolute named =
                    UriReference.resolve(target, response.fields().first(field));
            if (named != null && isSameOrigin(named, target)) {
                resources.add(CacheKey.of(named));
            }
        }
        return new Invalidation(
                List.copyOf(resources),
                CacheGroups.of(response.fields(), CacheGroups.INVALIDATION));
    }

    /** Section 4.4 forbids another origin: its resources are not the request's to change. */
    private static boolean isSameOrigin(RequestTarget.Absolute one, RequestTarget.Absolute other) {
        return one.scheme().equals(other.scheme()) && one.authority().equals(other.authority());
    }
}
