package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9111 section 3.4. */
class CompletionTest {

    private static final String TEN = "Fri, 20 Nov 2026 10:00:00 GMT";
    private static final Instant LATER = NOW.plusSeconds(100);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bytes 0-4/10 | ETag | \"a\" | \"a\"",
                "bytes 0-4/10 | Last-Modified | Fri, 20 Nov 2026 10:00:00 GMT | Fri, 20 Nov 2026 10:00:00 GMT",
                "bytes 0-4/10 | ETag | W/\"a\" | ",
                "bytes 0-4/10 | Last-Modified | Fri, 20 Nov 2026 11:59:59 GMT | ",
                "bytes 0-4/10 | X | 1 | ",
                "bytes 1-4/10 | ETag | \"a\" | ",
                "bytes 5-9/10 | ETag | \"a\" | ",
            })
    void theRestOfABeginningIsAskedForByItsStrongValidator(
            String range, String name, String value, String ifRange) {
        Fields asked = Completion.ask(get(), part(range, name, value));

        assertThat(asked)
                .isEqualTo(
                        ifRange == null
                                ? null
                                : Fields.of("Range", "bytes=5-", "If-Range", ifRange));
    }

    @Test
    void onlyAPlainGetCompletes() {
        StoredResponse part = part("bytes 0-4/10", "ETag", "\"a\"");

        assertThat(Completion.ask(request("HEAD"), part)).isNull();
        assertThat(Completion.ask(get("Range", "bytes=3-"), part)).isNull();
        assertThat(Completion.ask(get(), part.invalidate())).isNull();
    }

    @Test
    void theWholeHasTheNewFieldsAndTheWholesLength() {
        StoredResponse whole =
                complete(
                        part("bytes 0-4/10", "ETag", "\"a\""),
                        response(
                                206,
                                "Content-Range",
                                "bytes 5-9/10",
                                "Content-Length",
                                "5",
                                "ETag",
                                "\"a\"",
                                "Cache-Control",
                                "max-age=7",
                                "New",
                                "1",
                                "Date",
                                HttpDate.format(LATER)));

        assertThat(whole).isNotNull();
        assertThat(whole.head().status()).isEqualTo(200);
        Fields fields = whole.head().fields();
        assertThat(fields.all("Content-Length")).containsExactly("10");
        assertThat(fields.contains("Content-Range")).isFalse();
        assertThat(fields.all("ETag")).containsExactly("\"a\"");
        assertThat(fields.all("New")).containsExactly("1");
        assertThat(fields.all("Kept")).containsExactly("2");
        assertThat(whole.isComplete()).isTrue();
        assertThat(whole.remaining(LATER)).isEqualTo(Duration.ofSeconds(7));
        assertThat(whole.request().fields().contains("Range")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "206 | bytes 5-9/10 | \"b\" | max-age=60",
                "206 | bytes 5-9/10 | W/\"a\" | max-age=60",
                "206 | bytes 5-9/10 | | max-age=60",
                "206 | bytes 5-9/11 | \"a\" | max-age=60",
                "206 | bytes 6-9/10 | \"a\" | max-age=60",
                "206 | bytes 5-8/10 | \"a\" | max-age=60",
                "206 | bytes 0-9/10 | \"a\" | max-age=60",
                "206 | bytes 5-9/* | \"a\" | max-age=60",
                "206 | bytes 5-9/10 | \"a\" | no-store",
                "200 | bytes 5-9/10 | \"a\" | max-age=60",
            })
    void anythingElseIsNotTheRest(int status, String range, String tag, String cacheControl) {
        Fields fields = Fields.of("Content-Range", range, "Cache-Control", cacheControl);
        if (tag != null) {
            fields = fields.plus("ETag", tag);
        }

        assertThat(complete(part("bytes 0-4/10", "ETag", "\"a\""), response(status).with(fields)))
                .isNull();
    }

    @Test
    void datesServeWhereThereAreNoTags() {
        StoredResponse part = part("bytes 0-4/10", "Last-Modified", TEN);
        Fields rest = Fields.of("Content-Range", "bytes 5-9/10", "Cache-Control", "max-age=60");

        assertThat(complete(part, response(206).with(rest.plus("Last-Modified", TEN)))).isNotNull();
        assertThat(complete(part, response(206).with(rest))).isNull();
        assertThat(
                        complete(
                                part,
                                response(206)
                                        .with(
                                                rest.plus("Last-Modified", TEN)
                                                        .plus("ETag", "\"a\""))))
                .isNull();
    }

    private static StoredResponse part(String range, String name, String value) {
        return stored(
                get("Range", "bytes=x"),
                response(
                        206,
                        "Content-Range",
                        range,
                        "Cache-Control",
                        "max-age=60",
                        "Kept",
                        "2",
                        name,
                        value));
    }

    private static @Nullable StoredResponse complete(StoredResponse part, ResponseHead rest) {
        return Completion.of(
                part, get("Range", "bytes=5-"), rest, LATER, LATER, CachePolicy.FORWARD);
    }
}
