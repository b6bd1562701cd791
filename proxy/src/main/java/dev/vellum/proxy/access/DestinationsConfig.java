package dev.vellum.proxy.access;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where requests may be sent.
 *
 * @param allow networks that may be reached though they are not public; empty by default
 * @param connectPorts ports that CONNECT may name, each 1 to 65535; by default 443 alone
 */
public record DestinationsConfig(List<Network> allow, Set<Integer> connectPorts) {

    /** Public addresses only; CONNECT to 443 only. */
    public static final DestinationsConfig DEFAULT = new DestinationsConfig(List.of(), Set.of(443));

    public DestinationsConfig {
        allow = List.copyOf(allow);
        for (int port : new TreeSet<>(connectPorts)) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "connect-ports: " + port + " (expected: 1 to 65535)");
            }
        }
        connectPorts = Set.copyOf(connectPorts);
    }
}
