package dev.vellum.proxy.http;

import java.util.List;

/** What a request asks for, resolved against its Host field (RFC 9112 section 3). */
public sealed interface RequestTarget {

    /** Where the request is addressed to. */
    Authority authority();

    /**
     * A resource.
     *
     * @param scheme {@code http} or {@code https}
     * @param pathAndQuery starts with a slash; as received, so that nothing the origin tells apart
     *     is merged
     */
    record Absolute(String scheme, Authority authority, String pathAndQuery)
            implements RequestTarget {

        /** The absolute URI, with no port where it is the scheme's own. */
        public String uri() {
            return scheme + "://" + authority.text(scheme) + pathAndQuery;
        }

        /** Path without the query. */
        public String path() {
            int query = pathAndQuery.indexOf('?');
            return query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        }
    }

    /** The far end of a tunnel: CONNECT only. */
    record AuthorityForm(Authority authority) implements RequestTarget {
        public String host() {
            return authority.host();
        }

        public int port() {
            return authority.port();
        }
    }

    /** The server as a whole: {@code OPTIONS *} only. */
    record Asterisk(String scheme, Authority authority) implements RequestTarget {}

    /** What came of reading a request line's target and Host field. */
    sealed interface Reading {
        record Accepted(RequestTarget target) implements Reading {}

        /**
         * To be answered 400.
         *
         * @param reason what is wrong, in words of ours that repeat nothing of the request
         */
        record Refused(String reason) implements Reading {}
    }

    /**
     * Reads a request's target, RFC 9112 sections 3.2 and 3.3. The Host field must be there on
     * HTTP/1.1, may only come once, and must name the same authority as an absolute target does:
     * RFC 9112 would let the target win, but two names for one request are how caches are poisoned.
     *
     * @param hosts values of all Host field lines
     * @param connectionScheme {@code https} on a connection secured by TLS, otherwise {@code http}
     */
    static Reading read(
            String method,
            String text,
            List<String> hosts,
            HttpVersion version,
            String connectionScheme) {
        return TargetReader.read(method, text, hosts, version, connectionScheme);
    }
}
