package dev.vellum.proxy.coding;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about content codings (RFC 9110 section 12.5.3).
 *
 * @param weights from coding, in lower case, to 0 (never) up to 1,000
 */
record AcceptEncoding(Map<String, Integer> weights) {

    /** No wish, or none that can be read: nothing is coded then. */
    static final AcceptEncoding NONE = new AcceptEncoding(Map.of());

    static AcceptEncoding of(@Nullable String text) {
        if (text == null) {
            return NONE;
        }
        Map<String, Integer> weights = new TreeMap<>();
        for (String member : text.split(",", -1)) {
            String[] parts = member.strip().split("[ \t]*;[ \t]*", -1);
            String coding = parts[0].toLowerCase(Locale.ROOT);
            int weight = parts.length == 1 ? 1_000 : parts.length == 2 ? weight(parts[1]) : 0;
            if (!coding.isEmpty()) {
                // section 8.4.1.3: an old name
                weights.merge(coding.equals("x-gzip") ? "gzip" : coding, weight, Math::min);
            }
        }
        return new AcceptEncoding(weights);
    }

    /** {@code q=} and a number of at most three decimals; anything else forbids the coding. */
    private static int weight(String parameter) {
        if (!parameter.matches("[qQ]=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")) {
            return 0;
        }
        return (int) Math.round(1_000 * Double.parseDouble(parameter.substring(2)));
    }

    /**
     * How welcome a coding is. Who writes {@code *} is taken at its word for gzip only, which
     * everyone has.
     */
    int weight(Coding coding) {
        Integer named = weights.get(coding.token());
        if (named != null) {
            return named;
        }
        return coding == Coding.GZIP ? weights.getOrDefault("*", 0) : 0;
    }

    /** How welcome it is to get no coding; the least of all if nothing is said. */
    int identity() {
        Integer named = weights.get("identity");
        return named == null ? 1 : named;
    }
}
