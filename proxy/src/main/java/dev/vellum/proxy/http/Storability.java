package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a shared cache may store a response, and what of it (RFC 9111 section 3). */
public sealed interface Storability {

    /**
     * It may.
     *
     * @param response what to store, its content still arriving; {@link StoredResponse#withLength}
     *     it once complete
     */
    record Store(StoredResponse response) implements Storability {}

    record DoNot(Reason reason) implements Storability {}

    /** Why a response is not stored; the names are metric labels. */
    enum Reason {
        METHOD,
        INTERIM,
        STATUS,
        NO_STORE_ASKED,
        NO_STORE,
        PRIVATE,
        AUTHORIZATION,
        VARIES_BY_ANYTHING,
        SET_COOKIE_WITHOUT_LIFETIME,
        PART_OF_UNKNOWN_WHOLE,
        NEVER_REUSABLE
    }

    /** Statuses whose meaning for a cache is understood here (section 3 and must-understand). */
    Set<Integer> UNDERSTOOD =
            Set.of(
                    200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 421, 451,
                    501);

    /**
     * Weighs a response against section 3, clause by clause.
     *
     * @param request as it was sent upstream
     */
    static Storability assess(
            RequestHead request,
            ResponseHead response,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        Terms terms = Terms.of(response, requestTime, responseTime, policy);
        Reason reason = reasonAgainst(request, response, terms);
        if (reason != null) {
            return new DoNot(reason);
        }
        Content content =
                response.status() == 206
                        ? ContentRange.partOf(response.fields())
                        : Content.arriving();
        if (content == null) {
            return new DoNot(Reason.PART_OF_UNKNOWN_WHOLE);
        }
        return new Store(
                new StoredResponse(
                        request,
                        StoredFields.of(response, terms.directives(), responseTime),
                        requestTime,
                        responseTime,
                        content,
                        terms,
                        false));
    }

    private static @Nullable Reason reasonAgainst(
            RequestHead request, ResponseHead response, Terms terms) {
        CacheControl directives = terms.directives();
        int status = response.status();
        if (!request.method().equals("GET") && !isWhatGetWouldAnswer(request, response, terms)) {
            return Reason.METHOD;
        }
        if (status < 200) {
            return Reason.INTERIM;
        }
        // a status that is not understood may be stored but for 206, 304 and must-understand
        if (status == 304 || (directives.has("must-understand") && !UNDERSTOOD.contains(status))) {
            return Reason.STATUS;
        }
        if (CacheControl.of(request.fields(), "Cache-Control").has("no-store")) {
            return Reason.NO_STORE_ASKED;
        }
        // section 5.2.2.3: must-understand overrides no-store where the status is understood
        if (directives.has("no-store") && !directives.has("must-understand")) {
            return Reason.NO_STORE;
        }
        if (directives.isUnqualified("private")) {
            return Reason.PRIVATE;
        }
        // section 3.5
        if (request.fields().contains("Authorization")
                && !directives.has("public")
                && !directives.has("must-revalidate")
                && !directives.has("s-maxage")) {
            return Reason.AUTHORIZATION;
        }
        if (terms.varyAny()) {
            return Reason.VARIES_BY_ANYTHING;
        }
        boolean explicit = terms.lifetime().explicit() || directives.has("public");
        if (!explicit && !Freshness.isHeuristicallyCacheable(status)) {
            return Reason.STATUS;
        }
        // section 7.3 leaves cookies to the origin's directives: a guessed lifetime is none
        if (!explicit && !directives.has("no-cache") && response.fields().contains("Set-Cookie")) {
            return Reason.SET_COOKIE_WITHOUT_LIFETIME;
        }
        return canEverBeReused(terms) ? null : Reason.NEVER_REUSABLE;
    }

    /**
     * RFC 9110 section 9.3.3: the answer to a POST that says how long it is fresh, and that it is
     * what its own URI now stands for, answers later requests of GET.
     */
    private static boolean isWhatGetWouldAnswer(
            RequestHead request, ResponseHead response, Terms terms) {
        return request.method().equals("POST")
                && request.target() instanceof RequestTarget.Absolute target
                && response.status() == 200
                && terms.lifetime().explicit()
                && response.fields().contains("Content-Location")
                && target.equals(
                        UriReference.resolve(
                                target, response.fields().combined("Content-Location")));
    }

    /** Whether there will be a request that it can answer, with or without the origin's consent. */
    private static boolean canEverBeReused(Terms terms) {
        Duration usable =
                terms.lifetime()
                        .duration()
                        .plus(terms.staleWhileRevalidate())
                        .plus(terms.staleIfError());
        boolean withoutConsent =
                !terms.mustAlwaysValidate() && usable.compareTo(terms.initialAge()) > 0;
        return withoutConsent || terms.hasValidator();
    }
}
