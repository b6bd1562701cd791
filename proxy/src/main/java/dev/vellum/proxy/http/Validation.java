package dev.vellum.proxy.http;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Asking the origin about a stored response, and taking over its answer (RFC 9111 section 4.3). */
public final class Validation {

    /** What a 304 never changes, since the stored bytes depend on it (section 3.2). */
    private static final List<String> TIED_TO_CONTENT =
            List.of(
                    "Content-Encoding",
                    "Content-Length",
                    "Content-MD5",
                    "Content-Range",
                    "Content-Digest",
                    "Repr-Digest",
                    "ETag");

    /** Preconditions and ranges of a client, which the cache's own questions replace. */
    private static final List<String> CLIENT_CONDITIONS =
            List.of(
                    "If-Match",
                    "If-None-Match",
                    "If-Modified-Since",
                    "If-Unmodified-Since",
                    "If-Range",
                    "Range");

    private Validation() {}

    /** Section 4.3.1: If-None-Match from the entity tag, If-Modified-Since from Last-Modified. */
    public static Fields conditions(StoredResponse stored) {
        Fields.Builder conditions = Fields.builder();
        EntityTag tag = stored.terms().entityTag();
        if (tag != null) {
            conditions.add("If-None-Match", tag.text());
        }
        String modified = stored.head().fields().first("Last-Modified");
        if (stored.terms().lastModified() != null && modified != null) {
            conditions.add("If-Modified-Since", modified);
        }
        return conditions.build();
    }

    /**
     * The upstream request that asks by {@code conditions}, or for the whole where they are empty:
     * without the client's own preconditions and ranges, so that what comes can be stored.
     */
    public static RequestHead request(RequestHead upstream, Fields conditions) {
        return upstream.with(upstream.fields().without(CLIENT_CONDITIONS).plus(conditions));
    }

    /**
     * Whether a 304 is about this stored response (section 4.3.4), when several were asked about in
     * one request: a strong entity tag names them, a weak one too, and a 304 without a tag is about
     * the one that was chosen. Where only one was asked about, a 304 is about that one.
     */
    public static boolean selects(ResponseHead notModified, StoredResponse stored) {
        EntityTag tag = EntityTag.parse(notModified.fields().combined("ETag"));
        EntityTag current = stored.terms().entityTag();
        if (tag == null || current == null) {
            return true;
        }
        return tag.weak() ? tag.matchesWeakly(current) : tag.matchesStrongly(current);
    }

    /** The stored response with the head brought up to date by a 304 (sections 3.2 and 4.3.4). */
    public static StoredResponse freshen(
            StoredResponse stored,
            ResponseHead notModified,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        // without a Date of its own the 304 was made when it arrived, not when the stored one was
        Fields update =
                HopByHop.strip(Forwarding.dated(notModified, responseTime).fields())
                        .without(TIED_TO_CONTENT);
        Set<String> replaced = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        update.forEach((name, value) -> replaced.add(name));
        Fields merged = stored.head().fields().without(replaced).plus(update);
        ResponseHead head = stored.head().with(merged);
        Terms terms = Terms.of(head, requestTime, responseTime, policy);
        return new StoredResponse(
                stored.request(),
                StoredFields.of(head, terms.directives(), responseTime),
                requestTime,
                responseTime,
                stored.content(),
                terms,
                false);
    }

    /** What the answer to a HEAD request says about the stored answer to GET (section 4.3.5). */
    public enum HeadEffect {
        /** It is the same representation: {@link #freshen} it. */
        FRESHEN,
        /** It has changed: invalidate it. */
        INVALIDATE,
        /** Nothing. */
        NONE
    }

    /** Compares a response to HEAD with the stored response that GET would select. */
    public static HeadEffect headEffect(ResponseHead response, StoredResponse stored) {
        if (response.status() != 200) {
            return HeadEffect.NONE;
        }
        boolean same =
                sameWhereGiven(response, stored, "ETag")
                        && sameWhereGiven(response, stored, "Last-Modified")
                        && lengthAgrees(response, stored);
        return same ? HeadEffect.FRESHEN : HeadEffect.INVALIDATE;
    }

    private static boolean sameWhereGiven(
            ResponseHead response, StoredResponse stored, String name) {
        String received = response.fields().combined(name);
        return received == null || received.equals(stored.head().fields().combined(name));
    }

    private static boolean lengthAgrees(ResponseHead response, StoredResponse stored) {
        String length = response.fields().first("Content-Length");
        long complete =
                switch (stored.content()) {
                    case Content.Complete all -> all.length();
                    case Content.Part part -> part.completeLength();
                    case Content.Master form -> form.completeLength();
                };
        return length == null || Ranges.position(length) == complete;
    }
}
