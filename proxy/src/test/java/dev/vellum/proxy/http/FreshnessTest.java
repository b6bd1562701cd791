package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {

    private static final String DATE = HttpDate.format(NOW);

    /** RFC 9111 section 4.2.1; Expires in seconds from Date, "x" for no date, empty for none. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "max-age=3600 | | 3600",
                "max-age=3600 | -7200 | 3600",
                "max-age=3600 | x | 3600",
                "max-age=0 | 3600 | 0",
                "max-age=x | 3600 | 0",
                "max-age=3600, s-maxage=1 | | 1",
                "s-maxage=3600, max-age=1 | | 3600",
                "s-maxage=3600, max-age=0 | -10 | 3600",
                "s-maxage=x, max-age=3600 | | 0",
                "foobar | 3600 | 3600",
                "`` | 3600 | 3600",
                "`` | 0 | 0",
                "`` | -1 | 0",
                "`` | x | 0",
            })
    void theOriginSetsTheLifetime(String cacheControl, String expires, long seconds) {
        Fields fields = Fields.of("Date", DATE, "Cache-Control", cacheControl);
        if (expires != null) {
            fields =
                    fields.plus(
                            "Expires",
                            expires.equals("x")
                                    ? "0"
                                    : HttpDate.format(NOW.plusSeconds(Long.parseLong(expires))));
        }
        Freshness.Lifetime lifetime = terms(ok().with(fields)).lifetime();

        assertThat(lifetime.duration()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(lifetime.explicit()).isTrue();
    }

    @Test
    void ofSeveralExpiresTheEarliestCounts() {
        ResponseHead head =
                ok(
                        "Date", DATE,
                        "Expires", HttpDate.format(NOW.plusSeconds(100)),
                        "Expires", HttpDate.format(NOW.plusSeconds(10)));

        assertThat(terms(head).lifetime().duration()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void withoutAValidDateTheTimeOfArrivalCounts() {
        ResponseHead head = ok("Date", "foo", "Expires", HttpDate.format(NOW.plusSeconds(100)));

        assertThat(terms(head).lifetime().duration()).isEqualTo(Duration.ofSeconds(100));
        assertThat(terms(head).initialAge()).isEqualTo(Duration.ZERO);
    }

    /** RFC 9111 section 4.2.2: a tenth of the time since the last modification, at most a day. */
    @ParameterizedTest
    @CsvSource({
        "200,86400,8640",
        "200,10,1",
        "200,9,0",
        "200,0,0",
        "200,-100,0",
        "200,8640000,86400",
        "203,86400,8640",
        "204,86400,8640",
        "206,86400,8640",
        "300,86400,8640",
        "301,86400,8640",
        "308,86400,8640",
        "404,86400,8640",
        "405,86400,8640",
        "410,86400,8640",
        "414,86400,8640",
        "501,86400,8640",
        "201,86400,0",
        "202,86400,0",
        "302,86400,0",
        "307,86400,0",
        "403,86400,0",
        "500,86400,0",
        "502,86400,0",
        "503,86400,0",
        "504,86400,0",
        "599,86400,0",
    })
    void otherwiseItIsAGuess(int status, long unmodified, long seconds) {
        ResponseHead head =
                response(
                        status,
                        "Date",
                        DATE,
                        "Last-Modified",
                        HttpDate.format(NOW.minusSeconds(unmodified)));
        Freshness.Lifetime lifetime = terms(head).lifetime();

        assertThat(lifetime).isEqualTo(new Freshness.Lifetime(Duration.ofSeconds(seconds), false));
    }

    @Test
    void publicAllowsAGuessForEveryStatus() {
        ResponseHead head =
                response(
                        599,
                        "Date",
                        DATE,
                        "Cache-Control",
                        "public",
                        "Last-Modified",
                        HttpDate.format(NOW.minusSeconds(1_000)));

        assertThat(terms(head).lifetime().duration()).isEqualTo(Duration.ofSeconds(100));
    }

    /** RFC 9111 sections 4.2.3 and 5.1; Date in seconds before its arrival. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | | 0 | 0",
                "0 | 30 | 0 | 30",
                "0 | 30 | 5 | 35",
                "40 | 30 | 5 | 40",
                "30 | | 5 | 30",
                // a clock that is ahead does not make a response younger than new
                "-60 | | 0 | 0",
                "-60 | 30 | 0 | 30",
                // lists: the first member; what is not a number: none
                "0 | 30, 0 | 0 | 30",
                "0 | 0, 30 | 0 | 0",
                "0 | abc | 0 | 0",
                "0 | -7200 | 0 | 0",
                "0 | 7200.0 | 0 | 0",
                "0 | 7200;a=b | 0 | 0",
                "0 | 2147483649 | 0 | 2147483648",
                "0 | 99999999999999999999 | 0 | 2147483648",
            })
    void ageOnArrivalIsTheGreaterOfTwoEstimates(long date, String age, long delay, long seconds) {
        Fields fields = Fields.of("Date", HttpDate.format(NOW.minusSeconds(date)));
        if (age != null) {
            fields = fields.plus("Age", age);
        }

        assertThat(Freshness.initialAge(ok().with(fields), NOW.minusSeconds(delay), NOW))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void ofSeveralAgeLinesTheFirstCounts() {
        ResponseHead head = ok("Date", DATE, "Age", "7200", "Age", "0");

        assertThat(Freshness.initialAge(head, NOW, NOW)).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void aNewResponseIsNotMadeASecondOldByPartsOfOne() {
        ResponseHead head = ok("Date", DATE);

        assertThat(Freshness.initialAge(head, NOW, NOW.plusMillis(999)))
                .isEqualTo(Duration.ofMillis(999));
        assertThat(Freshness.initialAge(head, NOW.plusMillis(999), NOW.plusMillis(999)))
                .isEqualTo(Duration.ZERO);
    }

    private static Terms terms(ResponseHead head) {
        return Terms.of(head, NOW, NOW, CachePolicy.FORWARD);
    }
}
