package dev.vellum.proxy.origin;

/**
 * Connections to origins.
 *
 * @param connectionsPerOrigin open at once to one origin
 * @param idlePerOrigin kept open unused for one origin
 * @param waiting requests that may wait for a connection to one origin; those beyond are answered
 *     503
 * @param retries further attempts, at other origins where there are several, for a request that may
 *     be repeated (RFC 9110 section 9.2.2)
 */
public record PoolConfig(int connectionsPerOrigin, int idlePerOrigin, int waiting, int retries) {

    public static final PoolConfig DEFAULT = new PoolConfig(256, 64, 1024, 2);

    public PoolConfig {
        atLeast("connections-per-origin", connectionsPerOrigin, 1);
        atLeast("idle-per-origin", idlePerOrigin, 0);
        atLeast("waiting", waiting, 0);
        atLeast("retries", retries, 0);
    }

    /** One share of the limits, when {@code loops} event loops divide them. */
    public PoolConfig among(int loops) {
        return new PoolConfig(
                Math.ceilDiv(connectionsPerOrigin, loops),
                Math.ceilDiv(idlePerOrigin, loops),
                Math.ceilDiv(waiting, loops),
                retries);
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    key + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
