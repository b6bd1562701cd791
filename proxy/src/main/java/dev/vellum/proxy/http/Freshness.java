package dev.vellum.proxy.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How long a response is fresh, and how old it is (RFC 9111 section 4.2). */
public final class Freshness {

    /** Statuses that may be given a lifetime by heuristics (RFC 9110 section 15.1). */
    private static final Set<Integer> HEURISTICALLY_CACHEABLE =
            Collections.unmodifiableSet(
                    new HashSet<>(
                            Arrays.asList(
                                    200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501)));

    private Freshness() {}

    /**
     * How long a response stays fresh from the moment it was generated.
     *
     * @param explicit whether the origin said so; otherwise it is a guess
     */
    public record Lifetime(Duration duration, boolean explicit) {
        static final Lifetime NONE = new Lifetime(Duration.ZERO, false);
    }

    /**
     * Section 4.2.1: s-maxage, else max-age, else Expires, else a guess.
     *
     * @param directives those that count: where they are targeted ones, Expires does not
     */
    static Lifetime lifetime(
            ResponseHead head,
            CacheControl directives,
            boolean targeted,
            Instant responseTime,
            CachePolicy policy) {
        OptionalLong seconds = directives.seconds("s-maxage");
        if (seconds.isEmpty()) {
            seconds = directives.seconds("max-age");
        }
        if (seconds.isPresent()) {
            return new Lifetime(Duration.ofSeconds(seconds.getAsLong()), true);
        }
        List<String> expires = targeted ? List.of() : head.fields().all("Expires");
        if (!expires.isEmpty()) {
            return new Lifetime(untilExpiry(head, expires, responseTime), true);
        }
        return heuristic(head, directives, responseTime, policy);
    }

    /** Section 5.3: a value that is no date lies in the past; of several the earliest counts. */
    private static Duration untilExpiry(
            ResponseHead head, List<String> expires, Instant responseTime) {
        Instant earliest = Instant.MAX;
        for (String value : expires) {
            Instant expiry = HttpDate.parse(value, responseTime);
            if (expiry == null) {
                return Duration.ZERO;
            }
            earliest = expiry.isBefore(earliest) ? expiry : earliest;
        }
        Duration lifetime = Duration.between(date(head, responseTime), earliest);
        return lifetime.isNegative() ? Duration.ZERO : lifetime;
    }

    /** Section 4.2.2: a part of the time since the last modification. */
    private static Lifetime heuristic(
            ResponseHead head, CacheControl directives, Instant responseTime, CachePolicy policy) {
        boolean allowed =
                HEURISTICALLY_CACHEABLE.contains(head.status()) || directives.has("public");
        Instant modified = HttpDate.parse(head.fields().first("Last-Modified"), responseTime);
        if (!allowed || modified == null) {
            return Lifetime.NONE;
        }
        Duration unmodified = Duration.between(modified, date(head, responseTime));
        if (unmodified.isNegative()) {
            return Lifetime.NONE;
        }
        Duration guess =
                Duration.ofSeconds((long) (unmodified.toSeconds() * policy.heuristicFraction()));
        Duration maximum = policy.heuristicMaximum();
        return new Lifetime(guess.compareTo(maximum) < 0 ? guess : maximum, false);
    }

    /** Whether responses of that status may be fresh without the origin saying so. */
    static boolean isHeuristicallyCacheable(int status) {
        return HEURISTICALLY_CACHEABLE.contains(status);
    }

    /** Section 4.2.3, {@code corrected_initial_age}: age at the moment the response arrived. */
    static Duration initialAge(ResponseHead head, Instant requestTime, Instant responseTime) {
        // Date has whole seconds: compared with parts of one it would make a new response a second
        // old
        Duration apparent =
                Duration.ofSeconds(
                        responseTime.getEpochSecond() - date(head, responseTime).getEpochSecond());
        Duration delay = Duration.between(requestTime, responseTime);
        Duration corrected = Duration.ofSeconds(ageValue(head.fields())).plus(delay);
        return apparent.compareTo(corrected) > 0 ? apparent : corrected;
    }

    /** Section 5.1: the first member of the list; 0 where that is not a number. */
    private static long ageValue(Fields fields) {
        String age = fields.first("Age");
        if (age == null) {
            return 0;
        }
        int comma = age.indexOf(',');
        return CacheControl.seconds((comma < 0 ? age : age.substring(0, comma)).strip(), 0);
    }

    /**
     * When the response was generated: as it says, else when it arrived (RFC 9110 section 6.6.1).
     */
    static Instant date(ResponseHead head, Instant responseTime) {
        @Nullable Instant date = HttpDate.parse(head.fields().first("Date"), responseTime);
        return date == null ? responseTime : date;
    }
}
