package dev.vellum.proxy.server;

/**
 * Where a port is opened.
 *
 * @param host address to listen on, such as {@code 127.0.0.1} or {@code ::}
 * @param port 0 to 65535; 0 lets the system choose
 */
public record ListenConfig(String host, int port) {

    public ListenConfig {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }
}
