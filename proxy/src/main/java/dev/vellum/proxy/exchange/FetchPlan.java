package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Flight;
import dev.vellum.proxy.store.Flight.Arrival;
import dev.vellum.proxy.store.InFlight;
import dev.vellum.proxy.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What to fetch.
 *
 * @param key what the response may be stored under; null if it is not to be stored
 * @param flight who else waits, or null
 * @param asked the stored response that the request's conditions are about, or null
 * @param hasBody whether content follows the head
 */
record FetchPlan(
        RequestHead request,
        Upstream upstream,
        @Nullable CacheKey key,
        @Nullable Flight flight,
        @Nullable Stored asked,
        boolean hasBody) {

    /** Whether the content that follows is of unknown length. */
    boolean chunked() {
        return hasBody && !request.fields().contains("Content-Length");
    }

    /** Whether the connection itself is to be handed over, for a tunnel. */
    boolean needsHttp1() {
        return request.method().equals("CONNECT") || request.fields().contains("Upgrade");
    }

    /** Whether what was asked for has changed meanwhile, so that it is not to be stored. */
    boolean outdated() {
        return flight != null && !flight.current();
    }

    /** Tells those who wait. */
    void land(InFlight inFlight, Arrival arrival) {
        if (key != null && flight != null) {
            inFlight.land(key, flight, arrival);
        }
    }

    /** Nobody joins any more. */
    void endFlight(InFlight inFlight) {
        if (key != null && flight != null) {
            inFlight.end(key, flight);
        }
    }

    /** The same without conditions. */
    FetchPlan unconditional() {
        return new FetchPlan(
                Validation.request(request, Fields.of()), upstream, key, flight, null, hasBody);
    }
}
