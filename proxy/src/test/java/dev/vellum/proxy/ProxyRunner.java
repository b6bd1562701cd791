package dev.vellum.proxy;

import dev.vellum.proxy.access.AccessConfig;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.admin.AdminConfig;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.exchange.Summary;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.log.LogConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.Resolver;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.shared.SharedConfig;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Proxies for tests: a port of the system's choice, short waits, and a list of what happened. */
final class ProxyRunner {

    final List<RouteConfig> routes = new ArrayList<>();
    final List<Summary> summaries = new CopyOnWriteArrayList<>();
    Hop.Role role = Hop.Role.EDGE;
    String name = "vellum";
    List<Network> allowed = List.of();
    Set<Integer> connectPorts = Set.of(443);
    Optional<OriginAddress> parent = Optional.empty();
    boolean orDirect;
    MemoryConfig memory = MemoryConfig.DEFAULT;
    Optional<DiskConfig> disk = Optional.empty();
    Optional<SharedConfig> shared = Optional.empty();
    CodingConfig coding = CodingConfig.DEFAULT;
    PictureConfig pictures = PictureConfig.OFF;
    CodecConfig codec = CodecConfig.DEFAULT.off();
    PoolConfig pool = PoolConfig.DEFAULT;
    Optional<TlsConfig> tls = Optional.empty();
    List<Network> proxyProtocol = List.of();
    List<Network> clients = AccessConfig.LOOPBACK.allow();
    OriginTlsConfig originTls = OriginTlsConfig.DEFAULT;
    InterceptConfig intercept = InterceptConfig.OFF;
    Limits limits = Limits.DEFAULT;
    Timeouts timeouts = shortWaits();
    @Nullable Resolver resolver;

    static ProxyRunner edge(ScriptedOrigin... origins) {
        ProxyRunner runner = new ProxyRunner();
        runner.routes.add(
                new RouteConfig(
                        List.of("example.test"),
                        java.util.Arrays.stream(origins).map(ScriptedOrigin::address).toList()));
        return runner;
    }

    /** One that may go to loopback. */
    static ProxyRunner forward() {
        ProxyRunner runner = new ProxyRunner();
        runner.role = Hop.Role.FORWARD;
        runner.allowed = List.of(Network.parse("127.0.0.0/8"));
        return runner;
    }

    static Timeouts shortWaits() {
        return new Timeouts(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofMillis(1500),
                Duration.ofMillis(1500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    /** Short waits, and this long for a request's header. */
    static Timeouts waiting(Duration requestHeader) {
        Timeouts others = shortWaits();
        return new Timeouts(
                requestHeader,
                others.keepAlive(),
                others.connect(),
                others.firstByte(),
                others.stall(),
                others.originIdle(),
                others.tunnelIdle(),
                others.drain());
    }

    ProxyConfig config() {
        ListenConfig any = new ListenConfig("127.0.0.1", 0, tls, proxyProtocol);
        return new ProxyConfig(
                role,
                name,
                any,
                AdminConfig.DEFAULT.withPort(0),
                new AccessConfig(clients, List.of(), List.of(), "vellum"),
                new DestinationsConfig(allowed, connectPorts),
                routes,
                parent.map(address -> new ParentConfig(address, orDirect)),
                memory,
                disk,
                shared,
                coding,
                pictures,
                codec,
                role == Hop.Role.EDGE ? CachePolicy.EDGE : CachePolicy.FORWARD,
                pool,
                originTls,
                intercept,
                limits,
                timeouts,
                LogConfig.OFF,
                2);
    }

    Proxy start() throws IOException {
        Resolver chosen = resolver;
        return chosen == null
                ? Proxy.start(config(), summaries::add)
                : Proxy.start(config(), summaries::add, chosen);
    }
}
