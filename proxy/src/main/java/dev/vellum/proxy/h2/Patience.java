package dev.vellum.proxy.h2;

import java.util.function.LongSupplier;

/**
 * How much a peer may do that costs us something and brings nobody anything: pings, settings,
 * cancelled requests, empty frames (RFC 9113 section 10.5). A burst is nothing; going on is. What a
 * peer must send to receive, it earns by receiving.
 */
final class Patience {

    private static final int MOST = 1024;
    private static final int EACH_SECOND = 64;

    private final LongSupplier nanoTime;
    private long since;
    private double left = MOST;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    Patience(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    void spend(int cost) throws ProtocolError {
        long now = nanoTime.getAsLong();
        left = Math.min(MOST, left + (now - since) * 1e-9 * EACH_SECOND);
        since = now;
        left -= cost;
        if (left < 0) {
            throw ProtocolError.connection(
                    ErrorCode.ENHANCE_YOUR_CALM, "too many frames that bring nothing");
        }
    }

    void earn(int amount) {
        left = Math.min(MOST, left + amount);
    }
}
