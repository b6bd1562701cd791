package dev.vellum.proxy.origin;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Equal servers that may answer a request. */
public interface Upstream {

    /** The best to ask that is not in {@code tried}, or null. */
    @Nullable OriginAddress next(Set<OriginAddress> tried);

    /** The server sent a whole header. */
    void answered(OriginAddress address);

    /** The server could not be reached, or broke off before its header was whole. */
    void failed(OriginAddress address);

    /** Whether the configuration names its servers. */
    boolean configured();

    /** Whether its servers are proxies. */
    boolean toProxy();

    /** What goes into the Host field instead of the client's, or empty. */
    default String hostHeader() {
        return "";
    }

    /** The one server of a request's own target. */
    record Direct(OriginAddress address) implements Upstream {

        @Override
        public @Nullable OriginAddress next(Set<OriginAddress> tried) {
            return tried.contains(address) ? null : address;
        }

        @Override
        public void answered(OriginAddress address) {}

        @Override
        public void failed(OriginAddress address) {}

        @Override
        public boolean configured() {
            return false;
        }

        @Override
        public boolean toProxy() {
            return false;
        }
    }
}
