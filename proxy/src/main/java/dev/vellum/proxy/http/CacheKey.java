package dev.vellum.proxy.http;

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

    public String uri() {
        return scheme + "://" + authority.text(scheme) + pathAndQuery;
    }
}
