package dev.vellum.proxy.http;

import java.util.Locale;
import java.util.Set;

/** Fields behind a message's content (RFC 9110 section 6.5). */
public final class Trailers {

    /** Framing, routing, authentication, cache control and content description, in lower case. */
    private static final Set<String> FORBIDDEN =
            Set.of(
                    "age",
                    "authorization",
                    "cache-control",
                    "cdn-cache-control",
                    "cdn-loop",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-type",
                    "cookie",
                    "date",
                    "expect",
                    "expires",
                    "forwarded",
                    "host",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "if-unmodified-since",
                    "keep-alive",
                    "location",
                    "max-forwards",
                    "pragma",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "proxy-connection",
                    "range",
                    "retry-after",
                    "set-cookie",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "vary",
                    "via",
                    "warning",
                    "www-authenticate");

    private Trailers() {}

    /** Those that may stand behind the content; the others are left out. */
    public static Fields allowed(Fields trailers) {
        Fields.Builder kept = Fields.builder();
        trailers.forEach((name, value) -> {
            if (!FORBIDDEN.contains(name.toLowerCase(Locale.ROOT))) {
                kept.add(name, value);
            }
        });
        return kept.build();
    }
}
