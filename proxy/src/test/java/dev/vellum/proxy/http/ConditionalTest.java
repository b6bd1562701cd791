package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Conditional.NotModified;
import dev.vellum.proxy.http.Conditional.PreconditionFailed;
import dev.vellum.proxy.http.Conditional.Proceed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionalTest {

    private static final String NINE = "Fri, 20 Nov 2026 09:00:00 GMT";
    private static final String TEN = "Fri, 20 Nov 2026 10:00:00 GMT";
    private static final String ELEVEN = "Fri, 20 Nov 2026 11:00:00 GMT";

    /** RFC 9110 section 13.1.2, against {@code "a"} or {@code W/"a"}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\" | \"a\" | 304",
                "W/\"a\" | \"a\" | 304",
                "\"a\" | W/\"a\" | 304",
                "\"b\" | \"a\" | 200",
                "\"a\", \"b\" | \"a\" | 304",
                "\"1\", \"a\", \"2\" | \"a\" | 304",
                "\"1\", \"2\", W/\"a\" | \"a\" | 304",
                "* | \"a\" | 304",
                "* | | 304",
                "\"a\" | | 200",
                "a | \"a\" | 200",
                "\"a\" | a | 200",
                "\"b\", a | \"a\" | 200",
            })
    void ifNoneMatchIsComparedWeakly(String field, String etag, int status) {
        Fields fields = Fields.of("Cache-Control", "max-age=60");
        if (etag != null) {
            fields = fields.plus("ETag", etag);
        }

        assertThat(evaluate(get("If-None-Match", field), stored(ok().with(fields))))
                .isEqualTo(status);
    }

    /** RFC 9110 section 13.1.1. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\" | \"a\" | 200",
                "W/\"a\" | \"a\" | 412",
                "\"a\" | W/\"a\" | 412",
                "\"b\" | \"a\" | 412",
                "\"b\", \"a\" | \"a\" | 200",
                "* | \"a\" | 200",
                "broken | \"a\" | 412",
            })
    void ifMatchIsComparedStrongly(String field, String etag, int status) {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60", "ETag", etag));

        assertThat(evaluate(get("If-Match", field), stored)).isEqualTo(status);
    }

    /** RFC 9110 sections 13.1.3 and 13.1.4, against a representation of ten o'clock. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "If-Modified-Since,`Fri, 20 Nov 2026 10:00:00 GMT`,304",
                "If-Modified-Since,`Fri, 20 Nov 2026 11:00:00 GMT`,304",
                "If-Modified-Since,`Friday, 20-Nov-26 10:00:00 GMT`,304",
                "If-Modified-Since,`Fri Nov 20 10:00:00 2026`,304",
                "If-Modified-Since,`Fri, 20 Nov 2026 09:59:59 GMT`,200",
                "If-Modified-Since,`Fri, 20 Nov 2026 11:00:00 UTC`,200",
                "If-Modified-Since,0,200",
                "If-Unmodified-Since,`Fri, 20 Nov 2026 10:00:00 GMT`,200",
                "If-Unmodified-Since,`Fri, 20 Nov 2026 11:00:00 GMT`,200",
                "If-Unmodified-Since,`Fri, 20 Nov 2026 09:59:59 GMT`,412",
                "If-Unmodified-Since,0,200",
            })
    void datesAreCompared(String name, String value, int status) {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60", "Last-Modified", TEN));

        assertThat(evaluate(get(name, value), stored)).isEqualTo(status);
    }

    /** RFC 9111 section 4.3.2. */
    @Test
    void withoutLastModifiedTheDateStandsInForIt() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60000", "Date", TEN));

        assertThat(evaluate(get("If-Modified-Since", ELEVEN), stored)).isEqualTo(304);
        assertThat(evaluate(get("If-Modified-Since", NINE), stored)).isEqualTo(200);
    }

    /** RFC 9110 section 13.2.2. */
    @Test
    void tagsGoBeforeDatesAndExpectationsBeforeThat() {
        StoredResponse stored =
                stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\"", "Last-Modified", TEN));

        assertThat(evaluate(get("If-None-Match", "\"a\"", "If-Modified-Since", NINE), stored))
                .isEqualTo(304);
        assertThat(evaluate(get("If-None-Match", "\"b\"", "If-Modified-Since", ELEVEN), stored))
                .isEqualTo(200);
        assertThat(evaluate(get("If-Match", "\"a\"", "If-Unmodified-Since", NINE), stored))
                .isEqualTo(200);
        assertThat(evaluate(get("If-Match", "\"b\"", "If-None-Match", "\"a\""), stored))
                .isEqualTo(412);
        assertThat(evaluate(get("If-Match", "\"a\"", "If-None-Match", "\"a\""), stored))
                .isEqualTo(304);
    }

    /** RFC 9110 section 13.2.1. */
    @Test
    void onlyASuccessTakesPreconditions() {
        StoredResponse stored =
                stored(get(), response(404, "Cache-Control", "max-age=60", "ETag", "\"a\""));

        assertThat(evaluate(get("If-None-Match", "\"a\""), stored)).isEqualTo(200);
        assertThat(evaluate(get("If-Match", "\"b\""), stored)).isEqualTo(200);
    }

    @Test
    void onlyReadingIsJudgedHere() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\""));

        assertThat(evaluate(request("HEAD", "If-None-Match", "\"a\""), stored)).isEqualTo(304);
        assertThat(evaluate(request("POST", "If-None-Match", "\"a\""), stored)).isEqualTo(200);
        assertThat(evaluate(request("POST", "If-Match", "\"b\""), stored)).isEqualTo(200);
    }

    private static int evaluate(RequestHead request, StoredResponse stored) {
        return switch (Conditional.evaluate(request, stored)) {
            case Proceed proceed -> 200;
            case NotModified notModified -> 304;
            case PreconditionFailed failed -> 412;
        };
    }
}
