package dev.vellum.proxy.config;

import dev.vellum.proxy.access.AccessConfig;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.store.MemoryConfig;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a proxy is started with.
 *
 * @param role whom it serves
 * @param name how it calls itself in Via, CDN-Loop, Cache-Status and Proxy-Status: a token
 * @param listen where clients connect
 * @param admin where metrics and health are
 * @param access who may use it
 * @param destinations where requests may be sent ({@code forward})
 * @param routes hosts and their origins ({@code edge})
 * @param parent the proxy that all requests go to ({@code forward})
 * @param memory how much is stored
 * @param policy what the operator decides about caching
 * @param pool connections to origins
 * @param limits what a peer may cost
 * @param timeouts how long a peer may take
 * @param threads event loops; 0 for one per processor
 */
public record ProxyConfig(
        Hop.Role role,
        String name,
        ListenConfig listen,
        ListenConfig admin,
        AccessConfig access,
        DestinationsConfig destinations,
        List<RouteConfig> routes,
        Optional<OriginAddress> parent,
        MemoryConfig memory,
        CachePolicy policy,
        PoolConfig pool,
        Limits limits,
        Timeouts timeouts,
        int threads) {

    /** A forward proxy for this machine: what starts without a configuration. */
    public static final ProxyConfig FORWARD =
            new ProxyConfig(
                    Hop.Role.FORWARD,
                    "vellum",
                    new ListenConfig("127.0.0.1", 3128),
                    new ListenConfig("127.0.0.1", 3129),
                    AccessConfig.LOOPBACK,
                    DestinationsConfig.DEFAULT,
                    List.of(),
                    Optional.empty(),
                    MemoryConfig.DEFAULT,
                    CachePolicy.FORWARD,
                    PoolConfig.DEFAULT,
                    Limits.DEFAULT,
                    Timeouts.DEFAULT,
                    0);

    public ProxyConfig {
        routes = List.copyOf(routes);
        if (role == Hop.Role.EDGE && routes.isEmpty()) {
            throw new IllegalArgumentException("routes: [] (expected: at least one for an edge)");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 0)");
        }
    }

    /** An edge for {@code routes} that everyone may use, listening where {@code listen} says. */
    public static ProxyConfig edge(ListenConfig listen, List<RouteConfig> routes) {
        return new ProxyConfig(
                Hop.Role.EDGE,
                "vellum",
                listen,
                FORWARD.admin(),
                AccessConfig.EVERYONE,
                DestinationsConfig.DEFAULT,
                routes,
                Optional.empty(),
                MemoryConfig.DEFAULT,
                CachePolicy.EDGE,
                PoolConfig.DEFAULT,
                Limits.DEFAULT,
                Timeouts.DEFAULT,
                0);
    }
}
