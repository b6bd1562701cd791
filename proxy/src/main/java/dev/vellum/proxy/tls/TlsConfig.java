package dev.vellum.proxy.tls;

import java.util.List;

/**
 * TLS towards clients.
 *
 * @param port 0 to 65535; 0 lets the system choose
 * @param certificates at least one; the first is for clients that ask for no name, or an unknown
 */
public record TlsConfig(int port, List<CertificateFiles> certificates) {

    public TlsConfig {
        certificates = List.copyOf(certificates);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificates: [] (expected: at least one)");
        }
    }
}
