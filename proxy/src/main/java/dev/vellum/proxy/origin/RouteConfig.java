package dev.vellum.proxy.origin;

import java.util.List;

/**
 * Requests for some hosts, and the origins that answer them ({@code edge}).
 *
 * @param hosts names as clients send them, without port; {@code *.example.org} covers every name
 *     below {@code example.org}; {@code *} covers all
 * @param origins equal servers for these hosts, at least one; tried in turn
 * @param hostHeader the Host sent to the origins, or empty for the client's
 * @param health how failing origins are noticed
 * @param pictureWidth columns that no picture of these hosts goes out with more than; 0 for any
 */
public record RouteConfig(
        List<String> hosts,
        List<OriginAddress> origins,
        String hostHeader,
        HealthConfig health,
        int pictureWidth) {

    public RouteConfig {
        hosts = List.copyOf(hosts);
        origins = List.copyOf(origins);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts: [] (expected: at least one host name)");
        }
        if (origins.isEmpty()) {
            throw new IllegalArgumentException("origins: [] (expected: at least one address)");
        }
        if (pictureWidth < 0) {
            throw new IllegalArgumentException(
                    "picture-width: " + pictureWidth + " (expected: >= 0)");
        }
    }

    /** A route with pictures of any width. */
    public RouteConfig(
            List<String> hosts,
            List<OriginAddress> origins,
            String hostHeader,
            HealthConfig health) {
        this(hosts, origins, hostHeader, health, 0);
    }

    /** A route to {@code origins} with default health checks. */
    public RouteConfig(List<String> hosts, List<OriginAddress> origins) {
        this(hosts, origins, "", HealthConfig.DEFAULT);
    }
}
