package dev.vellum.proxy.intercept;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whose HTTPS is opened.
 *
 * @param hosts names; {@code *.example.org} covers every name below {@code example.org}; {@code *}
 *     covers all; none means that nothing is opened
 * @param except names that are never opened, in the same form
 * @param authority where our authority's key and certificate are; made at the first start
 * @param credentials whether hosts stay open whose pictures are asked for with cookies or
 *     Authorization
 */
public record InterceptConfig(
        List<String> hosts, List<String> except, Optional<Path> authority, boolean credentials) {

    public static final InterceptConfig OFF =
            new InterceptConfig(List.of(), List.of(), Optional.empty(), false);

    public InterceptConfig {
        hosts = List.copyOf(hosts);
        except = List.copyOf(except);
        if (!hosts.isEmpty() && authority.isEmpty()) {
            throw new IllegalArgumentException("authority (expected: a file)");
        }
    }

    /** Whether anything may be opened. */
    public boolean on() {
        return !hosts.isEmpty();
    }

    /** Whether HTTPS of {@code host}, in lower case, is to be opened. */
    boolean covers(String host) {
        return listed(hosts, host) && !listed(except, host);
    }

    private static boolean listed(List<String> patterns, String host) {
        for (String pattern : patterns) {
            if (pattern.equals("*")
                    || pattern.equalsIgnoreCase(host)
                    || (pattern.startsWith("*.")
                            && host.length() > pattern.length() - 1
                            && host.regionMatches(
                                    true,
                                    host.length() - pattern.length() + 1,
                                    pattern,
                                    1,
                                    pattern.length() - 1))) {
                return true;
            }
        }
        return false;
    }
}
