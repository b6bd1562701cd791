package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.origin.Balanced;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.Parent;
import dev.vellum.proxy.origin.Routes;
import dev.vellum.proxy.origin.Upstream;
import org.jspecify.annotations.Nullable;

/** Which servers may answer a request. */
public sealed interface Routing {

    /** The servers for {@code target}, or null if it is not served here. */
    @Nullable Upstream find(RequestTarget target);

    /** Whether CONNECT makes tunnels. */
    boolean tunnels();

    /** Columns that no picture of a target goes out with more than; 0 for any number. */
    default int pictureWidth(RequestTarget target) {
        return 0;
    }

    /**
     * The servers for {@code target} where those that {@link #find} names could not be reached, or
     * null if there are no others.
     */
    default @Nullable Upstream otherwise(RequestTarget target, Failure why) {
        return null;
    }

    /** {@code forward}: the server that the target itself names. */
    record ToTarget() implements Routing {
        @Override
        public Upstream find(RequestTarget target) {
            return new Upstream.Direct(address(target));
        }

        @Override
        public boolean tunnels() {
            return true;
        }
    }

    /**
     * {@code client}, or {@code forward} with a parent: everything goes there.
     *
     * @param orDirect whether a target's own server may be asked where the parent is out of reach
     */
    record ToParent(Parent parent, boolean orDirect) implements Routing {
        @Override
        public Upstream find(RequestTarget target) {
            return orDirect && parent.isLost() ? new Upstream.Direct(address(target)) : parent;
        }

        @Override
        public @Nullable Upstream otherwise(RequestTarget target, Failure why) {
            if (!orDirect || !isOutOfReach(why)) {
                return null;
            }
            parent.lose();
            return new Upstream.Direct(address(target));
        }

        @Override
        public boolean tunnels() {
            return true;
        }
    }

    /** {@code edge}: the origins configured for the target's host. */
    record ToRoutes(Routes routes) implements Routing {
        @Override
        public @Nullable Upstream find(RequestTarget target) {
            return routes.find(target.authority().host());
        }

        @Override
        public int pictureWidth(RequestTarget target) {
            Balanced route = routes.find(target.authority().host());
            return route == null ? 0 : route.config().pictureWidth();
        }

        @Override
        public boolean tunnels() {
            return false;
        }
    }

    /**
     * Whether nobody is there. A parent with a wrong certificate is someone else, who is not to
     * learn by that where requests go.
     */
    private static boolean isOutOfReach(Failure why) {
        return switch (why) {
            case ORIGIN_NAME_UNKNOWN,
                    ORIGIN_NAME_TIMEOUT,
                    ORIGIN_REFUSED,
                    ORIGIN_UNROUTABLE,
                    ORIGIN_CONNECT_TIMEOUT,
                    ORIGIN_CLOSED,
                    ORIGIN_UNAVAILABLE ->
                    true;
            default -> false;
        };
    }

    /** Where a target's own server is. */
    static OriginAddress address(RequestTarget target) {
        Authority authority = target.authority();
        String scheme =
                switch (target) {
                    case RequestTarget.Absolute absolute -> absolute.scheme();
                    case RequestTarget.Asterisk asterisk -> asterisk.scheme();
                    case RequestTarget.AuthorityForm tunnel -> "http";
                };
        String host = authority.host();
        String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new OriginAddress(scheme, literal, authority.port());
    }
}
