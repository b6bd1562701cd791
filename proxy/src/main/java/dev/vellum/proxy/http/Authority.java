package dev.vellum.proxy.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host and its port, 1 to 65535 (RFC 3986 section 3.2 without userinfo, RFC 9110 section 4.2).
 * The host is lower-case: a registered name, an IPv4 address, or an IPv6 address in brackets.
 */
public record Authority(String host, int port) {

    public Authority {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /**
     * Reads {@code host[:port]} as strictly as a request deserves.
     *
     * @param defaultPort the port where none is named; 0 asks for one to be named
     * @return null where the text is no authority: empty, with userinfo, a bad port or a character
     *     that no host has
     */
    public static @Nullable Authority parse(String text, int defaultPort) {
        int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (hostEnd < 0) {
            hostEnd = text.length();
        }
        if (hostEnd == 0 || hostEnd > 255) {
            return null;
        }
        String host = text.substring(0, hostEnd);
        if (!(host.charAt(0) == '[' ? isIpLiteral(host) : isRegisteredName(host))) {
            return null;
        }
        int port = port(text, hostEnd, defaultPort);
        return port < 1 ? null : new Authority(host.toLowerCase(Locale.ROOT), port);
    }

    /** Port that {@code https} and {@code http} stand for. */
    public static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    /** The authority as it appears in a URI or Host field: without the scheme's own port. */
    public String text(String scheme) {
        return port == defaultPort(scheme) ? host : host + ":" + port;
    }

    /** An empty port after the colon means the default (RFC 3986 section 3.2.3). */
    private static int port(String text, int hostEnd, int defaultPort) {
        if (hostEnd == text.length()) {
            return defaultPort;
        }
        if (text.charAt(hostEnd) != ':' || text.length() - hostEnd > 6) {
            return -1;
        }
        if (hostEnd + 1 == text.length()) {
            return defaultPort;
        }
        int port = 0;
        for (int i = hostEnd + 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            port = 10 * port + digit;
        }
        return port > 65_535 ? -1 : port;
    }

    /**
     * Brackets around what can be an IPv6 address; zone ids and future address forms are refused.
     */
    private static boolean isIpLiteral(String host) {
        int colons = 0;
        for (int i = 1; i < host.length() - 1; i++) {
            char c = host.charAt(i);
            if (c == ':') {
                colons++;
            } else if (c != '.' && Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return colons >= 2 && host.endsWith("]");
    }

    /** Letters, digits, hyphens, underscores and dots: no percent-encoding, no sub-delims. */
    private static boolean isRegisteredName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean letterOrDigit =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '-' && c != '.' && c != '_') {
                return false;
            }
        }
        return !host.startsWith(".") && !host.contains("..");
    }
}
