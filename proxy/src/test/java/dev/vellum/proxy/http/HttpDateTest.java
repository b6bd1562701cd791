package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 06 Nov 1994 08:49:37 GMT | 1994-11-06T08:49:37Z",
                "sun, 06 NOV 1994 08:49:37 gMT | 1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-94 08:49:37 GMT | 1994-11-06T08:49:37Z",
                "Thursday, 18-Aug-50 02:01:18 GMT | 2050-08-18T02:01:18Z",
                "Friday, 20-Nov-76 12:00:00 GMT | 2076-11-20T12:00:00Z",
                "Friday, 20-Nov-77 12:00:00 GMT | 1977-11-20T12:00:00Z",
                "Sun Nov  6 08:49:37 1994 | 1994-11-06T08:49:37Z",
                "Wed Nov 16 08:49:37 1994 | 1994-11-16T08:49:37Z",
                "Sat, 31 Dec 2016 23:59:60 GMT | 2016-12-31T23:59:59Z",
                "Sun, 21 Nov 2286 04:46:39 GMT | 2286-11-21T04:46:39Z",
            })
    void threeFormsAreRead(String text, String time) {
        assertThat(HttpDate.parse(text, Responses.NOW)).isEqualTo(Instant.parse(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "Thu, 18 Aug 2050 02:01:18 UTC",
                "Thu, 18 Aug 2050 02:01:18 AEST",
                "Thu, 18 Aug 2050 02:01:18 +0000",
                "Thu, 18 Aug 2050 02:01:18",
                "Thu 18 Aug 2050 02:01:18 GMT",
                "Thu, 18 Aug 2050 2:01:18 GMT",
                "Thu, 18 Aug 2050 02:01:18 GMT ",
                "Thu,  18 Aug 2050 02:01:18 GMT",
                "Thu, 18 Aug 50 02:01:18 GMT",
                "Thu, 18-Aug-2050 02:01:18 GMT",
                "Thu, 32 Aug 2050 02:01:18 GMT",
                "Thu, 30 Feb 2050 02:01:18 GMT",
                "Thu, 18 Aug 2050 25:01:18 GMT",
                "Thu, 18 Aug 2050 02.01.18 GMT",
                "Thu, 18 Foo 2050 02:01:18 GMT",
                "Foo, 18 Aug 2050 02:01:18 GMT",
                "Thu, +8 Aug 2050 02:01:18 GMT",
            })
    void anythingElseIsNoDate(String text) {
        assertThat(HttpDate.parse(text, Responses.NOW)).isNull();
    }

    @Test
    void thePreferredFormIsWritten() {
        assertThat(HttpDate.format(Instant.parse("1994-11-06T08:49:37.9Z")))
                .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
