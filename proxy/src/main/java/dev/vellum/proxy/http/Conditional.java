package dev.vellum.proxy.http;

import java.time.Instant;

/** What a request's preconditions make of the selected representation (RFC 9110 section 13.2.2). */
public sealed interface Conditional {

    /** The method is performed. */
    record Proceed() implements Conditional {}

    /** 304: the client has it already. */
    record NotModified() implements Conditional {}

    /** 412: it is not what the client expects. */
    record PreconditionFailed() implements Conditional {}

    /**
     * Evaluates If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since.
     * If-Range is {@link Ranges}' business.
     *
     * @param request of method GET or HEAD; others' preconditions are for the origin to judge
     * @param selected a stored 2xx; other statuses take no preconditions (section 13.2.1)
     */
    static Conditional evaluate(RequestHead request, StoredResponse selected) {
        int status = selected.head().status();
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (!reads || status < 200 || status >= 300) {
            return new Proceed();
        }
        if (!expectationHolds(request.fields(), selected)) {
            return new PreconditionFailed();
        }
        return isKnownToClient(request.fields(), selected) ? new NotModified() : new Proceed();
    }

    /** Steps 1 and 2. */
    static boolean expectationHolds(Fields request, StoredResponse selected) {
        EntityTag current = selected.terms().entityTag();
        String ifMatch = request.combined("If-Match");
        if (ifMatch != null) {
            return ifMatch.strip().equals("*")
                    || (current != null
                            && EntityTag.list(ifMatch).stream().anyMatch(current::matchesStrongly));
        }
        Instant since =
                HttpDate.parse(request.combined("If-Unmodified-Since"), selected.responseTime());
        Instant modified = selected.terms().lastModified();
        return since == null || (modified != null && !modified.isAfter(since));
    }

    /** Steps 3 and 4. */
    private static boolean isKnownToClient(Fields request, StoredResponse selected) {
        EntityTag current = selected.terms().entityTag();
        String ifNoneMatch = request.combined("If-None-Match");
        if (ifNoneMatch != null) {
            return ifNoneMatch.strip().equals("*")
                    || (current != null
                            && EntityTag.list(ifNoneMatch).stream()
                                    .anyMatch(current::matchesWeakly));
        }
        Instant since =
                HttpDate.parse(request.combined("If-Modified-Since"), selected.responseTime());
        if (since == null) {
            return false;
        }
        // RFC 9111 section 4.3.2: without Last-Modified, Date stands in for it
        Instant modified = selected.terms().lastModified();
        return !(modified == null ? selected.terms().date() : modified).isAfter(since);
    }
}
