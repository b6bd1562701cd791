package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A validator (RFC 9110 section 8.8.3).
 *
 * @param opaque what stands between the quotes
 */
public record EntityTag(boolean weak, String opaque) {

    /** Reads one entity tag; null where the text is anything else. */
    public static @Nullable EntityTag parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        List<EntityTag> tags = new ArrayList<>(1);
        return parseInto(tags, text) && tags.size() == 1 ? tags.getFirst() : null;
    }

    /** Reads a list; empty where any part of the text is not an entity tag. */
    public static List<EntityTag> list(String text) {
        List<EntityTag> tags = new ArrayList<>(4);
        return parseInto(tags, text) ? tags : List.of();
    }

    /** Whether both are the same representation, octet by octet (section 8.8.3.2). */
    public boolean matchesStrongly(EntityTag other) {
        return !weak && !other.weak && opaque.equals(other.opaque);
    }

    /** Whether both are as good as the same representation (section 8.8.3.2). */
    public boolean matchesWeakly(EntityTag other) {
        return opaque.equals(other.opaque);
    }

    /** The tag as it appears in a field. */
    public String text() {
        return (weak ? "W/\"" : "\"") + opaque + '"';
    }

    private static boolean parseInto(List<EntityTag> tags, String text) {
        int i = 0;
        boolean expectTag = true;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\t') {
                i++;
            } else if (c == ',') {
                expectTag = true;
                i++;
            } else {
                boolean weak = text.startsWith("W/", i);
                int open = weak ? i + 2 : i;
                int close = closingQuote(text, open);
                if (!expectTag || close < 0) {
                    return false;
                }
                tags.add(new EntityTag(weak, text.substring(open + 1, close)));
                expectTag = false;
                i = close + 1;
            }
        }
        return true;
    }

    /** Index of the quote that ends the tag opened at {@code open}; -1 where there is none. */
    private static int closingQuote(String text, int open) {
        if (open >= text.length() || text.charAt(open) != '"') {
            return -1;
        }
        for (int i = open + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c <= ' ' || c == 0x7f) {
                return -1;
            }
        }
        return -1;
    }
}
