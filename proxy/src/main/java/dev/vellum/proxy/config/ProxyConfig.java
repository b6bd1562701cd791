package dev.vellum.proxy.config;

import dev.vellum.proxy.access.AccessConfig;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.admin.AdminConfig;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.log.LogConfig;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.shared.SharedConfig;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.variant.PictureConfig;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a proxy is started with.
 *
 * @param role whom it serves
 * @param name how it calls itself in Via, CDN-Loop, Cache-Status and Proxy-Status: a token, or
 *     {@link #OWN_NAME}
 * @param listen where clients connect
 * @param admin where metrics and health are
 * @param access who may use it
 * @param destinations where requests may be sent ({@code forward})
 * @param routes hosts and their origins ({@code edge})
 * @param parent the proxy that all requests go to ({@code forward}, {@code client})
 * @param memory how much is stored
 * @param disk where responses outlive a restart, if anywhere
 * @param shared where the proxies of a fleet share responses, if anywhere
 * @param coding which text is coded on the way to clients
 * @param pictures what becomes of pictures on the way to clients
 * @param codec which latents are made of pictures, or asked for
 * @param policy what the operator decides about caching
 * @param pool connections to origins
 * @param originTls how origins and parents are verified
 * @param intercept whose HTTPS is opened ({@code forward}, {@code client})
 * @param limits what a peer may cost
 * @param timeouts how long a peer may take
 * @param log where requests are logged
 * @param threads event loops; 0 for one per processor
 */
public record ProxyConfig(
        Hop.Role role,
        String name,
        ListenConfig listen,
        AdminConfig admin,
        AccessConfig access,
        DestinationsConfig destinations,
        List<RouteConfig> routes,
        Optional<ParentConfig> parent,
        MemoryConfig memory,
        Optional<DiskConfig> disk,
        Optional<SharedConfig> shared,
        CodingConfig coding,
        PictureConfig pictures,
        CodecConfig codec,
        CachePolicy policy,
        PoolConfig pool,
        OriginTlsConfig originTls,
        InterceptConfig intercept,
        Limits limits,
        Timeouts timeouts,
        LogConfig log,
        int threads) {

    /**
     * A name of its own for each start: two proxies of one name in a chain take each other's
     * requests for ones that go in a circle.
     */
    public static final String OWN_NAME = "auto";

    /** Where an edge listens if nothing is said: every address, since everyone may use it. */
    public static final ListenConfig EDGE_LISTEN = new ListenConfig("0.0.0.0", 8080);

    /** A forward proxy for this machine, which logs nothing. */
    public static final ProxyConfig FORWARD =
            new ProxyConfig(
                    Hop.Role.FORWARD,
                    OWN_NAME,
                    new ListenConfig("127.0.0.1", 3128),
                    AdminConfig.DEFAULT,
                    AccessConfig.LOOPBACK,
                    DestinationsConfig.DEFAULT,
                    List.of(),
                    Optional.empty(),
                    MemoryConfig.DEFAULT,
                    Optional.empty(),
                    Optional.empty(),
                    CodingConfig.DEFAULT,
                    PictureConfig.DEFAULT,
                    CodecConfig.DEFAULT,
                    CachePolicy.FORWARD,
                    PoolConfig.DEFAULT,
                    OriginTlsConfig.DEFAULT,
                    InterceptConfig.OFF,
                    Limits.DEFAULT,
                    Timeouts.DEFAULT,
                    LogConfig.OFF,
                    0);

    public ProxyConfig {
        routes = List.copyOf(routes);
        if (role == Hop.Role.EDGE && routes.isEmpty()) {
            throw new IllegalArgumentException("routes: [] (expected: at least one for an edge)");
        }
        if (role == Hop.Role.CLIENT && parent.isEmpty()) {
            throw new IllegalArgumentException(
                    "parent (expected: a forward or edge proxy, for a client)");
        }
        if (role != Hop.Role.EDGE && !routes.isEmpty()) {
            throw new IllegalArgumentException("routes (expected: none but on an edge)");
        }
        if (role == Hop.Role.EDGE && intercept.on()) {
            throw new IllegalArgumentException("intercept (expected: nothing on an edge)");
        }
        if (role == Hop.Role.EDGE && parent.isPresent()) {
            throw new IllegalArgumentException("parent (expected: none on an edge)");
        }
        if (role == Hop.Role.FORWARD && !pictures.offer().widths().isEmpty()) {
            throw new IllegalArgumentException(
                    "pictures.widths (expected: none on a forward proxy, which keeps sizes)");
        }
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" (expected: a token such as vellum-1)");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 0)");
        }
    }

    /**
     * An edge named vellum for {@code routes} that everyone may use, listening where {@code listen}
     * says, with an admin port of the system's choice and without a log.
     */
    public static ProxyConfig edge(ListenConfig listen, List<RouteConfig> routes) {
        return new ProxyConfig(
                Hop.Role.EDGE,
                "vellum",
                listen,
                AdminConfig.DEFAULT.withPort(0),
                AccessConfig.EVERYONE,
                DestinationsConfig.DEFAULT,
                routes,
                Optional.empty(),
                MemoryConfig.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                CodingConfig.DEFAULT,
                PictureConfig.DEFAULT,
                CodecConfig.DEFAULT,
                CachePolicy.EDGE,
                PoolConfig.DEFAULT,
                OriginTlsConfig.DEFAULT,
                InterceptConfig.OFF,
                Limits.DEFAULT,
                Timeouts.DEFAULT,
                LogConfig.OFF,
                0);
    }
}
