package dev.vellum.proxy.intercept;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.tls.Issuer;
import dev.vellum.proxy.tls.KeyAndChain;
import dev.vellum.proxy.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tunnels are opened, and with what certificate. A host that does not take our certificate,
 * or that wants to know who asks for its pictures, is left alone from then on. Thread-safe.
 */
public final class Interception {

    private static final Logger LOG = LoggerFactory.getLogger(Interception.class);

    private static final int MOST_LEAVES = 1000;
    private static final int MOST_LEARNED = 10_000;

    /**
     * How long a host is left alone; whoever installs our authority later need not wait for ever.
     */
    private static final Duration LEARNED_FOR = Duration.ofHours(24);

    /** How long a parent's word is believed; it looks again itself whenever it connects. */
    private static final Duration VOUCHED_FOR = Duration.ofMinutes(10);

    private static final Duration LEAF_LIFE = Duration.ofDays(30);
    private static final Duration LEAF_USE = Duration.ofDays(7);

    private final InterceptConfig config;
    private final InstantSource clock;
    private final @Nullable Issuer issuer;
    private final KeyPair leafKeys = Issuer.newKeys();
    private final Cache<String, SslContext> leaves =
            Caffeine.newBuilder().maximumSize(MOST_LEAVES).expireAfterWrite(LEAF_USE).build();
    private final Cache<String, Why> learned =
            Caffeine.newBuilder().maximumSize(MOST_LEARNED).expireAfterWrite(LEARNED_FOR).build();
    private final Cache<Authority, Boolean> vouchedFor =
            Caffeine.newBuilder().maximumSize(MOST_LEARNED).expireAfterWrite(VOUCHED_FOR).build();

    /** Why a host is left alone. */
    public enum Why {
        /** Its client did not take our certificate: it may be pinned. */
        REJECTED,
        /** Its pictures are asked for with cookies or Authorization. */
        CREDENTIALS
    }

    /**
     * Reads our authority, or makes it.
     *
     * @param name of this proxy
     * @throws IOException if it can be neither read nor made
     */
    public Interception(InterceptConfig config, String name, InstantSource clock)
            throws IOException {
        this.config = config;
        this.clock = clock;
        this.issuer =
                config.on() && config.authority().isPresent()
                        ? new Issuer(
                                OwnAuthority.of(
                                        config.authority().get(),
                                        "Vellum proxy " + name,
                                        clock.instant()))
                        : null;
    }

    /** Whether a tunnel to {@code target} is to be opened. */
    public boolean opens(Authority target) {
        return issuer != null
                && config.covers(target.host())
                && learned.getIfPresent(target.host()) == null;
    }

    /** Our parent has verified who {@code target} is. */
    public void vouchFor(Authority target) {
        vouchedFor.put(target, true);
    }

    /** Whether our parent has verified it lately. */
    public boolean isVouchedFor(Authority target) {
        return vouchedFor.getIfPresent(target) != null;
    }

    /** A tunnel to {@code target} that is opened; its far end must have been verified. */
    public Opened open(Authority target) {
        return new Opened(target);
    }

    /** The certificate to install in browsers, in PEM; empty where nothing is opened. */
    public Optional<String> certificate() {
        return Optional.ofNullable(issuer).map(own -> OwnAuthority.pem(own.certificate()));
    }

    private void learn(String host, Why why) {
        if (learned.asMap().put(host, why) == null) {
            LOG.info("{} is left alone for {}: {}", host, LEARNED_FOR, why);
        }
    }

    private SslContext leaf(String host) {
        return leaves.get(host, this::mint);
    }

    private SslContext mint(String host) {
        Issuer own = issuer;
        if (own == null) {
            throw new IllegalStateException("authority: none (expected: one where this is on)");
        }
        Instant now = clock.instant();
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        KeyAndChain leaf =
                own.issue(
                        Issuer.Purpose.SERVER,
                        List.of(name),
                        leafKeys,
                        now.minus(Duration.ofDays(1)),
                        now.plus(LEAF_LIFE));
        return TlsProvider.best().server(leaf);
    }

    /** One tunnel that is opened. */
    public final class Opened {

        private final Authority target;
        private volatile boolean misdirected;

        private Opened(Authority target) {
            this.target = target;
        }

        /**
         * What the client is shown: always the name of the tunnel.
         *
         * @param asked the name that it asks for by TLS (RFC 6066 section 3), or null
         */
        public SslContext context(@Nullable String asked) {
            misdirected = asked != null && !asked.equalsIgnoreCase(target.host());
            return leaf(target.host());
        }

        /** Whether a request may be for {@code scheme} and {@code authority}: the tunnel's own. */
        public boolean covers(String scheme, Authority authority) {
            return !misdirected && scheme.equals("https") && authority.equals(target);
        }

        /** The client broke the handshake off. */
        public void rejected() {
            learn(target.host(), Why.REJECTED);
        }

        /** A picture is asked for in somebody's name. */
        public void pictureWithCredentials() {
            if (!config.credentials()) {
                learn(target.host(), Why.CREDENTIALS);
            }
        }
    }
}
