package dev.vellum.proxy.origin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which origins answer for which host ({@code edge}): the exact name, else the longest wildcard.
 */
public final class Routes {

    private final Map<String, Balanced> byHost = new HashMap<>();
    private final List<Balanced> all;
    private final boolean wildcards;

    /**
     * @throws IllegalArgumentException if two routes name the same host
     */
    public Routes(List<RouteConfig> routes, LongSupplier nanoTime) {
        all = routes.stream().map(route -> new Balanced(route, nanoTime)).toList();
        for (Balanced route : all) {
            for (String host : route.config().hosts()) {
                if (byHost.put(host.toLowerCase(java.util.Locale.ROOT), route) != null) {
                    throw new IllegalArgumentException(
                            "hosts: \"" + host + "\" (expected: each host in one route)");
                }
            }
        }
        wildcards = byHost.keySet().stream().anyMatch(host -> host.startsWith("*."));
    }

    /** Every route. */
    public List<Balanced> all() {
        return all;
    }

    /** The origins for {@code host}, a lower-case name without port, or null. */
    public @Nullable Balanced find(String host) {
        Balanced exact = byHost.get(host);
        if (exact != null) {
            return exact;
        }
        if (!wildcards) {
            return byHost.get("*");
        }
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            Balanced wildcard = byHost.get("*" + host.substring(dot));
            if (wildcard != null) {
                return wildcard;
            }
        }
        return byHost.get("*");
    }
}
