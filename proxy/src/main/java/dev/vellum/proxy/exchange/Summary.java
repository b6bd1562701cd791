package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.RequestHead;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request, for metrics and the log.
 *
 * @param id the request's, unlike any other's of this process; an edge tells its origins
 * @param user the name that credentials proved, or empty
 * @param status sent to the client; 0 if nothing was sent
 * @param whole whether the client got all of the response, as far as we know
 * @param fetched content bytes received from upstream for this request alone
 * @param sent content bytes given to the client's connection
 * @param picture what became of a picture: the media type of the variant that was sent, why it was
 *     the original, {@code first-view}; empty where it was none
 * @param pictureSaved bytes that the variant saved over the original
 * @param failure what went wrong here or upstream
 */
public record Summary(
        long id,
        Instant started,
        Duration took,
        InetSocketAddress client,
        String user,
        RequestHead request,
        int status,
        Handling handling,
        boolean whole,
        long fetched,
        long sent,
        String picture,
        long pictureSaved,
        @Nullable Failure failure) {

    /** Of {@link #picture}: the original went out while it came in. */
    public static final String FIRST_VIEW = "first-view";

    /** Where a response came from; the names are metric labels. */
    public enum Handling {
        /** From the store, fresh. */
        HIT,
        /** From the store, past its lifetime. */
        STALE,
        /** From the store, after the origin confirmed it. */
        REVALIDATED,
        /** From upstream, the first to ask. */
        MISS,
        /** From upstream, fetched for another request. */
        COLLAPSED,
        /** From upstream, by a request that no store could answer. */
        PASS,
        /** A tunnel. */
        TUNNEL,
        /** From this proxy itself. */
        LOCAL
    }
}
