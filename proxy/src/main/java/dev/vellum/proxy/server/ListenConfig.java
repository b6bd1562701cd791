package dev.vellum.proxy.server;

import dev.vellum.proxy.access.Network;
import dev.vellum.proxy.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where ports are opened.
 *
 * @param host address to listen on, such as {@code 127.0.0.1} or {@code ::}
 * @param port of HTTP without TLS, 0 to 65535; 0 lets the system choose
 * @param tls the port for HTTP over TLS, if there is one
 * @param proxyProtocol load balancers whose connections begin with a PROXY header
 */
public record ListenConfig(
        String host, int port, Optional<TlsConfig> tls, List<Network> proxyProtocol) {

    public ListenConfig {
        proxyProtocol = List.copyOf(proxyProtocol);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    /** These ports, with the certificates and the networks of {@code read}. */
    public ListenConfig taking(ListenConfig read) {
        Optional<TlsConfig> certified =
                tls.map(own -> new TlsConfig(own.port(), read.tls().orElse(own).certificates()));
        return new ListenConfig(host, port, certified, read.proxyProtocol());
    }

    /**
     * How this machine reaches the port without TLS.
     *
     * @param open the port that was opened
     */
    public InetSocketAddress reachable(int open) {
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        return new InetSocketAddress(any ? "127.0.0.1" : host, open);
    }

    /** One port without TLS. */
    public ListenConfig(String host, int port) {
        this(host, port, Optional.empty(), List.of());
    }
}
