package dev.vellum.proxy.http;

/**
 * This proxy as its neighbours see it, and the connection that a request came by.
 *
 * @param name pseudonym in Via, CDN-Loop, Cache-Status and Proxy-Status: a token, unique to this
 *     instance among those that may be chained, since it is how loops are found
 * @param clientAddress textual IP address of the client, an IPv6 one without brackets
 * @param clientScheme {@code http} or {@code https}: what the client used
 */
public record Hop(Role role, String name, String clientAddress, String clientScheme) {

    /** Whom the proxy serves. */
    public enum Role {
        /** Clients that chose it: they are not told on to origins. */
        FORWARD,
        /** A browser beside it, in whose name it asks its parent. */
        CLIENT,
        /** An origin, which trusts what it is told about clients. */
        EDGE
    }
}
