package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fields that concern one connection only (RFC 9110 section 7.6.1). */
public final class HopByHop {

    /** Trailer is not among them: it describes the trailers, which are passed on. */
    private static final List<String> NAMES =
            List.of(
                    "Connection",
                    "Keep-Alive",
                    "Proxy-Connection",
                    "Proxy-Authenticate",
                    "Proxy-Authentication-Info",
                    "Proxy-Authorization",
                    "TE",
                    "Transfer-Encoding",
                    "Upgrade");

    /** Fields that a message needs, which Connection therefore cannot take away. */
    private static final List<String> KEPT =
            List.of("host", "content-length", "content-range", "cache-control", "via", "cdn-loop");

    private HopByHop() {}

    /** The fields without those that end here: the known ones and what Connection lists. */
    public static Fields strip(Fields fields) {
        List<String> dropped = new ArrayList<>(NAMES);
        for (String option : options(fields)) {
            if (KEPT.stream().noneMatch(option::equalsIgnoreCase)) {
                dropped.add(option);
            }
        }
        return fields.without(dropped);
    }

    /** Whether Connection lists the option. */
    public static boolean hasOption(Fields fields, String option) {
        return options(fields).stream().anyMatch(option::equalsIgnoreCase);
    }

    private static List<String> options(Fields fields) {
        String connection = fields.combined("Connection");
        return connection == null
                ? List.of()
                : Arrays.stream(connection.split(",", -1))
                        .map(String::strip)
                        .filter(option -> !option.isEmpty())
                        .toList();
    }
}
