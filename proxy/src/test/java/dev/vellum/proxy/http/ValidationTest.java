package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Validation.HeadEffect;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {

    private static final Instant LATER = NOW.plusSeconds(1_000);

    @Test
    void theCachesQuestionsReplaceTheClients() {
        RequestHead client =
                get(
                        "Host",
                        "example.com",
                        "If-None-Match",
                        "\"x\"",
                        "If-Modified-Since",
                        "x",
                        "If-Match",
                        "x",
                        "If-Unmodified-Since",
                        "x",
                        "If-Range",
                        "x",
                        "Range",
                        "bytes=0-1",
                        "Abc",
                        "123");

        assertThat(Validation.request(client, Fields.of("If-None-Match", "\"a\"")).fields())
                .isEqualTo(
                        Fields.of("Host", "example.com", "Abc", "123", "If-None-Match", "\"a\""));
    }

    /** RFC 9111 sections 3.2 and 4.3.4. */
    @Test
    void a304UpdatesTheHeadButWhatTheBytesDependOn() {
        StoredResponse stored =
                stored(
                        ok(
                                "Date",
                                HttpDate.format(NOW),
                                "Cache-Control",
                                "max-age=1",
                                "ETag",
                                "\"a\"",
                                "Content-Type",
                                "text/plain",
                                "Content-Length",
                                "5",
                                "Content-Encoding",
                                "gzip",
                                "Set-Cookie",
                                "a=1",
                                "Set-Cookie",
                                "b=1",
                                "Kept",
                                "1"));
        ResponseHead notModified =
                response(
                        304,
                        "Date",
                        HttpDate.format(LATER),
                        "Cache-Control",
                        "max-age=3600",
                        "ETag",
                        "\"b\"",
                        "Content-Type",
                        "text/html",
                        "Content-Length",
                        "10",
                        "Content-Encoding",
                        "br",
                        "Content-Range",
                        "bytes 0-1/2",
                        "set-cookie",
                        "a=2",
                        "Connection",
                        "x",
                        "X",
                        "1",
                        "New",
                        "2");

        StoredResponse fresh =
                Validation.freshen(stored, notModified, LATER, LATER, CachePolicy.FORWARD);

        Fields fields = fresh.head().fields();
        assertThat(fields.all("ETag")).containsExactly("\"a\"");
        assertThat(fields.all("Content-Type")).containsExactly("text/html");
        assertThat(fields.all("Content-Length")).containsExactly("5");
        assertThat(fields.all("Content-Encoding")).containsExactly("gzip");
        assertThat(fields.all("Set-Cookie")).containsExactly("a=2");
        assertThat(fields.all("Kept")).containsExactly("1");
        assertThat(fields.all("New")).containsExactly("2");
        assertThat(fields.contains("Content-Range")).isFalse();
        assertThat(fields.contains("X")).isFalse();
        assertThat(fresh.head().status()).isEqualTo(200);
        assertThat(fresh.content()).isEqualTo(stored.content());
        assertThat(fresh.age(LATER)).isEqualTo(Duration.ZERO);
        assertThat(fresh.remaining(LATER)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void a304WithoutDateWasMadeWhenItArrived() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\""));

        StoredResponse fresh =
                Validation.freshen(stored, response(304), LATER, LATER, CachePolicy.FORWARD);

        assertThat(fresh.age(LATER)).isEqualTo(Duration.ZERO);
        assertThat(fresh.head().fields().all("Date")).containsExactly(HttpDate.format(LATER));
    }

    @Test
    void a304OfAnotherCacheKeepsItsAge() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\""));

        StoredResponse fresh =
                Validation.freshen(
                        stored, response(304, "Age", "30"), LATER, LATER, CachePolicy.FORWARD);

        assertThat(fresh.age(LATER)).isEqualTo(Duration.ofSeconds(30));
        assertThat(fresh.head().fields().contains("Age")).isFalse();
    }

    @Test
    void validationLiftsInvalidation() {
        StoredResponse stored =
                stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\"")).invalidate();

        assertThat(
                        Validation.freshen(stored, response(304), LATER, LATER, CachePolicy.FORWARD)
                                .invalidated())
                .isFalse();
    }

    /** RFC 9111 section 4.3.4, the initial set. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\" | \"a\" | true",
                "\"a\" | \"b\" | false",
                "\"a\" | W/\"a\" | true",
                "W/\"a\" | W/\"a\" | true",
                "W/\"a\" | \"a\" | false",
                "\"a\" |  | true",
                " | \"a\" | true",
            })
    void aTagTellsWhichStoredResponseA304IsAbout(String stored, String received, boolean about) {
        Fields one = Fields.of("Cache-Control", "max-age=60");
        Fields two = Fields.of();

        assertThat(
                        Validation.selects(
                                response(304)
                                        .with(received == null ? two : two.plus("ETag", received)),
                                stored(ok().with(stored == null ? one : one.plus("ETag", stored)))))
                .isEqualTo(about);
    }

    /** RFC 9111 section 4.3.5. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200 | X | 1 | FRESHEN",
                "200 | ETag | \"a\" | FRESHEN",
                "200 | ETag | \"b\" | INVALIDATE",
                "200 | Content-Length | 1000 | FRESHEN",
                "200 | Content-Length | 1001 | INVALIDATE",
                "200 | Last-Modified | Fri, 20 Nov 2026 10:00:00 GMT | FRESHEN",
                "200 | Last-Modified | Fri, 20 Nov 2026 10:00:01 GMT | INVALIDATE",
                "404 | ETag | \"b\" | NONE",
                "503 | X | 1 | NONE",
            })
    void headSaysWhetherGetWouldAnswerTheSame(
            int status, String name, String value, HeadEffect effect) {
        StoredResponse stored =
                stored(
                        ok(
                                "Cache-Control",
                                "max-age=60",
                                "ETag",
                                "\"a\"",
                                "Last-Modified",
                                "Fri, 20 Nov 2026 10:00:00 GMT"));

        assertThat(Validation.headEffect(response(status, name, value), stored)).isEqualTo(effect);
    }
}
