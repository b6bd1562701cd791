package dev.vellum.proxy.http;

import java.time.Duration;

/** What the far end says about keeping a connection (RFC 2068 section 19.7.1.1, still in use). */
public final class KeepAlive {

    /** The far end may close at the very second that it names: a request must not be on its way. */
    private static final long MARGIN_SECONDS = 1;

    private KeepAlive() {}

    /**
     * How long the connection may wait for its next request, from the response's fields.
     *
     * @param limit what holds where the far end says nothing, and at most
     */
    public static Duration idle(Fields response, Duration limit) {
        CacheControl parameters = CacheControl.of(response, "Keep-Alive");
        if (!parameters.has("timeout")) {
            return limit;
        }
        long seconds = parameters.seconds("timeout").orElse(0) - MARGIN_SECONDS;
        Duration told = Duration.ofSeconds(Math.max(0, seconds));
        return told.compareTo(limit) < 0 ? told : limit;
    }
}
