package dev.vellum.proxy.http;

import org.jspecify.annotations.Nullable;

/** The field that says which bytes a 206 or 416 speaks of (RFC 9110 section 14.4). */
public final class ContentRange {

    private ContentRange() {}

    /**
     * The part that a 206's fields describe; null where it is none that can be stored: several
     * ranges, another unit, an unknown length, or a Content-Length that says otherwise.
     */
    static Content.@Nullable Part partOf(Fields fields) {
        String text = fields.combined("Content-Range");
        if (text == null || !text.regionMatches(true, 0, "bytes ", 0, 6)) {
            return null;
        }
        int dash = text.indexOf('-', 6);
        int slash = text.indexOf('/', 6);
        if (dash < 0 || slash < dash) {
            return null;
        }
        long first = Ranges.position(text.substring(6, dash));
        long last = Ranges.position(text.substring(dash + 1, slash));
        long complete = Ranges.position(text.substring(slash + 1));
        if (first < 0 || last < first || complete <= last) {
            return null;
        }
        String length = fields.first("Content-Length");
        Content.Part part = new Content.Part(first, last, complete);
        return length == null || Ranges.position(length) == part.length() ? part : null;
    }

    /** Value for one range of a representation. */
    public static String of(Ranges.Range range, long completeLength) {
        return "bytes " + range.first() + '-' + range.last() + '/' + completeLength;
    }

    /** Value for a 416. */
    public static String unsatisfied(long completeLength) {
        return "bytes */" + completeLength;
    }
}
