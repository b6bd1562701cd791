package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.Routes;
import dev.vellum.proxy.origin.Upstream;
import org.jspecify.annotations.Nullable;

/** Which servers may answer a request. */
public sealed interface Routing {

    /** The servers for {@code target}, or null if it is not served here. */
    @Nullable Upstream find(RequestTarget target);

    /** Whether CONNECT makes tunnels. */
    boolean tunnels();

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

    /** {@code forward} with a parent: everything goes there. */
    record ToParent(Upstream.Parent parent) implements Routing {
        @Override
        public Upstream find(RequestTarget target) {
            return parent;
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
        public boolean tunnels() {
            return false;
        }
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
