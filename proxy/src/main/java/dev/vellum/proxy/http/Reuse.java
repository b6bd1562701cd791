package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** What a cache may do with a stored response for one request (RFC 9111 section 4). */
public sealed interface Reuse {

    /**
     * Answer from the store.
     *
     * @param age for the Age field (section 5.1)
     */
    record Serve(Duration age) implements Reuse {}

    /** Answer from the store, and ask the origin at the same time (RFC 5861 section 3). */
    record ServeAndRefresh(Duration age) implements Reuse {}

    /**
     * Ask the origin whether it has changed.
     *
     * @param conditions fields to put into the request in place of the client's own preconditions;
     *     empty where there is nothing to ask by, so that the origin sends it anew
     */
    record Revalidate(Fields conditions, Reason reason) implements Reuse {}

    /** What is stored is of no use. */
    sealed interface Missing extends Reuse {}

    /** Ask the origin as if nothing were stored; nothing may be served if that fails. */
    record Miss(Reason reason) implements Missing {}

    /** Answer 504 at once: the client wants nothing but a stored response (section 5.2.1.7). */
    record Unavailable() implements Missing {}

    /** Why the origin must be asked; the names are metric labels. */
    enum Reason {
        METHOD,
        NOTHING_STORED,
        VARY,
        PART_NOT_HELD,
        REQUEST_ASKS,
        RESPONSE_ASKS,
        INVALIDATED,
        STALE,
        PRECONDITION
    }

    /**
     * Weighs one stored response, chosen by {@link Vary#select}, against section 4, clause by
     * clause.
     *
     * @param request as it would be sent upstream
     */
    static Reuse decide(
            RequestHead request, StoredResponse stored, Instant now, CachePolicy policy) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return new Miss(Reason.METHOD);
        }
        RequestDirectives asked = RequestDirectives.of(request.fields());
        if (!Vary.matches(request, stored)) {
            return miss(asked, Reason.VARY);
        }
        if (!isHeld(request, stored)) {
            return miss(asked, Reason.PART_NOT_HELD);
        }
        Terms terms = stored.terms();
        if (stored.invalidated()) {
            return revalidate(asked, stored, Reason.INVALIDATED);
        }
        if (terms.mustAlwaysValidate()) {
            return revalidate(asked, stored, Reason.RESPONSE_ASKS);
        }
        if (asked.noCache()) {
            return revalidate(asked, stored, Reason.REQUEST_ASKS);
        }
        if (!Conditional.expectationHolds(request.fields(), stored)) {
            return revalidate(asked, stored, Reason.PRECONDITION);
        }
        Duration age = stored.age(now);
        Duration remaining = terms.lifetime().duration().minus(age);
        if (!asked.accepts(age)) {
            return revalidate(asked, stored, Reason.REQUEST_ASKS);
        }
        if (isFresh(remaining)) {
            return asked.isFreshEnough(remaining)
                    ? new Serve(age)
                    : revalidate(asked, stored, Reason.REQUEST_ASKS);
        }
        return stale(asked, stored, age, remaining.negated());
    }

    /** What to do for a request that nothing is stored for. */
    static Missing nothingStored(RequestHead request) {
        return miss(RequestDirectives.of(request.fields()), Reason.NOTHING_STORED);
    }

    /** Section 4.2: fresh while its lifetime is longer than its age. */
    private static boolean isFresh(Duration remaining) {
        return remaining.isPositive();
    }

    private static Reuse stale(
            RequestDirectives asked, StoredResponse stored, Duration age, Duration staleness) {
        if (stored.terms().mustValidateWhenStale() || asked.minFresh().isPresent()) {
            return revalidate(asked, stored, Reason.STALE);
        }
        OptionalLong accepted = asked.maxStale();
        if (accepted.isPresent()
                && staleness.compareTo(Duration.ofSeconds(accepted.getAsLong())) <= 0) {
            return new Serve(age);
        }
        // the client's max-age speaks of age, not staleness: section 5.2.1.1 wants max-stale too
        if (!asked.limitsAge() && staleness.compareTo(stored.terms().staleWhileRevalidate()) < 0) {
            return new ServeAndRefresh(age);
        }
        return revalidate(asked, stored, Reason.STALE);
    }

    /** Whether what is stored can answer: all bytes, a form of them, or a range within the part. */
    private static boolean isHeld(RequestHead request, StoredResponse stored) {
        return switch (stored.content()) {
            case Content.Complete all -> true;
            case Content.Master form -> true;
            case Content.Part part -> !(Ranges.evaluate(request, stored) instanceof Ranges.NotHeld);
        };
    }

    private static Reuse revalidate(RequestDirectives asked, StoredResponse stored, Reason reason) {
        return asked.onlyIfCached()
                ? new Unavailable()
                : new Revalidate(Validation.conditions(stored), reason);
    }

    private static Missing miss(RequestDirectives asked, Reason reason) {
        return asked.onlyIfCached() ? new Unavailable() : new Miss(reason);
    }
}
