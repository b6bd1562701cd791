package dev.vellum.proxy;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.access.Gate;
import dev.vellum.proxy.admin.AdminServer;
import dev.vellum.proxy.admin.Metrics;
import dev.vellum.proxy.coding.CodedBodies;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.exchange.Journal;
import dev.vellum.proxy.exchange.RequestIds;
import dev.vellum.proxy.exchange.Routing;
import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.log.AccessLog;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.DnsResolver;
import dev.vellum.proxy.origin.HealthChecks;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.Resolver;
import dev.vellum.proxy.origin.Routes;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.server.ProxyServer;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.InFlight;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.disk.DiskCounters;
import dev.vellum.proxy.store.purge.Purge;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A proxy, made of its parts: start, drain, close. Not restarted once closed. */
public final class Proxy implements AutoCloseable {

    private final ProxyConfig config;
    private final EventLoopGroup loops;
    private final DnsResolver dns;
    private final Map<EventLoop, OriginPool> pools = new HashMap<>();
    private final Chunks chunks;
    private final ResponseStore store;
    private final CodedBodies codedBodies;
    private final HealthChecks health;
    private final ProxyServer server;
    private final AdminServer admin;
    private final Optional<AccessLog> log;
    private volatile boolean draining;

    /** Opens the ports and starts. */
    public static Proxy start(ProxyConfig config) throws IOException {
        return start(config, summary -> {});
    }

    /** As {@link #start(ProxyConfig)}, telling {@code journal} of every request. */
    public static Proxy start(ProxyConfig config, Journal journal) throws IOException {
        return new Proxy(config, journal, InstantSource.system(), null);
    }

    /** As {@link #start(ProxyConfig)}, with names resolved by {@code resolver}. */
    public static Proxy start(ProxyConfig config, Journal journal, Resolver resolver)
            throws IOException {
        return new Proxy(config, journal, InstantSource.system(), resolver);
    }

    private Proxy(
            ProxyConfig config,
            Journal journal,
            InstantSource clock,
            @org.jspecify.annotations.Nullable Resolver resolver)
            throws IOException {
        this.config = config;
        Transport transport = Transport.best();
        int threads =
                config.threads() > 0
                        ? config.threads()
                        : Runtime.getRuntime().availableProcessors();
        loops = transport.loops("vellum-loop", threads);
        dns = new DnsResolver(transport, loops.next());
        server = new ProxyServer(transport, loops, config.listen());
        DiskCounters diskCounters = new DiskCounters();
        chunks =
                new Chunks(
                        config.memory().bytes().bytes() + config.memory().inFlightBytes().bytes());
        store =
                ResponseStore.open(
                        config.memory(),
                        config.disk(),
                        config.policy(),
                        chunks,
                        clock,
                        diskCounters);
        Metrics metrics = new Metrics();
        admin =
                new AdminServer(
                        config.admin(), transport, metrics, () -> !draining, store.purges()::purge);
        log = AccessLog.open(config.log());
        Destinations destinations =
                new Destinations(
                        config.destinations(),
                        Set.of(server.port(), admin.port()),
                        Destinations.addressesOfThisMachine());
        Connector connector =
                new Connector(
                        transport,
                        resolver == null ? dns : resolver,
                        destinations,
                        tls(),
                        config.timeouts().connect());
        PoolConfig share = config.pool().among(threads);
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            pools.put(
                    loop,
                    new OriginPool(loop, connector, share, config.limits(), config.timeouts()));
        }
        Routes routes = new Routes(config.routes(), System::nanoTime);
        health = new HealthChecks(routes, pools.values().iterator().next());
        SecureRandom random = new SecureRandom();
        CodingConfig coding = config.coding().available();
        codedBodies = new CodedBodies(coding, chunks, config.memory().objectBytes().bytes());
        Services services =
                new Services(
                        new Hop(config.role(), config.name(), "", ""),
                        new Gate(config.access()),
                        destinations,
                        routing(routes),
                        connector,
                        config.policy(),
                        config.memory(),
                        store,
                        new InFlight(System::nanoTime),
                        store.purges(),
                        chunks,
                        coding,
                        codedBodies,
                        config.pool(),
                        config.limits(),
                        config.timeouts(),
                        clock,
                        random::nextLong,
                        new RequestIds(random.nextLong()),
                        journals(metrics, log, journal));
        measure(metrics);
        measure(metrics, store, diskCounters);
        health.start();
        server.serve(services, pools);
    }

    private static Journals journals(Metrics metrics, Optional<AccessLog> log, Journal journal) {
        return new Journals(Stream.concat(log.stream(), Stream.of(metrics, journal)).toList());
    }

    private void measure(Metrics metrics) {
        metrics.gauge("vellum_connections", "Client connections open now.", this::connections);
        metrics.gauge("vellum_body_bytes", "Off-heap bytes that bodies take now.", this::bodyBytes);
        metrics.count(
                "vellum_log_dropped",
                "Requests that were not logged because the queue was full.",
                () -> log.map(AccessLog::dropped).orElse(0L));
    }

    private static void measure(Metrics metrics, ResponseStore store, DiskCounters counters) {
        metrics.gauge("vellum_purge_targets", "Purges that are told apart.", store.purges()::size);
        store.disk()
                .ifPresent(disk -> {
                    metrics.gauge(
                            "vellum_disk_on",
                            "Whether the disk store works: 1 or 0.",
                            () -> disk.isOn() ? 1 : 0);
                    metrics.gauge("vellum_disk_bytes", "Bytes of its files.", disk::bytes);
                    metrics.gauge(
                            "vellum_disk_responses",
                            "Responses that can be found on disk.",
                            disk::size);
                    metrics.count(
                            "vellum_disk_stored_bytes",
                            "Bytes of bodies written to disk.",
                            counters::storedBytes);
                    metrics.count(
                            "vellum_disk_dropped",
                            "Responses that were not written to disk.",
                            counters::dropped);
                    metrics.count(
                            "vellum_disk_evicted",
                            "Responses that went to make room on disk.",
                            counters::evictedResponses);
                    metrics.count(
                            "vellum_disk_corrupt",
                            "Records on disk that were not what was written.",
                            counters::corruptRecords);
                });
    }

    private Routing routing(Routes routes) {
        return switch (config.role()) {
            case EDGE -> new Routing.ToRoutes(routes);
            case FORWARD ->
                    config.parent()
                            .<Routing>map(
                                    parent -> new Routing.ToParent(new Upstream.Parent(parent)))
                            .orElseGet(Routing.ToTarget::new);
        };
    }

    private static SslContext tls() throws IOException {
        return SslContextBuilder.forClient().build();
    }

    /** Where clients connect. */
    public int port() {
        return server.port();
    }

    /** Where metrics and health are. */
    public int adminPort() {
        return admin.port();
    }

    /** Off-heap bytes that bodies take now. */
    public long bodyBytes() {
        return chunks.used();
    }

    /**
     * Lets go of stored responses; when this returns it holds, after a crash too, and for what was
     * being fetched.
     *
     * @throws IOException if it could not be written: it holds until this process ends
     */
    public void purge(Collection<Purge> wishes) throws IOException {
        store.purges().purge(wishes);
    }

    /** Client connections open now. */
    public int connections() {
        return server.connections();
    }

    /**
     * Takes no more connections and waits for the requests under way, as long as the configuration
     * says; then closes.
     *
     * @return whether all could end
     */
    public boolean drain() throws InterruptedException {
        draining = true;
        boolean ended = server.drain(config.timeouts().drain());
        close();
        return ended;
    }

    @Override
    public void close() {
        draining = true;
        server.close();
        health.close();
        for (OriginPool pool : pools.values()) {
            pool.loop().execute(pool::close);
        }
        dns.close();
        loops.shutdownGracefully(0, Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
        codedBodies.close();
        store.close();
        admin.close();
        log.ifPresent(AccessLog::close);
    }
}
