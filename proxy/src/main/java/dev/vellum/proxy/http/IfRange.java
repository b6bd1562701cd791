package dev.vellum.proxy.http;

import java.time.Instant;

/** Whether a Range may be answered from a response (RFC 9110 section 13.1.5). */
final class IfRange {

    private IfRange() {}

    /** Whether the request has no If-Range or one that names these very bytes. */
    static boolean holds(RequestHead request, StoredResponse stored) {
        String text = request.fields().combined("If-Range");
        if (text == null) {
            return true;
        }
        EntityTag tag = EntityTag.parse(text);
        if (tag != null) {
            EntityTag current = stored.terms().entityTag();
            return current != null && tag.matchesStrongly(current);
        }
        // an exact match, not "not modified since", and only of a date that is a strong validator
        Instant date = HttpDate.parse(text, stored.responseTime());
        return date != null
                && date.equals(stored.terms().lastModified())
                && stored.terms().hasStrongDate();
    }
}
