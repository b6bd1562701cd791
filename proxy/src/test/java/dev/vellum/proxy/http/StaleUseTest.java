package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaleUseTest {

    /** RFC 5861 section 4 and RFC 9111 section 4.2.4, 100 seconds after a lifetime of 60. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stale-if-error=41 | 503 | true",
                "stale-if-error=41 | 500 | true",
                "stale-if-error=41 | 502 | true",
                "stale-if-error=41 | 504 | true",
                "stale-if-error=41 | 501 | false",
                "stale-if-error=41 | 404 | false",
                "stale-if-error=41 | 429 | false",
                "stale-if-error=40 | 503 | false",
                "stale-if-error=x | 503 | false",
                "foo | 503 | false",
                "stale-if-error=41, must-revalidate | 503 | false",
                "stale-if-error=41, proxy-revalidate | 503 | false",
                "stale-if-error=41, s-maxage=60 | 503 | false",
                "stale-if-error=41, no-cache | 503 | false",
            })
    void anErrorIsCoveredWithinItsWindow(String directives, int status, boolean covered) {
        StoredResponse stored =
                stored(ok("Cache-Control", "max-age=60, " + directives, "ETag", "\"a\""));

        assertThat(StaleUse.forError(status, stored, later(100))).isEqualTo(covered);
        assertThat(StaleUse.forError(status, stored.invalidate(), later(100))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foo | 100 | true",
                "foo | 86459 | true",
                "foo | 86460 | false",
                "stale-if-error=100000 | 100059 | true",
                "stale-if-error=100000 | 100060 | false",
                "must-revalidate | 100 | false",
                "proxy-revalidate | 100 | false",
                "s-maxage=60 | 100 | false",
                "no-cache | 100 | false",
            })
    void anOriginOutOfReachIsCoveredForADay(String directives, long age, boolean covered) {
        StoredResponse stored =
                stored(ok("Cache-Control", "max-age=60, " + directives, "ETag", "\"a\""));

        assertThat(StaleUse.forUnreachableOrigin(stored, later(age), CachePolicy.FORWARD))
                .isEqualTo(covered);
    }

    private static Instant later(long seconds) {
        return NOW.plusSeconds(seconds);
    }
}
