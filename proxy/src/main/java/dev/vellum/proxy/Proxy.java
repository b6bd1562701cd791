package dev.vellum.proxy;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.access.Gate;
import dev.vellum.proxy.admin.AdminServer;
import dev.vellum.proxy.admin.Metrics;
import dev.vellum.proxy.admin.SetupPages;
import dev.vellum.proxy.coding.CodedBodies;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.config.ConfigException;
import dev.vellum.proxy.config.MemoryBudget;
import dev.vellum.proxy.config.ProxyConfig;
import dev.vellum.proxy.config.Reload;
import dev.vellum.proxy.exchange.Journal;
import dev.vellum.proxy.exchange.ReadyHead;
import dev.vellum.proxy.exchange.RequestIds;
import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.latent.DecodedPictures;
import dev.vellum.proxy.latent.LatentModels;
import dev.vellum.proxy.latent.ModelFetch;
import dev.vellum.proxy.latent.ModelFiles;
import dev.vellum.proxy.log.AccessLog;
import dev.vellum.proxy.net.Transport;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.DnsResolver;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.origin.Resolver;
import dev.vellum.proxy.origin.Routes;
import dev.vellum.proxy.pregenerate.Pregenerator;
import dev.vellum.proxy.server.ProxyServer;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Headroom;
import dev.vellum.proxy.store.InFlight;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.SharedResponses;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.disk.DiskCounters;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Purges;
import dev.vellum.proxy.store.shared.RedisTier;
import dev.vellum.proxy.store.shared.SharedCounters;
import dev.vellum.proxy.tls.OriginTls;
import dev.vellum.proxy.tls.TlsProvider;
import dev.vellum.proxy.variant.Originals;
import dev.vellum.proxy.variant.OwnTags;
import dev.vellum.proxy.variant.PictureConfig;
import dev.vellum.proxy.variant.Variants;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A proxy, made of its parts: start, drain, close. Not restarted once closed. */
public final class Proxy implements AutoCloseable {

    /*
     * What holds stored responses, ports and threads lasts as long as the proxy; everything else is
     * a generation, which a reload replaces as a whole. A request keeps the one it began with.
     */

    /** Between attempts to fetch a model that is missing. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Transport transport = Transport.best();
    private final EventLoopGroup loops;
    private final DnsResolver dns;
    private final Resolver resolver;
    private final Chunks chunks;
    private final Headroom headroom;
    private final ResponseStore store;
    private final CodedBodies codedBodies;
    private final LatentModels models;
    private final Optional<Variants> variants;
    private final Pregenerator pregenerator;
    private final Optional<DecodedPictures> decoded;
    private final Optional<ModelFiles> modelFiles;
    private final ModelFetch modelFetch;
    private final InFlight inFlight = new InFlight(System::nanoTime);
    private final InstantSource clock;
    private final Interception interception;
    private final SecureRandom random = new SecureRandom();
    private final String ownName = "vellum-" + HexFormat.of().toHexDigits(random.nextInt());
    private final RequestIds ids = new RequestIds(random.nextLong());
    private final Metrics metrics = new Metrics();
    private final ProxyServer server;
    private final AdminServer admin;
    private final Optional<AccessLog> log;
    private final Journals journal;
    private final Reloads reloads = new Reloads();
    private volatile Generation generation;
    private volatile boolean draining;

    /**
     * Opens the ports and starts.
     *
     * @throws IOException if a part cannot start; those that had are closed again
     */
    public static Proxy start(ProxyConfig config) throws IOException {
        return start(config, summary -> {});
    }

    /** As {@link #start(ProxyConfig)}, telling {@code journal} of every request. */
    public static Proxy start(ProxyConfig config, Journal journal) throws IOException {
        return begin(config, journal, null);
    }

    /** As {@link #start(ProxyConfig)}, with names resolved by {@code resolver}. */
    public static Proxy start(ProxyConfig config, Journal journal, Resolver resolver)
            throws IOException {
        return begin(config, journal, resolver);
    }

    private static Proxy begin(ProxyConfig config, Journal journal, @Nullable Resolver resolver)
            throws IOException {
        Opened opened = new Opened();
        try {
            return new Proxy(config, journal, InstantSource.system(), resolver, opened);
        } catch (IOException | RuntimeException | Error broken) {
            opened.close();
            throw broken;
        }
    }

    private Proxy(
            ProxyConfig config,
            Journal journal,
            InstantSource clock,
            @Nullable Resolver resolver,
            Opened opened)
            throws IOException {
        this.clock = clock;
        int threads =
                config.threads() > 0
                        ? config.threads()
                        : Runtime.getRuntime().availableProcessors();
        loops = opened.add(transport.loops("vellum-loop", threads), Proxy::end);
        dns = opened.add(new DnsResolver(transport, loops.next()), DnsResolver::close);
        this.resolver = resolver == null ? dns : resolver;
        interception = new Interception(config.intercept(), config.name(), clock);
        server = opened.add(new ProxyServer(transport, loops, config.listen()), ProxyServer::close);
        DiskCounters diskCounters = new DiskCounters();
        Gauges gauges = new Gauges(metrics);
        chunks = new Chunks(MemoryBudget.kept(config), config.memory().passingBytes().bytes());
        headroom = Headroom.ofThisMachine(chunks);
        store =
                opened.add(
                        ResponseStore.open(
                                config.memory(),
                                config.disk(),
                                config.policy(),
                                chunks,
                                clock,
                                diskCounters,
                                purges -> sharing(config, purges, gauges)),
                        ResponseStore::close);
        codedBodies =
                opened.add(
                        new CodedBodies(
                                coding(config), chunks, config.memory().objectBytes().bytes()),
                        CodedBodies::close);
        Hop here = new Hop(config.role(), config.name(), "", "");
        models = opened.add(LatentModels.open(config.codec()), LatentModels::close);
        boolean next = config.role() == Hop.Role.CLIENT; // to the browser: bytes hardly count
        decoded =
                next && config.codec().on()
                        ? Optional.of(
                                DecodedPictures.open(
                                        models,
                                        config.codec(),
                                        config.pictures().withinHeap().transcoder(),
                                        chunks,
                                        OwnTags.MARK))
                        : Optional.empty();
        decoded.ifPresent(each -> opened.add(each, DecodedPictures::close));
        modelFiles =
                next
                        ? Optional.empty()
                        : Optional.of(
                                new ModelFiles(
                                        models, config.policy(), clock, new ReadyHead(here)::of));
        modelFetch =
                new ModelFetch(
                        models,
                        () -> generation.pools().values().iterator().next(),
                        () -> generation.config().parent().map(ParentConfig::address),
                        FIRST_PAUSE,
                        LONGEST_PAUSE);
        modelFiles.ifPresent(each -> opened.add(each, ModelFiles::close));
        opened.add(modelFetch, ModelFetch::close);
        variants =
                Variants.open(
                        next ? PictureConfig.OFF : config.pictures(),
                        models.coder(),
                        new Originals(
                                config.codec().keepsOriginals(),
                                config.pictures().offer().quality(),
                                config.codec().hold()),
                        store,
                        chunks,
                        config.policy(),
                        OwnTags.MARK,
                        new ReadyHead(here)::of);
        variants.ifPresent(each -> opened.add(each, Variants::close));
        pregenerator =
                opened.add(
                        new Pregenerator(config.listen().reachable(server.port())),
                        Pregenerator::close);
        admin =
                opened.add(
                        new AdminServer(
                                config.admin(),
                                transport,
                                metrics,
                                () -> !draining,
                                store::purge,
                                pregenerator,
                                new SetupPages(interception.certificate(), server::port)),
                        AdminServer::close);
        log = AccessLog.open(config.log());
        log.ifPresent(each -> opened.add(each, AccessLog::close));
        this.journal =
                new Journals(Stream.concat(log.stream(), Stream.of(metrics, journal)).toList());
        gauges.ofProxy(server::connections, chunks, headroom, log);
        gauges.ofReloads(reloads);
        gauges.ofCoding(codedBodies);
        gauges.ofStore(store, diskCounters);
        variants.ifPresent(gauges::ofVariants);
        generation = generation(config, new Routes(config.routes(), System::nanoTime));
        generation.begin(server);
        if (next) {
            modelFetch.start();
        }
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
    }

    private static Optional<SharedResponses> sharing(
            ProxyConfig config, Purges purges, Gauges gauges) {
        return config.shared()
                .map(shared -> {
                    SharedCounters counters = new SharedCounters();
                    RedisTier tier =
                            RedisTier.open(
                                    shared,
                                    purges,
                                    config.disk().map(DiskConfig::directory),
                                    config.policy(),
                                    counters);
                    gauges.ofShared(tier, counters);
                    return tier;
                });
    }

    private String name(ProxyConfig config) {
        return config.name().equals(ProxyConfig.OWN_NAME) ? ownName : config.name();
    }

    private Generation generation(ProxyConfig config, Routes routes) throws IOException {
        Destinations destinations =
                new Destinations(
                        config.destinations(),
                        Stream.concat(server.ports().stream(), Stream.of(admin.port()))
                                .collect(Collectors.toSet()),
                        Destinations.addressesOfThisMachine());
        Connector connector =
                new Connector(
                        transport,
                        resolver,
                        destinations,
                        new OriginTls(config.originTls(), TlsProvider.best()),
                        config.timeouts().connect());
        Services services =
                new Services(
                        new Hop(config.role(), name(config), "", ""),
                        new Gate(config.access()),
                        destinations,
                        Generation.routing(config, routes),
                        connector,
                        config.policy(),
                        config.memory(),
                        store,
                        inFlight,
                        store.purges(),
                        chunks,
                        headroom,
                        coding(config),
                        codedBodies,
                        variants,
                        models.offer(config.pictures().offer()),
                        decoded,
                        modelFiles,
                        config.codec().hold(),
                        config.pool(),
                        config.limits(),
                        config.timeouts(),
                        clock,
                        random::nextLong,
                        ids,
                        interception,
                        journal);
        return Generation.of(config, services, routes, connector, loops);
    }

    /**
     * Takes another configuration: requests that begin from now on are served by it, those under
     * way end as they began. What it says of ports, threads and the store waits for the next start.
     *
     * @param reader reads it; what it throws is logged, and the configuration in use stays
     * @return whether it was taken
     */
    public synchronized boolean reload(Supplier<ProxyConfig> reader) {
        Generation old = generation;
        try {
            Reload reload = Reload.of(old.config(), reader.get());
            ProxyConfig config = reload.config();
            boolean sameRoutes = config.routes().equals(old.config().routes());
            // origins that were found unwell stay so
            Routes routes =
                    sameRoutes ? old.routes() : new Routes(config.routes(), System::nanoTime);
            Generation fresh = generation(config, routes);
            generation = fresh;
            fresh.begin(server);
            old.retire();
            reloads.taken(reload.needRestart());
            return true;
        } catch (ConfigException | IllegalArgumentException | IOException refused) {
            reloads.refused(refused);
            return false;
        }
    }

    /** Between a client and its browser bytes hardly count. */
    private static CodingConfig coding(ProxyConfig config) {
        return config.role() == Hop.Role.CLIENT ? CodingConfig.OFF : config.coding().available();
    }

    /** Where clients connect. */
    public int port() {
        return server.port();
    }

    /** Where clients connect with TLS; -1 if they cannot. */
    public int tlsPort() {
        return server.tlsPort();
    }

    /** Where metrics and health are. */
    public int adminPort() {
        return admin.port();
    }

    /** Off-heap bytes that bodies take now. */
    public long bodyBytes() {
        return chunks.used();
    }

    /** Bytes set aside for forms of pictures that wait or are being made. */
    public long pictureBytes() {
        return variants.map(Variants::reservedBytes).orElse(0L);
    }

    /**
     * Lets go of stored responses; when this returns it holds, after a crash too, and for what was
     * being fetched.
     *
     * @throws IOException if it could not be written: it holds until this process ends
     */
    public void purge(Collection<Purge> wishes) throws IOException {
        store.purge(wishes);
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
        boolean ended = server.drain(generation.config().timeouts().drain());
        close();
        return ended;
    }

    @Override
    public void close() {
        draining = true;
        server.close();
        pregenerator.close();
        generation.close();
        dns.close();
        end(loops);
        codedBodies.close();
        variants.ifPresent(Variants::close);
        decoded.ifPresent(DecodedPictures::close);
        modelFetch.close();
        modelFiles.ifPresent(ModelFiles::close);
        models.close();
        store.close();
        admin.close();
        log.ifPresent(AccessLog::close);
    }
}
