package dev.vellum.proxy.limits;

import java.time.Duration;

/**
 * How long a peer, client or origin, may take.
 *
 * @param requestHeader from the first byte of a request to the end of its header
 * @param keepAlive how long a client connection may wait for its next request
 * @param connect to reach an origin, all of its addresses counted, TLS included
 * @param firstByte from the end of a request to the header of the response
 * @param stall how long a body, either way, may make no progress
 * @param originIdle how long an unused origin connection is kept
 * @param tunnelIdle how long a tunnel may stay silent
 * @param drain how long requests under way may take after the stop began
 */
public record Timeouts(
        Duration requestHeader,
        Duration keepAlive,
        Duration connect,
        Duration firstByte,
        Duration stall,
        Duration originIdle,
        Duration tunnelIdle,
        Duration drain) {

    public static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(50),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(30));

    public Timeouts {
        positive("request-header", requestHeader);
        positive("keep-alive", keepAlive);
        positive("connect", connect);
        positive("first-byte", firstByte);
        positive("stall", stall);
        positive("origin-idle", originIdle);
        positive("tunnel-idle", tunnelIdle);
        positive("drain", drain);
    }

    private static void positive(String key, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: > 0s)");
        }
    }
}
