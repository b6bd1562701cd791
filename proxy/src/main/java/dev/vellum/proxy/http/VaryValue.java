package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Normal forms of the request fields that responses vary by (RFC 9111 section 4.1). */
final class VaryValue {

    /** Preferences: members may come in any order, and mean the same in any case. */
    private static final Set<String> PREFERENCES =
            Set.of("accept-encoding", "accept-language", "accept-charset");

    /** Not lists: a comma in them is text. */
    private static final Set<String> SINGLE =
            Set.of("authorization", "cookie", "origin", "referer", "user-agent");

    private VaryValue() {}

    /** Whether two values of the field, null for absent, choose the same response. */
    static boolean equal(String name, @Nullable String one, @Nullable String other) {
        if (Objects.equals(one, other)) {
            return true;
        }
        return one != null
                && other != null
                && !SINGLE.contains(name)
                && normal(name, one).equals(normal(name, other));
    }

    /** Members without the spaces around them; preferences in lower case and order. */
    private static List<String> normal(String name, String value) {
        boolean preference = PREFERENCES.contains(name);
        List<String> members = new ArrayList<>();
        for (String member : splitUnquoted(value)) {
            String text = member.strip();
            if (!text.isEmpty()) {
                members.add(preference ? preference(text) : text);
            }
        }
        if (preference) {
            members.sort(null);
        }
        return members;
    }

    /** {@code DE ; Q=0.50} as {@code de;q=0.5}; a weight of 1 is none. */
    private static String preference(String member) {
        String text = member.toLowerCase(Locale.ROOT).replaceAll("[ \t]*([;=])[ \t]*", "$1");
        return text.replaceFirst("(;q=[01]\\.[0-9]*?)0+$", "$1")
                .replaceFirst("\\.$", "")
                .replaceFirst(";q=1$", "");
    }

    private static List<String> splitUnquoted(String value) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                parts.add(value.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(value.substring(start));
        return parts;
    }
}
