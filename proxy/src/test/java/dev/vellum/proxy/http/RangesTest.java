package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Ranges.Range;
import dev.vellum.proxy.http.Ranges.Single;
import dev.vellum.proxy.http.Ranges.Whole;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangesTest {

    /** RFC 9110 section 14.1.2, of 1,000 bytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 0-0",
                "bytes=0-499 | 0-499",
                "bytes=500-999 | 500-999",
                "bytes=500-5000 | 500-999",
                "bytes=500- | 500-999",
                "bytes=-1 | 999-999",
                "bytes=-1000 | 0-999",
                "bytes=-5000 | 0-999",
                "BYTES=1-2 | 1-2",
                "bytes= 1-2 | 1-2",
                "bytes=,1-2, | 1-2",
                "bytes=1-2,2000- | 1-2",
                "bytes=999999999999999998- | unsatisfiable",
                "bytes=1000- | unsatisfiable",
                "bytes=1000-1001,-0 | unsatisfiable",
                "bytes=-0 | unsatisfiable",
                "bytes=0-1,4-5 | 0-1 4-5",
                "bytes=4-5,0-1 | 0-1 4-5",
                "bytes=0-1,2-3 | 0-3",
                "bytes=0-10,5-20 | 0-20",
                "bytes=0-,5-6 | 0-999",
                "bytes=0-1,-2 | 0-1 998-999",
                "bytes=5-4 | whole",
                "bytes=0-1,5-4 | whole",
                "bytes= | whole",
                "bytes=, | whole",
                "bytes | whole",
                "bytes=- | whole",
                "bytes=1 | whole",
                "bytes=a-b | whole",
                "bytes=1-2-3 | whole",
                "bytes=+1-2 | whole",
                "bytes=1 -2 | whole",
                "bytes=99999999999999999999- | whole",
                "items=0-1 | whole",
                "0-1 | whole",
            })
    void aRangeFieldIsRead(String field, String expected) {
        assertThat(describe(Ranges.within(field, 1_000))).isEqualTo(expected);
    }

    @Test
    void tooManyRangesAreIgnored() {
        String sixteen =
                IntStream.range(0, 16)
                        .mapToObj(i -> 10 * i + "-" + 10 * i)
                        .collect(Collectors.joining(","));

        assertThat(Ranges.within("bytes=" + sixteen, 1_000)).isInstanceOf(Ranges.Several.class);
        assertThat(Ranges.within("bytes=" + sixteen + ",500-500", 1_000)).isInstanceOf(Whole.class);
    }

    @Test
    void anEmptyRepresentationHasNoRange() {
        assertThat(Ranges.within("bytes=0-", 0)).isInstanceOf(Ranges.Unsatisfiable.class);
        assertThat(Ranges.within("bytes=-1", 0)).isInstanceOf(Ranges.Unsatisfiable.class);
    }

    @Test
    void rangesAreOfSuccessfulGetsOnly() {
        StoredResponse found = stored(ok("Cache-Control", "max-age=60"));
        StoredResponse missing = stored(get(), response(404, "Cache-Control", "max-age=60"));

        assertThat(Ranges.evaluate(get("Range", "bytes=0-1"), found))
                .isEqualTo(new Single(new Range(0, 1)));
        assertThat(Ranges.evaluate(request("HEAD", "Range", "bytes=0-1"), found))
                .isInstanceOf(Whole.class);
        assertThat(Ranges.evaluate(get("Range", "bytes=0-1"), missing)).isInstanceOf(Whole.class);
        assertThat(Ranges.evaluate(get(), found)).isInstanceOf(Whole.class);
    }

    /** RFC 9110 section 13.1.5. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\" | \"a\" | true",
                "\"b\" | \"a\" | false",
                "W/\"a\" | W/\"a\" | false",
                "\"a\" | W/\"a\" | false",
                "\"a\" |  | false",
                "Fri, 20 Nov 2026 10:00:00 GMT | \"a\" | true",
                "Fri, 20 Nov 2026 10:00:01 GMT | \"a\" | false",
                "Fri, 20 Nov 2026 09:59:59 GMT | \"a\" | false",
                "foo | \"a\" | false",
                "\"a\", \"b\" | \"a\" | false",
            })
    void ifRangeKeepsPartsOfOtherBytesApart(String field, String etag, boolean holds) {
        Fields fields =
                Fields.of(
                        "Cache-Control",
                        "max-age=60",
                        "Last-Modified",
                        "Fri, 20 Nov 2026 10:00:00 GMT");
        if (etag != null) {
            fields = fields.plus("ETag", etag);
        }
        RequestHead request = get("Range", "bytes=0-1", "If-Range", field);

        assertThat(Ranges.evaluate(request, stored(ok().with(fields))))
                .isEqualTo(holds ? new Single(new Range(0, 1)) : new Whole());
    }

    /** RFC 9110 section 8.8.2.2. */
    @Test
    void aDateTooCloseToTheResponseIsNoStrongValidator() {
        StoredResponse stored =
                stored(
                        ok(
                                "Cache-Control",
                                "max-age=60",
                                "Date",
                                "Fri, 20 Nov 2026 12:00:00 GMT",
                                "Last-Modified",
                                "Fri, 20 Nov 2026 11:59:30 GMT"));
        RequestHead request =
                get("Range", "bytes=0-1", "If-Range", "Fri, 20 Nov 2026 11:59:30 GMT");

        assertThat(Ranges.evaluate(request, stored)).isInstanceOf(Whole.class);
    }

    @Test
    void contentRangeIsWritten() {
        assertThat(ContentRange.of(new Range(4, 9), 10)).isEqualTo("bytes 4-9/10");
        assertThat(ContentRange.unsatisfied(10)).isEqualTo("bytes */10");
    }

    private static String describe(Ranges ranges) {
        return switch (ranges) {
            case Whole whole -> "whole";
            case Single(Range range) -> range.first() + "-" + range.last();
            case Ranges.Several(var several) ->
                    several.stream()
                            .map(range -> range.first() + "-" + range.last())
                            .collect(Collectors.joining(" "));
            case Ranges.Unsatisfiable none -> "unsatisfiable";
            case Ranges.NotHeld none -> "not held";
        };
    }
}
