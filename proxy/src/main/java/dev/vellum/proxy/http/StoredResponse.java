package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;

/**
 * A response in the cache, but for its bytes (RFC 9111 section 3).
 *
 * @param request as it was sent upstream
 * @param head as it may be stored: without the fields that belong to the connection or one user
 * @param requestTime when the request was sent
 * @param responseTime when the response arrived, or was last validated
 * @param invalidated whether it may only be reused after the origin confirmed it, fresh or not: an
 *     unsafe request may have changed the resource, or it was softly purged
 */
public record StoredResponse(
        RequestHead request,
        ResponseHead head,
        Instant requestTime,
        Instant responseTime,
        Content content,
        Terms terms,
        boolean invalidated) {

    /** Section 4.2.3, {@code current_age}; never negative. */
    public Duration age(Instant now) {
        Duration resident = Duration.between(responseTime, now);
        return resident.isNegative() ? terms.initialAge() : terms.initialAge().plus(resident);
    }

    /** How long it is still fresh; negative once it is stale. */
    public Duration remaining(Instant now) {
        return terms.lifetime().duration().minus(age(now));
    }

    /** Whether it holds all bytes of its representation. */
    public boolean isComplete() {
        return content instanceof Content.Complete;
    }

    boolean isMoreRecentThan(StoredResponse other) {
        int byDate = terms.date().compareTo(other.terms.date());
        return byDate != 0 ? byDate > 0 : responseTime.isAfter(other.responseTime);
    }

    /**
     * Whether {@code older} has no further use once this is stored: the same request would get this
     * one. A part does not push out all of the same bytes, nor a form of them all.
     */
    public boolean supersedes(StoredResponse older) {
        return Vary.matches(request, older)
                && (!isPart() || older.isPart() || !hasSameBytesAs(older));
    }

    private boolean isPart() {
        return content instanceof Content.Part;
    }

    private boolean hasSameBytesAs(StoredResponse other) {
        EntityTag tag = terms.entityTag();
        EntityTag others = other.terms.entityTag();
        return tag != null && others != null && tag.matchesStrongly(others);
    }

    /** This with all its bytes counted. */
    public StoredResponse withLength(long bytes) {
        return withBytes(bytes, "");
    }

    /**
     * This with all its bytes counted.
     *
     * @param digest as of {@link Content.Complete}
     */
    public StoredResponse withBytes(long bytes, String digest) {
        if (!isComplete()) {
            throw new IllegalStateException("content: " + content + " (expected: complete)");
        }
        return with(new Content.Complete(bytes, digest));
    }

    public StoredResponse with(Content held) {
        return new StoredResponse(
                request, head, requestTime, responseTime, held, terms, invalidated);
    }

    /** This, as if the request had been sent at another time; its age stays. */
    public StoredResponse askedAt(Instant time) {
        return new StoredResponse(request, head, time, responseTime, content, terms, invalidated);
    }

    /** This, to be confirmed by the origin before its next use. */
    public StoredResponse invalidate() {
        return new StoredResponse(request, head, requestTime, responseTime, content, terms, true);
    }
}
