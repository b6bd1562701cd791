package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.units.ByteSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the proxies of a fleet share responses.
 *
 * @param servers addresses such as {@code redis://10.0.0.5:6379}, or {@code rediss:} for TLS; those
 *     of a cluster, of which one has to answer, or a single one
 * @param cluster whether they are a cluster
 * @param user empty for the default one
 * @param passwordFile its first line is the password; read at each connection
 * @param prefix of all keys: proxies with the same one share
 * @param deadline what a request may wait for an answer
 * @param objectBytes the largest body that is shared
 * @param queueBytes bodies that may wait to be written; what comes on top is not shared
 * @param keep how long a response is kept beyond its lifetime, to be confirmed then
 */
public record SharedConfig(
        List<URI> servers,
        boolean cluster,
        String user,
        Optional<Path> passwordFile,
        String prefix,
        Duration deadline,
        ByteSize objectBytes,
        ByteSize queueBytes,
        Duration keep) {

    /** One server, with defaults for the rest. */
    public static SharedConfig of(URI server) {
        return new SharedConfig(
                List.of(server),
                false,
                "",
                Optional.empty(),
                "vellum",
                Duration.ofMillis(50),
                ByteSize.ofMib(1),
                ByteSize.ofMib(16),
                Duration.ofDays(1));
    }

    public SharedConfig {
        servers = List.copyOf(servers);
        if (servers.isEmpty() || (!cluster && servers.size() > 1)) {
            throw new IllegalArgumentException(
                    "servers: " + servers + " (expected: one, or cluster: true)");
        }
        if (!prefix.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "prefix: \"" + prefix + "\" (expected: 1 to 64 letters, digits, _ . or -)");
        }
        if (!deadline.isPositive() || deadline.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException(
                    "deadline: " + deadline + " (expected: > 0, <= 10s)");
        }
        if (objectBytes.compareTo(ByteSize.ofMib(64)) > 0) {
            throw new IllegalArgumentException(
                    "object-bytes: " + objectBytes + " (expected: <= 64MiB)");
        }
    }

    /**
     * Reads the address of a server.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static URI server(String text) {
        URI uri = URI.create(text);
        boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
        if (!known || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "not an address of a server (expected: such as redis://10.0.0.5:6379, user and"
                            + " password elsewhere)");
        }
        return uri;
    }
}
