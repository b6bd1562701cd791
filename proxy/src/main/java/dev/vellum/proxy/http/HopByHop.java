package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields that concern one connection only (RFC 9110 section 7.6.1). */
public final class HopByHop {

    private HopByHop() {}

    /** The fields without those that end here: the known ones and what Connection lists. */
    public static Fields strip(Fields fields) {
        List<String> listed = listed(fields);
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < fields.size(); i++) {
            if (!ends(fields.name(i), listed)) {
                kept.add(fields.name(i), fields.value(i));
            }
        }
        return kept.size() == fields.size() ? fields : kept.build();
    }

    /** Whether Connection lists the option. */
    public static boolean hasOption(Fields fields, String option) {
        return contains(options(fields.combined("Connection")), option);
    }

    /** Whether the request's connection may carry another one after it (RFC 9112 section 9.3). */
    public static boolean isPersistent(RequestHead head) {
        boolean one = head.version() != HttpVersion.HTTP_1_0;
        if (!head.fields().contains("Connection")) {
            return one;
        }
        return one ? !hasOption(head.fields(), "close") : hasOption(head.fields(), "keep-alive");
    }

    /** What Connection lists, but for the fields that a message needs and cannot lose. */
    static List<String> listed(Fields fields) {
        List<String> options = options(fields.combined("Connection"));
        options.removeIf(HopByHop::isNeeded);
        return options;
    }

    /** Whether a field of that name ends here. */
    static boolean ends(String name, List<String> listed) {
        return isKnown(name) || contains(listed, name);
    }

    /** By length first, as most names have none of these. Trailer is not among them: see TE. */
    private static boolean isKnown(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("TE");
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            case 18 -> name.equalsIgnoreCase("Proxy-Authenticate");
            case 19 -> name.equalsIgnoreCase("Proxy-Authorization");
            case 25 -> name.equalsIgnoreCase("Proxy-Authentication-Info");
            default -> false;
        };
    }

    private static boolean isNeeded(String name) {
        return switch (name.length()) {
            case 3 -> name.equalsIgnoreCase("Via");
            case 4 -> name.equalsIgnoreCase("Host");
            case 8 -> name.equalsIgnoreCase("CDN-Loop");
            case 13 ->
                    name.equalsIgnoreCase("Content-Range")
                            || name.equalsIgnoreCase("Cache-Control");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            default -> false;
        };
    }

    private static List<String> options(@Nullable String connection) {
        List<String> options = new ArrayList<>(0);
        if (connection == null) {
            return options;
        }
        for (int start = 0; start <= connection.length(); ) {
            int comma = connection.indexOf(',', start);
            int end = comma < 0 ? connection.length() : comma;
            String option = connection.substring(start, end).strip();
            if (!option.isEmpty()) {
                options.add(option);
            }
            start = end + 1;
        }
        return options;
    }

    private static boolean contains(List<String> names, String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
