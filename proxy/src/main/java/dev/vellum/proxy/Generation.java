package dev.vellum.proxy;

import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.exchange.Routing;
import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.HealthChecks;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Parent;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.Routes;
import dev.vellum.proxy.server.ProxyServer;
import dev.vellum.proxy.tls.ServerCertificates;
import dev.vellum.proxy.tls.TlsProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What one configuration makes, and the next one replaces as a whole.
 *
 * @param pools connections to origins, one pool for every loop
 * @param certificates ours, if TLS is spoken with clients
 */
record Generation(
        ProxyConfig config,
        Services services,
        Routes routes,
        Map<EventLoop, OriginPool> pools,
        Optional<ServerCertificates> certificates,
        HealthChecks health) {

    /**
     * Makes it of parts that last, and those of its own.
     *
     * @throws IOException if the certificates cannot be read
     */
    static Generation of(
            ProxyConfig config,
            Services services,
            Routes routes,
            Connector connector,
            EventLoopGroup loops)
            throws IOException {
        Optional<ServerCertificates> certificates =
                config.listen().tls().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new ServerCertificates(
                                        config.listen().tls().get(), TlsProvider.best()));
        int count = 0;
        for (EventExecutor ignored : loops) {
            count++;
        }
        PoolConfig share = config.pool().among(count);
        Map<EventLoop, OriginPool> pools = new HashMap<>();
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            pools.put(
                    loop,
                    new OriginPool(loop, connector, share, config.limits(), config.timeouts()));
        }
        HealthChecks health = new HealthChecks(routes, pools.values().iterator().next());
        return new Generation(config, services, routes, pools, certificates, health);
    }

    /** Who is asked, by the role. */
    static Routing routing(ProxyConfig config, Routes routes) {
        return switch (config.role()) {
            case EDGE -> new Routing.ToRoutes(routes);
            case FORWARD, CLIENT ->
                    config.parent()
                            .<Routing>map(parent ->
                                    new Routing.ToParent(
                                            new Parent(parent.address(), System::nanoTime),
                                            parent.orDirect()))
                            .orElseGet(Routing.ToTarget::new);
        };
    }

    /** From now on requests are served by this. */
    void begin(ProxyServer server) {
        health.start();
        server.serve(services, pools, certificates, config.listen().proxyProtocol());
    }

    /** Another serves what comes; what is under way here goes on. */
    void retire() {
        health.close();
        onPools(OriginPool::retire);
    }

    /** Ends what is under way, too. */
    void close() {
        health.close();
        onPools(OriginPool::close);
    }

    private void onPools(Consumer<OriginPool> action) {
        for (OriginPool pool : pools.values()) {
            pool.loop().execute(() -> action.accept(pool));
        }
    }
}
