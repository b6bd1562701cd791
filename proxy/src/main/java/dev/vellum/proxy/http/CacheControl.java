package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Cache directives of a message (RFC 9111 section 5.2): what each is called, in lower case, and the
 * arguments it came with. Broken or contradictory text is read so that less is cached.
 */
public final class CacheControl {

    /** No directives. */
    public static final CacheControl NONE = new CacheControl(Map.of());

    /** Greatest number of seconds (RFC 9111 section 1.2.2): about 68 years. */
    static final long MAX_SECONDS = 2_147_483_648L;

    /** Each directive's arguments in order; "" where it came without. */
    private final Map<String, List<String>> directives;

    private CacheControl(Map<String, List<String>> directives) {
        this.directives = directives;
    }

    /** Directives of all lines of the field {@code name}. */
    public static CacheControl of(Fields fields, String name) {
        String text = fields.combined(name);
        return text == null ? NONE : new CacheControl(new DirectiveReader(text).read());
    }

    /**
     * Whether a directive is among those of all lines of the field {@code name}. They are read only
     * where the text mentions it, which most do not.
     */
    public static boolean has(Fields fields, String name, String directive) {
        String text = fields.combined(name);
        return text != null
                && mentions(text, directive)
                && new CacheControl(new DirectiveReader(text).read()).has(directive);
    }

    private static boolean mentions(String text, String word) {
        for (int at = text.length() - word.length(); at >= 0; at--) {
            if (text.regionMatches(true, at, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /** Directives read elsewhere, such as from a structured field. */
    static CacheControl of(Map<String, String> arguments) {
        Map<String, List<String>> directives = new HashMap<>();
        arguments.forEach((name, argument) -> directives.put(name, List.of(argument)));
        return new CacheControl(directives);
    }

    public boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** Whether no directive is given at all. */
    public boolean isEmpty() {
        return directives.isEmpty();
    }

    /** Whether the directive is given and, at least once, without naming fields. */
    public boolean isUnqualified(String directive) {
        List<String> arguments = directives.get(directive);
        return arguments != null && arguments.stream().anyMatch(String::isBlank);
    }

    /** Field names that a qualified {@code private} or {@code no-cache} names, in lower case. */
    public List<String> fieldNames(String directive) {
        List<String> names = new ArrayList<>();
        for (String argument : directives.getOrDefault(directive, List.of())) {
            for (String name : argument.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    /**
     * Seconds that the directive allows. Of several values the least counts, and one that is not a
     * number allows 0 (RFC 9111 section 4.2.1 would take the first, or count the response stale).
     *
     * @return empty where the directive is not given
     */
    public OptionalLong seconds(String directive) {
        List<String> arguments = directives.get(directive);
        if (arguments == null) {
            return OptionalLong.empty();
        }
        long least = MAX_SECONDS;
        for (String argument : arguments) {
            least = Math.min(least, Math.max(0, seconds(argument, 0)));
        }
        return OptionalLong.of(least);
    }

    /** As {@link #seconds}, but for a demand: of several values the greatest counts. */
    public OptionalLong demandedSeconds(String directive) {
        List<String> arguments = directives.get(directive);
        if (arguments == null) {
            return OptionalLong.empty();
        }
        long greatest = 0;
        for (String argument : arguments) {
            greatest = Math.max(greatest, seconds(argument, MAX_SECONDS));
        }
        return OptionalLong.of(greatest);
    }

    /** Digits as a number of at most {@link #MAX_SECONDS}; {@code otherwise} for any other text. */
    static long seconds(String digits, long otherwise) {
        if (digits.isEmpty()) {
            return otherwise;
        }
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            seconds = Math.min(MAX_SECONDS, 10 * seconds + digit);
        }
        return seconds;
    }
}
