package dev.vellum.proxy.limits;

import dev.vellum.proxy.units.ByteSize;

/**
 * Sizes and counts that a peer, client or origin, may not exceed.
 *
 * @param headerBytes start line and fields of one message, or one trailer section, as sent
 * @param headerCount field lines in one message
 * @param requestBodyBytes body of one request
 * @param responseBodyBytes body of one response; a longer one is broken off
 * @param connections client connections open at once; those beyond are closed unanswered
 * @param connectionsPerClient client connections open at once from one address
 * @param requestsPerClient requests under way at once from one address
 * @param requestsPerConnection requests answered before a client connection is closed
 * @param slowestRate bytes per second that a sender of a body must reach, averaged over ten seconds
 */
public record Limits(
        ByteSize headerBytes,
        int headerCount,
        ByteSize requestBodyBytes,
        ByteSize responseBodyBytes,
        int connections,
        int connectionsPerClient,
        int requestsPerClient,
        int requestsPerConnection,
        ByteSize slowestRate) {

    public static final Limits DEFAULT =
            new Limits(
                    ByteSize.ofKib(32),
                    128,
                    ByteSize.ofMib(1024),
                    ByteSize.ofMib(16 * 1024),
                    16_384,
                    2_048,
                    2_048,
                    1_000_000,
                    ByteSize.ofBytes(64));

    public Limits {
        atLeast("header-bytes", headerBytes.bytes(), 1024);
        atLeast("header-count", headerCount, 8);
        atLeast("request-body-bytes", requestBodyBytes.bytes(), 0);
        atLeast("response-body-bytes", responseBodyBytes.bytes(), 1);
        atLeast("connections", connections, 1);
        atLeast("connections-per-client", connectionsPerClient, 1);
        atLeast("requests-per-client", requestsPerClient, 1);
        atLeast("requests-per-connection", requestsPerConnection, 1);
    }

    private static void atLeast(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    key + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
