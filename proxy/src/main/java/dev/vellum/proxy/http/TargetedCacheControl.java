package dev.vellum.proxy.http;

import java.util.HashMap;
import java.util.Map;
import org.greenbytes.http.sfv.BooleanItem;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.jspecify.annotations.Nullable;

/**
 * Cache directives for one class of caches (RFC 9213). The field is a structured field: one that is
 * empty, does not parse, or gives a directive we act upon a value of the wrong type is as good as
 * absent, and Cache-Control decides.
 */
final class TargetedCacheControl {

    static final String FIELD = "CDN-Cache-Control";

    private TargetedCacheControl() {}

    /** Directives of the field; null where it does not count. */
    static @Nullable CacheControl of(Fields fields) {
        String text = fields.combined(FIELD);
        if (text == null) {
            return null;
        }
        Dictionary dictionary;
        try {
            dictionary = Parser.parseDictionary(text);
        } catch (ParseException invalid) {
            return null;
        }
        Map<String, String> arguments = new HashMap<>();
        for (Map.Entry<String, ListElement<?>> member : dictionary.get().entrySet()) {
            String argument = argument(member.getKey(), member.getValue());
            if (argument == null) {
                return null;
            }
            if (!argument.equals("?0")) {
                arguments.put(member.getKey(), argument);
            }
        }
        return dictionary.get().isEmpty() ? null : CacheControl.of(arguments);
    }

    /**
     * The fields as they leave an edge: permissions were meant for it and end here; what forbids
     * reuse goes on, since without it another CDN's cache before the client would act upon
     * Cache-Control and store what this one must not.
     */
    static Fields consume(Fields fields) {
        CacheControl directives = of(fields);
        boolean forbids =
                directives != null
                        && (directives.has("no-store")
                                || directives.has("private")
                                || directives.has("no-cache"));
        return forbids ? fields : fields.without(FIELD);
    }

    private static @Nullable String argument(String directive, ListElement<?> value) {
        return switch (directive) {
            case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error" ->
                    value instanceof IntegerItem seconds && seconds.getAsLong() >= 0
                            ? Long.toString(seconds.getAsLong())
                            : null;
            case "private", "no-cache" ->
                    switch (value) {
                        case BooleanItem given -> given.get() ? "" : "?0";
                        case StringItem names -> names.get();
                        default -> null;
                    };
            case "no-store",
                    "public",
                    "must-revalidate",
                    "proxy-revalidate",
                    "must-understand",
                    "no-transform",
                    "immutable" ->
                    value instanceof BooleanItem given ? (given.get() ? "" : "?0") : null;
            default -> value.serialize();
        };
    }
}
