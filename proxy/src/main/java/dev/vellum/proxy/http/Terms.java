package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On what terms a response may be reused: everything that its head says about that, read once when
 * it arrives.
 *
 * @param directives those that count: targeted ones where the policy heeds them and there are any
 * @param initialAge age when the response arrived
 * @param date when the origin generated it
 * @param vary names of the request's fields that chose it, in lower case, sorted
 * @param varyAny whether something else than fields of the request may have chosen it: {@code *}
 * @param groups cache groups it belongs to (RFC 9875)
 */
public record Terms(
        CacheControl directives,
        Freshness.Lifetime lifetime,
        Duration initialAge,
        Instant date,
        List<String> vary,
        boolean varyAny,
        Set<String> groups,
        @Nullable EntityTag entityTag,
        @Nullable Instant lastModified) {

    public static Terms of(
            ResponseHead head, Instant requestTime, Instant responseTime, CachePolicy policy) {
        Fields fields = head.fields();
        CacheControl targeted = policy.targeted() ? TargetedCacheControl.of(fields) : null;
        CacheControl directives =
                targeted == null ? CacheControl.of(fields, "Cache-Control") : targeted;
        return new Terms(
                directives,
                Freshness.lifetime(head, directives, targeted != null, responseTime, policy),
                Freshness.initialAge(head, requestTime, responseTime),
                Freshness.date(head, responseTime),
                Vary.names(fields),
                Vary.isAny(fields),
                CacheGroups.of(fields, CacheGroups.MEMBERSHIP),
                EntityTag.parse(fields.combined("ETag")),
                HttpDate.parse(fields.first("Last-Modified"), responseTime));
    }

    /** Whether it must not be reused before the origin confirmed it (RFC 9111 section 5.2.2.4). */
    public boolean mustAlwaysValidate() {
        return directives.isUnqualified("no-cache");
    }

    /** Whether it must not be reused stale, in no case (RFC 9111 section 4.2.4). */
    public boolean mustValidateWhenStale() {
        return directives.has("must-revalidate")
                || directives.has("proxy-revalidate")
                || directives.has("s-maxage")
                || directives.has("no-cache");
    }

    /** Time past the lifetime in which it may be served while it is refreshed (RFC 5861). */
    public Duration staleWhileRevalidate() {
        return window("stale-while-revalidate");
    }

    /** Time past the lifetime in which it may stand in for an error (RFC 5861). */
    public Duration staleIfError() {
        return window("stale-if-error");
    }

    /** Whether the origin can be asked if it has changed (RFC 9111 section 4.3.1). */
    public boolean hasValidator() {
        return entityTag != null || lastModified != null;
    }

    /**
     * Whether a Last-Modified date can only mean these very bytes: it lies a minute before the
     * response was generated (RFC 9110 section 8.8.2.2 asks for a second; a minute allows for
     * clocks that differ).
     */
    public boolean hasStrongDate() {
        return lastModified != null && !lastModified.isAfter(date.minusSeconds(60));
    }

    /** Whether parts can be told to be of the same bytes (RFC 9110 section 8.8.1). */
    public boolean hasStrongValidator() {
        return entityTag != null ? !entityTag.weak() : hasStrongDate();
    }

    private Duration window(String directive) {
        return mustValidateWhenStale()
                ? Duration.ZERO
                : Duration.ofSeconds(directives.seconds(directive).orElse(0));
    }
}
