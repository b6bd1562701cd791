package dev.vellum.proxy.origin;

import java.net.URI;
import java.util.Locale;

/**
 * Where a server listens: {@code http://host:port} or {@code https://host:port}; {@code
 * h2c://host:port} for HTTP/2 without TLS, by prior knowledge (RFC 9113 section 3.3).
 *
 * @param scheme {@code http}, {@code https} or {@code h2c}
 * @param host name or address literal (version 6 without brackets), lower case
 * @param port 1 to 65535
 */
public record OriginAddress(String scheme, String host, int port) {

    public OriginAddress {
        if (!scheme.equals("http") && !scheme.equals("https") && !scheme.equals("h2c")) {
            throw new IllegalArgumentException(
                    "scheme: " + scheme + " (expected: http, https or h2c)");
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host: \"\" (expected: a name or an address)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /**
     * Reads {@code scheme://host[:port]}, without path or anything else behind it.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static OriginAddress parse(String text) {
        try {
            URI uri = new URI(text);
            boolean bare =
                    uri.getHost() != null
                            && uri.getScheme() != null
                            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null
                            && uri.getRawUserInfo() == null;
            if (bare) {
                String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
                String host = uri.getHost().toLowerCase(Locale.ROOT);
                String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
                int port = uri.getPort() < 0 ? defaultPort(scheme) : uri.getPort();
                return new OriginAddress(scheme, literal, port);
            }
        } catch (java.net.URISyntaxException notAnAddress) {
            throw new IllegalArgumentException(expected(text), notAnAddress);
        }
        throw new IllegalArgumentException(expected(text));
    }

    private static String expected(String text) {
        return '"' + text + "\" (expected: an address such as http://127.0.0.1:8080)";
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    /** Whether it is known to speak HTTP/2. */
    public boolean knownHttp2() {
        return scheme.equals("h2c");
    }

    /** Scheme of the resources that it has. */
    public String resourceScheme() {
        return secure() ? "https" : "http";
    }

    /** Whether connections to it use TLS. */
    public boolean secure() {
        return scheme.equals("https");
    }

    /** The form that {@link #parse} reads back. */
    @Override
    public String toString() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return scheme + "://" + name + ":" + port;
    }
}
