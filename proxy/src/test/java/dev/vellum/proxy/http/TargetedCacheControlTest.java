package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetedCacheControlTest {

    /** RFC 9213 sections 2.1 and 2.2, on an edge: the lifetime in seconds, -1 for "not stored". */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max-age=3600 | max-age=1 | 3600",
                "max-age=1 | max-age=3600 | 1",
                "max-age=0 | max-age=3600 | 0",
                "max-age=2147483648 | | 2147483648",
                "max-age=99999999999 | | 2147483648",
                "foobar, max-age=3600 | | 3600",
                "foo=(1 2);a=\"b\", max-age=3600;x | | 3600",
                "s-maxage=10, max-age=3600 | | 10",
                "max-age=10000 | no-store | 10000",
                "max-age=10000 | private | 10000",
                "max-age=10000, no-store=?0 | | 10000",
                "no-store | max-age=10000 | -1",
                "private | max-age=10000 | -1",
                "private=?0, max-age=5 | max-age=10000 | 5",
                // what is not valid does not count, and Cache-Control does
                "max-age=10000, &&&&& | no-store | -1",
                "max-age=\"10000\" | no-store | -1",
                "max-age=1.5 | max-age=7 | 7",
                "max-age=-1 | max-age=7 | 7",
                "max-age | max-age=7 | 7",
                "MaX-aGe=3600 | max-age=7 | 7",
                "max-age =100 | max-age=7 | 7",
                "max-age= 100 | max-age=7 | 7",
                "`` | max-age=7 | 7",
                "no-store=1 | max-age=7 | 7",
                "private=1 | max-age=7 | 7",
            })
    void onAnEdgeItDecidesWhereItIsValid(String targeted, String general, long seconds) {
        Fields fields = Fields.of("CDN-Cache-Control", targeted, "ETag", "\"a\"");
        if (general != null) {
            fields = fields.plus("Cache-Control", general);
        }
        Storability assessed = assess(ok().with(fields), CachePolicy.EDGE);

        if (seconds < 0) {
            assertThat(assessed).isInstanceOf(Storability.DoNot.class);
        } else {
            assertThat(assessed)
                    .isInstanceOfSatisfying(
                            Storability.Store.class,
                            store ->
                                    assertThat(store.response().terms().lifetime().duration())
                                            .isEqualTo(Duration.ofSeconds(seconds)));
        }
    }

    @Test
    void whereItDecidesExpiresDoesNot() {
        ResponseHead head =
                ok(
                        "CDN-Cache-Control",
                        "max-age=0",
                        "ETag",
                        "\"a\"",
                        "Expires",
                        HttpDate.format(NOW.plusSeconds(10_000)));

        assertThat(Terms.of(head, NOW, NOW, CachePolicy.EDGE).lifetime().duration()).isZero();
    }

    @Test
    void noCacheIsHeeded() {
        ResponseHead head = ok("CDN-Cache-Control", "no-cache", "Cache-Control", "max-age=9");

        assertThat(Terms.of(head, NOW, NOW, CachePolicy.EDGE).mustAlwaysValidate()).isTrue();
    }

    @Test
    void aForwardProxyIsNotMeant() {
        ResponseHead head = ok("CDN-Cache-Control", "max-age=3600", "Cache-Control", "no-store");

        assertThat(assess(head, CachePolicy.FORWARD)).isInstanceOf(Storability.DoNot.class);
        assertThat(assess(head, CachePolicy.EDGE)).isInstanceOf(Storability.Store.class);
    }

    private static Storability assess(ResponseHead head, CachePolicy policy) {
        return Storability.assess(get(), head, NOW, NOW, policy);
    }
}
