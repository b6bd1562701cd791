package dev.vellum.proxy.http;

import org.jspecify.annotations.Nullable;

/**
 * What a stored response is found by, before Vary (RFC 9111 section 2): its absolute URI. Only GET
 * responses are stored, so the method is no part of it.
 *
 * @param pathAndQuery as sent upstream, unchanged
 */
public record CacheKey(String scheme, Authority authority, String pathAndQuery) {

    /** Key of the resource that the request is for. */
    public static CacheKey of(RequestTarget.Absolute target) {
        return new CacheKey(target.scheme(), target.authority(), target.pathAndQuery());
    }

    /*
     * Those that a record has of itself are made of method handles, which are not always compiled
     * into what calls them; every hit comes by here.
     */

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CacheKey that
                && pathAndQuery.equals(that.pathAndQuery)
                && authority.port() == that.authority.port()
                && authority.host().equals(that.authority.host())
                && scheme.equals(that.scheme);
    }

    @Override
    public int hashCode() {
        return (31 * pathAndQuery.hashCode() + authority.host().hashCode()) * 31
                + authority.port()
                + scheme.hashCode();
    }

    public String uri() {
        return scheme + "://" + authority.text(scheme) + pathAndQuery;
    }
}
