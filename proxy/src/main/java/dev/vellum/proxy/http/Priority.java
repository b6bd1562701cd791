package dev.vellum.proxy.http;

import org.greenbytes.http.sfv.BooleanItem;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/**
 * How soon a response is wanted (RFC 9218 section 4).
 *
 * @param urgency 0 for what all else waits for, to 7 for the background
 * @param incremental whether parts of it are of use before the whole
 */
public record Priority(int urgency, boolean incremental) {

    /** Where nothing is said. */
    public static final Priority DEFAULT = new Priority(3, false);

    private static final int MOST_URGENCY = 7;

    public Priority {
        if (urgency < 0 || urgency > MOST_URGENCY) {
            throw new IllegalArgumentException("urgency: " + urgency + " (expected: 0 to 7)");
        }
    }

    /** This, with what a Priority field says; what it does not say well is as if not said. */
    public Priority with(String field) {
        try {
            Dictionary said = Parser.parseDictionary(field);
            int first =
                    said.get().get("u") instanceof IntegerItem u
                                    && u.getAsLong() >= 0
                                    && u.getAsLong() <= MOST_URGENCY
                            ? (int) u.getAsLong()
                            : urgency;
            boolean parts = said.get().get("i") instanceof BooleanItem i ? i.get() : incremental;
            return new Priority(first, parts);
        } catch (ParseException notStructured) {
            return this;
        }
    }
}
