package dev.vellum.proxy.access;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether an address, after resolution, may be connected to. Only public unicast addresses
 * may, and those that the configuration allows; an address and port that this proxy itself listens
 * on never may. Ask for every address that is about to be connected to, not for the name: the
 * answer holds for these very bytes alone.
 *
 * @param config what is allowed beyond public addresses
 * @param ownPorts ports that this proxy listens on
 * @param ownAddresses addresses of this machine beside loopback, as they were at the start
 */
public record Destinations(
        DestinationsConfig config, Set<Integer> ownPorts, Set<InetAddress> ownAddresses) {

    /** Verdict on one address. */
    public enum Verdict {
        ALLOWED,
        /** Not public unicast, and no {@code allow_destinations} names it. */
        NOT_PUBLIC,
        /** A port of this proxy: connecting would be a loop. */
        OURSELVES,
        /** A port that CONNECT may not name. */
        CONNECT_PORT
    }

    private static final Network MAPPED = new Network(6, 0, 0xffffL << 32, 96); // RFC 4291 2.5.5.2

    /** Where a connection reaches this machine whatever its interfaces are called. */
    private static final List<Network> LOCAL =
            List.of(
                    Network.parse("0.0.0.0/8"),
                    Network.parse("127.0.0.0/8"),
                    Network.parse("::/127"),
                    new Network(6, 0, (0xffffL << 32) | 0x7f000000L, 104),
                    new Network(6, 0, 0xffffL << 32, 104));

    /** IANA special-purpose registries (RFC 6890) and the addresses behind translators. */
    private static final List<Network> NOT_PUBLIC =
            List.of(
                    Network.parse("0.0.0.0/8"), // this network; Linux connects it to itself
                    Network.parse("10.0.0.0/8"), // RFC 1918
                    Network.parse("100.64.0.0/10"), // RFC 6598, and one cloud's metadata
                    Network.parse("127.0.0.0/8"),
                    Network.parse("168.63.129.16/32"), // another cloud's host, a public number
                    Network.parse("169.254.0.0/16"), // link-local, and metadata
                    Network.parse("172.16.0.0/12"), // RFC 1918
                    Network.parse("192.0.0.0/24"), // RFC 6890, and metadata
                    Network.parse("192.0.2.0/24"), // documentation
                    Network.parse("192.88.99.0/24"), // 6to4 relays, RFC 7526
                    Network.parse("192.168.0.0/16"), // RFC 1918
                    Network.parse("198.18.0.0/15"), // benchmarks
                    Network.parse("198.51.100.0/24"), // documentation
                    Network.parse("203.0.113.0/24"), // documentation
                    Network.parse("224.0.0.0/4"), // multicast
                    Network.parse("240.0.0.0/4"), // reserved, and broadcast
                    Network.parse("::/96"), // unspecified, loopback, v4-compatible
                    MAPPED,
                    new Network(6, 0, 0xffffL << 48, 96), // v4-translated, RFC 2765
                    Network.parse("64:ff9b::/96"), // NAT64, RFC 6052
                    Network.parse("64:ff9b:1::/48"), // NAT64 of this network, RFC 8215
                    Network.parse("100::/64"), // discard, RFC 6666
                    Network.parse("2001::/23"), // protocols, Teredo among them
                    Network.parse("2001:db8::/32"), // documentation
                    Network.parse("2002::/16"), // 6to4, RFC 3056
                    Network.parse("3fff::/20"), // documentation, RFC 9637
                    Network.parse("5f00::/16"), // segment routing, RFC 9602
                    Network.parse("fc00::/7"), // ULA, and metadata
                    Network.parse("fe80::/10"), // link-local
                    Network.parse("fec0::/10"), // site-local, RFC 3879
                    Network.parse("ff00::/8")); // multicast

    public Destinations {
        ownPorts = Set.copyOf(ownPorts);
        ownAddresses = Set.copyOf(ownAddresses);
    }

    /** Every address of this machine's interfaces that are up. */
    public static Set<InetAddress> addressesOfThisMachine() throws SocketException {
        Set<InetAddress> addresses = new HashSet<>();
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .forEach(addresses::add);
        return addresses;
    }

    /** For a destination that a request names. */
    public Verdict check(InetSocketAddress destination) {
        return check(destination.getAddress().getAddress(), destination.getPort());
    }

    /** As {@link #check(InetSocketAddress)}, for 4 or 16 bytes in network order. */
    public Verdict check(byte[] address, int port) {
        if (isOurselves(address, port)) {
            return Verdict.OURSELVES;
        }
        return isPublic(address) || config.allow().stream().anyMatch(n -> n.contains(address))
                ? Verdict.ALLOWED
                : Verdict.NOT_PUBLIC;
    }

    /** For an origin or a parent that the configuration names: anything but ourselves. */
    public Verdict checkConfigured(InetSocketAddress destination) {
        return isOurselves(destination.getAddress().getAddress(), destination.getPort())
                ? Verdict.OURSELVES
                : Verdict.ALLOWED;
    }

    /** Whether CONNECT may name {@code port}; the address is checked after resolution. */
    public Verdict checkConnectPort(int port) {
        return config.connectPorts().contains(port) ? Verdict.ALLOWED : Verdict.CONNECT_PORT;
    }

    private boolean isOurselves(byte[] address, int port) {
        if (!ownPorts.contains(port)) {
            return false;
        }
        return LOCAL.stream().anyMatch(network -> network.contains(address))
                || ownAddresses.stream().anyMatch(own -> sameHost(own.getAddress(), address));
    }

    /** Equal, or one is the other's v4-mapped form. */
    private static boolean sameHost(byte[] own, byte[] address) {
        if (own.length == address.length) {
            return Arrays.equals(own, address);
        }
        byte[] four = own.length == 4 ? own : address;
        byte[] six = own.length == 4 ? address : own;
        return MAPPED.contains(six) && Arrays.equals(four, 0, 4, six, 12, 16);
    }

    private static boolean isPublic(byte[] address) {
        return NOT_PUBLIC.stream().noneMatch(network -> network.contains(address));
    }
}
