package dev.vellum.proxy.config;

import dev.vellum.proxy.coding.CodingConfig;
import dev.vellum.proxy.picture.Offer;
import java.util.ArrayList;
import java.util.List;

/**
 * A configuration that takes the place of one in use.
 *
 * @param config what holds from now on
 * @param needRestart keys that were changed, and hold only from the next start
 */
public record Reload(ProxyConfig config, List<String> needRestart) {

    public Reload {
        needRestart = List.copyOf(needRestart);
    }

    /**
     * What becomes of a running proxy when its configuration is read again: ports, threads and what
     * holds stored responses stay as they are.
     */
    public static Reload of(ProxyConfig running, ProxyConfig read) {
        List<String> kept = new ArrayList<>();
        note(kept, "role", running.role(), read.role());
        note(kept, "name", running.name(), read.name());
        note(kept, "listen", running.listen().taking(read.listen()), read.listen());
        note(kept, "admin", running.admin(), read.admin());
        note(kept, "memory", running.memory(), read.memory());
        note(kept, "disk", running.disk(), read.disk());
        note(kept, "shared", running.shared(), read.shared());
        note(kept, "coding.cache-bytes", running.coding().cacheBytes(), read.coding().cacheBytes());
        note(kept, "coding.threads", running.coding().threads(), read.coding().threads());
        note(
                kept,
                "pictures",
                running.pictures().with(Offer.ORDINARY),
                read.pictures().with(Offer.ORDINARY));
        note(kept, "intercept", running.intercept(), read.intercept());
        note(kept, "codec", running.codec(), read.codec());
        note(kept, "log", running.log(), read.log());
        note(kept, "threads", running.threads(), read.threads());
        boolean otherRole = running.role() != read.role();
        return new Reload(
                new ProxyConfig(
                        running.role(),
                        running.name(),
                        running.listen().taking(read.listen()),
                        running.admin(),
                        read.access(),
                        read.destinations(),
                        otherRole ? running.routes() : read.routes(),
                        otherRole ? running.parent() : read.parent(),
                        running.memory(),
                        running.disk(),
                        running.shared(),
                        new CodingConfig(
                                read.coding().codings(),
                                read.coding().leastBytes(),
                                running.coding().cacheBytes(),
                                running.coding().threads()),
                        running.pictures().with(read.pictures().offer()),
                        running.codec(),
                        otherRole ? running.policy() : read.policy(),
                        read.pool(),
                        read.originTls(),
                        running.intercept(),
                        read.limits(),
                        read.timeouts(),
                        running.log(),
                        running.threads()),
                kept);
    }

    private static void note(List<String> kept, String key, Object running, Object read) {
        if (!running.equals(read)) {
            kept.add(key);
        }
    }
}
