package dev.vellum.proxy.http;

import dev.vellum.proxy.http.RequestTarget.Absolute;
import dev.vellum.proxy.http.RequestTarget.Asterisk;
import dev.vellum.proxy.http.RequestTarget.AuthorityForm;
import dev.vellum.proxy.http.RequestTarget.Reading;
import dev.vellum.proxy.http.RequestTarget.Reading.Accepted;
import dev.vellum.proxy.http.RequestTarget.Reading.Refused;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the four forms of a request target (RFC 9112 section 3.2). */
final class TargetReader {

    private TargetReader() {}

    static Reading read(
            String method,
            String text,
            List<String> hosts,
            HttpVersion version,
            String connectionScheme) {
        if (hosts.size() > 1) {
            return new Refused("more than one Host field");
        }
        if (hosts.isEmpty() && version != HttpVersion.HTTP_1_0) {
            return new Refused("no Host field");
        }
        String host = hosts.isEmpty() ? null : hosts.getFirst();
        if (method.equals("CONNECT")) {
            return authorityForm(text, host);
        }
        if (text.startsWith("/")) {
            return originForm(text, host, connectionScheme);
        }
        if (text.equals("*")) {
            return asterisk(method, host, connectionScheme);
        }
        return absoluteForm(method, text, host);
    }

    private static Reading authorityForm(String text, @Nullable String host) {
        Authority authority = Authority.parse(text, 0);
        if (authority == null) {
            return new Refused("CONNECT target is not host:port");
        }
        if (host != null
                && !authority.equals(Authority.parse(host, authority.port()))
                && !authority.equals(Authority.parse(host, 443))) {
            return new Refused("Host field differs from the target");
        }
        return new Accepted(new AuthorityForm(authority));
    }

    private static Reading originForm(String text, @Nullable String host, String scheme) {
        Authority authority =
                host == null ? null : Authority.parse(host, Authority.defaultPort(scheme));
        if (authority == null) {
            return new Refused("no valid Host field");
        }
        String fault = faultInPath(text, 0);
        return fault == null
                ? new Accepted(new Absolute(scheme, authority, text))
                : new Refused(fault);
    }

    private static Reading asterisk(String method, @Nullable String host, String scheme) {
        Authority authority =
                host == null ? null : Authority.parse(host, Authority.defaultPort(scheme));
        if (!method.equals("OPTIONS")) {
            return new Refused("asterisk target with a method other than OPTIONS");
        }
        return authority == null
                ? new Refused("no valid Host field")
                : new Accepted(new Asterisk(scheme, authority));
    }

    private static Reading absoluteForm(String method, String text, @Nullable String host) {
        int colon = text.indexOf("://");
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return new Refused("target is neither a path nor an http or https URI");
        }
        int start = colon + 3;
        int end = start;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        int defaultPort = Authority.defaultPort(scheme);
        Authority authority = Authority.parse(text.substring(start, end), defaultPort);
        if (authority == null) {
            return new Refused("target's authority is not host[:port]");
        }
        if (host != null && !authority.equals(Authority.parse(host, defaultPort))) {
            return new Refused("Host field differs from the target");
        }
        // RFC 9112 section 3.2.4: OPTIONS without a path and query means the server as a whole
        if (end == text.length() && method.equals("OPTIONS")) {
            return new Accepted(new Asterisk(scheme, authority));
        }
        // RFC 9110 section 4.2.3: an empty path is "/"
        String rest = text.substring(end);
        String pathAndQuery = rest.startsWith("/") ? rest : "/" + rest;
        String fault = faultInPath(pathAndQuery, 0);
        return fault == null
                ? new Accepted(new Absolute(scheme, authority, pathAndQuery))
                : new Refused(fault);
    }

    /**
     * Visible ASCII only, no fragment, whole percent-encodings in the path. Beyond RFC 3986 the
     * characters that browsers send as they are ({@code | [ ] ^ ` { }} and in the query also a
     * backslash and single percents) pass: they delimit nothing.
     */
    private static @Nullable String faultInPath(String text, int start) {
        boolean inQuery = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return "character in the target that is not visible ASCII";
            }
            switch (c) {
                case '?' -> inQuery = true;
                case '#' -> {
                    return "fragment in the target";
                }
                case '"', '<', '>' -> {
                    return "character in the target that must be percent-encoded";
                }
                case '\\' -> {
                    if (!inQuery) {
                        return "backslash in the target's path";
                    }
                }
                case '%' -> {
                    if (!inQuery && !isPercentEncoding(text, i)) {
                        return "broken percent-encoding in the target's path";
                    }
                }
                default -> {}
            }
        }
        return null;
    }

    private static boolean isPercentEncoding(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }
}
