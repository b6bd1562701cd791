package dev.vellum.proxy.admin;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The port for operators.
 *
 * @param host address to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param names hosts that requests may name beside {@code localhost} and address literals; any
 *     other is taken for DNS rebinding
 * @param tokenFile holds the token that all but health and readiness ask for; made with mode 0600
 *     and a random token if it is not there. Without a file nobody knows the token.
 */
public record AdminConfig(String host, int port, List<String> names, Optional<Path> tokenFile) {

    /** On loopback, with a token that nobody knows. */
    public static final AdminConfig DEFAULT =
            new AdminConfig("127.0.0.1", 3129, List.of(), Optional.empty());

    public AdminConfig {
        names = List.copyOf(names);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    /** The same on another port. */
    public AdminConfig withPort(int other) {
        return new AdminConfig(host, other, names, tokenFile);
    }
}
