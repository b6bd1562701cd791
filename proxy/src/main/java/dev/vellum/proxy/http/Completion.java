package dev.vellum.proxy.http;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Making a whole of a stored part and the rest of it (RFC 9111 section 3.4): only the beginning of
 * a representation is completed, and only where a strong validator says that both are of the same
 * bytes.
 */
public final class Completion {

    private Completion() {}

    /**
     * Fields that ask for what the part lacks.
     *
     * @param request as it would be sent upstream
     * @return null where the request is for something else, or the part cannot be completed
     */
    public static @Nullable Fields ask(RequestHead request, StoredResponse stored) {
        if (!(stored.content() instanceof Content.Part part)
                || part.first() != 0
                || stored.invalidated()
                || !stored.terms().hasStrongValidator()
                || !request.method().equals("GET")
                || request.fields().contains("Range")) {
            return null;
        }
        EntityTag tag = stored.terms().entityTag();
        String validator = tag == null ? stored.head().fields().first("Last-Modified") : tag.text();
        return validator == null
                ? null
                : Fields.of("Range", "bytes=" + (part.last() + 1) + "-", "If-Range", validator);
    }

    /**
     * The whole, its content still arriving: the stored part's bytes, then those of {@code rest}.
     *
     * @param request as sent upstream
     * @param rest the response to a request with the fields of {@link #ask}
     * @return null where {@code rest} is not the rest of the same bytes, or may not be stored
     */
    public static @Nullable StoredResponse of(
            StoredResponse stored,
            RequestHead request,
            ResponseHead rest,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        if (rest.status() != 206
                || !(stored.content() instanceof Content.Part part)
                || !(Storability.assess(request, rest, requestTime, responseTime, policy)
                        instanceof Storability.Store(StoredResponse arriving))
                || !arriving.content().equals(rest(part))
                || !isOfSameBytes(stored, arriving)) {
            return null;
        }
        StoredResponse merged = Validation.freshen(stored, rest, requestTime, responseTime, policy);
        Fields fields =
                merged.head()
                        .fields()
                        .without("Content-Range", "Content-Length")
                        .plus("Content-Length", Long.toString(part.completeLength()));
        return new StoredResponse(
                Validation.request(request, Fields.of()),
                new ResponseHead(merged.head().version(), 200, "OK", fields),
                requestTime,
                responseTime,
                Content.arriving(),
                merged.terms(),
                false);
    }

    private static Content rest(Content.Part part) {
        return part.last() + 1 == part.completeLength()
                ? part
                : new Content.Part(
                        part.last() + 1, part.completeLength() - 1, part.completeLength());
    }

    /** Equal entity tags, or where there are none equal dates; strong ones in both cases. */
    private static boolean isOfSameBytes(StoredResponse one, StoredResponse other) {
        EntityTag tag = one.terms().entityTag();
        EntityTag others = other.terms().entityTag();
        if (tag != null || others != null) {
            return tag != null && others != null && tag.matchesStrongly(others);
        }
        return one.terms().hasStrongDate()
                && other.terms().hasStrongDate()
                && one.terms().lastModified() != null
                && one.terms().lastModified().equals(other.terms().lastModified());
    }
}
