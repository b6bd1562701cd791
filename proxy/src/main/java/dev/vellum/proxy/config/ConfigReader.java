package dev.vellum.proxy.config;

import dev.vellum.proxy.access.AccessConfig;
import dev.vellum.proxy.access.DestinationsConfig;
import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.admin.AdminConfig;
import dev.vellum.proxy.coding.Coding;
import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.intercept.InterceptConfig;
import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.log.LogConfig;
import dev.vellum.proxy.origin.HealthConfig;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.ParentConfig;
import dev.vellum.proxy.origin.PoolConfig;
import dev.vellum.proxy.origin.RouteConfig;
import dev.vellum.proxy.server.ListenConfig;
import dev.vellum.proxy.store.MemoryConfig;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.store.shared.SharedConfig;
import dev.vellum.proxy.tls.OriginTlsConfig;
import dev.vellum.proxy.tls.TlsConfig;
import dev.vellum.proxy.variant.PictureConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a configuration: YAML whose keys are the records' components in kebab case. What is left
 * out has its default; what is not known stops the start.
 */
public final class ConfigReader {

    private final Map<String, String> environment;
    private final Path folder;
    private final AccessKeys accessKeys;
    private final StoreKeys storeKeys;
    private final TlsKeys tlsKeys;

    /**
     * A reader.
     *
     * @param environment where secrets may be, and where state is kept
     * @param folder what relative paths in a configuration start from
     */
    public ConfigReader(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder;
        this.accessKeys = new AccessKeys(folder, this.environment);
        this.storeKeys = new StoreKeys(folder);
        this.tlsKeys = new TlsKeys(folder, stateFolder());
    }

    /**
     * Reads a file; its relative paths start from where it lies.
     *
     * @throws ConfigException if it cannot be read or says anything that is not known
     */
    public static Configuration readFile(Path file, Map<String, String> environment) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            return new ConfigReader(environment, folder == null ? Path.of("/") : folder)
                    .read(Files.readString(file), file.toString());
        } catch (IOException unreadable) {
            throw new ConfigException(file + " (expected: a readable file)", unreadable);
        }
    }

    /**
     * Reads a text; an empty one has every default.
     *
     * @param source how messages call it
     * @throws ConfigException if it says anything that is not known
     */
    public Configuration read(String yaml, String source) {
        Section document = Section.parse(yaml, source);
        ProxyConfig config = proxy(document);
        return new Configuration(config, document.effective().yaml());
    }

    private ProxyConfig proxy(Section document) {
        try (Section root = document) {
            Hop.Role role = root.value("role", Hop.Role.FORWARD, ConfigReader::role);
            String name = root.text("name", ProxyConfig.FORWARD.name());
            int threads = root.integer("threads", 0);
            ListenConfig listen = listen(root.section("listen"), role);
            AdminConfig admin = admin(root.section("admin"));
            AccessConfig access = accessKeys.access(root.section("access"), role);
            DestinationsConfig destinations = AccessKeys.destinations(root.section("destinations"));
            List<RouteConfig> routes =
                    root.sections("routes").stream().map(ConfigReader::route).toList();
            boolean orDirect = root.flag("direct-without-parent", false);
            Optional<ParentConfig> parent =
                    root.optional("parent", OriginAddress::parse)
                            .map(address -> new ParentConfig(address, orDirect));
            MemoryConfig memory = StoreKeys.memory(root.section("memory"));
            Optional<DiskConfig> disk = storeKeys.disk(root.section("disk"));
            Optional<SharedConfig> shared = storeKeys.shared(root.section("shared"));
            CodingConfig coding = coding(root.section("coding"));
            PictureConfig pictures =
                    new PictureKeys(root.section("pictures"), folder, environment).read();
            CodecConfig codec = new CodecKeys(root.section("codec"), folder).read();
            CachePolicy policy = policy(root.section("caching"), role);
            PoolConfig pool = pool(root.section("pool"));
            OriginTlsConfig originTls = tlsKeys.towardsOrigins(root.section("origin-tls"));
            InterceptConfig intercept = tlsKeys.intercept(root.section("intercept"));
            Limits limits = limits(root.section("limits"));
            Timeouts timeouts = timeouts(root.section("timeouts"));
            LogConfig log = log(root.section("log"));
            return root.make(() ->
                    new ProxyConfig(
                            role,
                            name,
                            listen,
                            admin,
                            access,
                            destinations,
                            routes,
                            parent,
                            memory,
                            disk,
                            shared,
                            coding,
                            pictures,
                            codec,
                            policy,
                            pool,
                            originTls,
                            intercept,
                            limits,
                            timeouts,
                            log,
                            threads));
        }
    }

    private static Hop.Role role(String text) {
        return switch (text) {
            case "forward" -> Hop.Role.FORWARD;
            case "edge" -> Hop.Role.EDGE;
            case "client" -> Hop.Role.CLIENT;
            default ->
                    throw new IllegalArgumentException(
                            '"' + text + "\" (expected: forward, edge or client)");
        };
    }

    private ListenConfig listen(Section section, Hop.Role role) {
        ListenConfig standard =
                role == Hop.Role.EDGE ? ProxyConfig.EDGE_LISTEN : ProxyConfig.FORWARD.listen();
        try (section) {
            Optional<TlsConfig> tls = tlsKeys.listening(section.section("tls"));
            return section.make(() ->
                    new ListenConfig(
                            section.text("host", standard.host()),
                            section.integer("port", standard.port()),
                            tls,
                            section.values("proxy-protocol", List.of(), Network::parse)));
        }
    }

    private AdminConfig admin(Section section) {
        AdminConfig standard = AdminConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new AdminConfig(
                            section.text("host", standard.host()),
                            section.integer("port", standard.port()),
                            section.values("names", List.of(), Function.identity()),
                            Optional.of(
                                    section.value(
                                            "token-file", standardTokenFile(), folder::resolve))));
        }
    }

    /** Where the XDG base directory specification keeps state. */
    private Path standardTokenFile() {
        return stateFolder().resolve("admin-token");
    }

    private Path stateFolder() {
        String state = environment.get("XDG_STATE_HOME");
        Path base =
                state != null && state.startsWith("/")
                        ? Path.of(state)
                        : Path.of(environment.getOrDefault("HOME", "/"), ".local", "state");
        return base.resolve("vellum");
    }

    private static RouteConfig route(Section section) {
        try (section) {
            HealthConfig health = health(section.section("health"));
            return section.make(() ->
                    new RouteConfig(
                            section.values("hosts", List.of(), Function.identity()),
                            section.values("origins", List.of(), OriginAddress::parse),
                            section.text("host-header", ""),
                            health,
                            section.integer("picture-width", 0)));
        }
    }

    private static HealthConfig health(Section section) {
        HealthConfig standard = HealthConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new HealthConfig(
                            section.text("path", standard.path()),
                            section.duration("interval", standard.interval()),
                            section.duration("timeout", standard.timeout()),
                            section.integer("failures", standard.failures()),
                            section.duration("aside-for", standard.asideFor())));
        }
    }

    private static CodingConfig coding(Section section) {
        CodingConfig standard = CodingConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new CodingConfig(
                            section.values("codings", standard.codings(), Coding::parse),
                            section.size("least-bytes", standard.leastBytes()),
                            section.size("cache-bytes", standard.cacheBytes()),
                            section.integer("threads", standard.threads())));
        }
    }

    private static CachePolicy policy(Section section, Hop.Role role) {
        CachePolicy standard = role == Hop.Role.EDGE ? CachePolicy.EDGE : CachePolicy.FORWARD;
        try (section) {
            return section.make(() ->
                    new CachePolicy(
                            standard.targeted(),
                            section.fraction("heuristic-fraction", standard.heuristicFraction()),
                            section.duration("heuristic-maximum", standard.heuristicMaximum()),
                            section.duration(
                                    "stale-when-disconnected", standard.staleWhenDisconnected())));
        }
    }

    private static PoolConfig pool(Section section) {
        PoolConfig standard = PoolConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new PoolConfig(
                            section.integer(
                                    "connections-per-origin", standard.connectionsPerOrigin()),
                            section.integer("idle-per-origin", standard.idlePerOrigin()),
                            section.integer("waiting", standard.waiting()),
                            section.integer("retries", standard.retries())));
        }
    }

    private static Limits limits(Section section) {
        Limits standard = Limits.DEFAULT;
        try (section) {
            return section.make(() ->
                    new Limits(
                            section.size("header-bytes", standard.headerBytes()),
                            section.integer("header-count", standard.headerCount()),
                            section.size("request-body-bytes", standard.requestBodyBytes()),
                            section.size("response-body-bytes", standard.responseBodyBytes()),
                            section.integer("connections", standard.connections()),
                            section.integer(
                                    "connections-per-client", standard.connectionsPerClient()),
                            section.integer("requests-per-client", standard.requestsPerClient()),
                            section.integer(
                                    "requests-per-connection", standard.requestsPerConnection()),
                            section.size("slowest-rate", standard.slowestRate())));
        }
    }

    private static Timeouts timeouts(Section section) {
        Timeouts standard = Timeouts.DEFAULT;
        try (section) {
            return section.make(() ->
                    new Timeouts(
                            section.duration("request-header", standard.requestHeader()),
                            section.duration("keep-alive", standard.keepAlive()),
                            section.duration("connect", standard.connect()),
                            section.duration("first-byte", standard.firstByte()),
                            section.duration("stall", standard.stall()),
                            section.duration("origin-idle", standard.originIdle()),
                            section.duration("tunnel-idle", standard.tunnelIdle()),
                            section.duration("drain", standard.drain())));
        }
    }

    private LogConfig log(Section section) {
        LogConfig standard = LogConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new LogConfig(
                            section.value("access", standard.access(), this::accessLog),
                            section.flag("query", standard.query()),
                            section.integer("queue", standard.queue())));
        }
    }

    private LogConfig.Access accessLog(String text) {
        return switch (LogConfig.Access.parse(text)) {
            case LogConfig.Access.File(var path) -> new LogConfig.Access.File(folder.resolve(path));
            case LogConfig.Access other -> other;
        };
    }
}
