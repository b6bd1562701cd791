package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;

/** Whether a stale response may stand in for an origin that fails. */
public final class StaleUse {

    private StaleUse() {}

    /**
     * For a 500, 502, 503 or 504 from the origin: within stale-if-error (RFC 5861 section 4), and
     * never where validation is demanded (RFC 9111 section 4.2.4).
     */
    public static boolean forError(int status, StoredResponse stored, Instant now) {
        boolean error = status == 500 || status == 502 || status == 503 || status == 504;
        return error && isWithin(stored.terms().staleIfError(), stored, now);
    }

    /**
     * For an origin that cannot be reached or gave no usable response: within stale-if-error, or as
     * long as the policy allows a cache that is disconnected (RFC 9111 section 4.2.4).
     */
    public static boolean forUnreachableOrigin(
            StoredResponse stored, Instant now, CachePolicy policy) {
        Duration errorWindow = stored.terms().staleIfError();
        Duration window = policy.staleWhenDisconnected();
        return isWithin(errorWindow.compareTo(window) > 0 ? errorWindow : window, stored, now);
    }

    private static boolean isWithin(Duration window, StoredResponse stored, Instant now) {
        if (stored.invalidated() || stored.terms().mustValidateWhenStale()) {
            return false;
        }
        Duration staleness = stored.remaining(now).negated();
        return staleness.compareTo(window) < 0;
    }
}
