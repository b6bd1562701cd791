package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.assess;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Storability.DoNot;
import dev.vellum.proxy.http.Storability.Reason;
import dev.vellum.proxy.http.Storability.Store;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorabilityTest {

    /** RFC 9111 section 3 and 5.2.2, for a 200 with an entity tag. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max-age=60 | ",
                "no-store | NO_STORE",
                "nO-StOrE, max-age=60 | NO_STORE",
                "no-store, must-understand, max-age=60 | ",
                "private, max-age=60 | PRIVATE",
                "private=\"\", max-age=60 | PRIVATE",
                "private=\"set-cookie\", max-age=60 | ",
                "no-cache | ",
                "max-age=0 | ",
                "public | ",
                "foobar | ",
            })
    void directivesDecide(String cacheControl, Reason reason) {
        assertReason(assess(get(), ok("Cache-Control", cacheControl, "ETag", "\"a\"")), reason);
    }

    /** RFC 9111 section 3: a final status, understood where must-understand demands it. */
    @ParameterizedTest
    @CsvSource({
        "200,max-age=60,",
        "299,max-age=60,",
        "302,max-age=60,",
        "400,max-age=60,",
        "503,max-age=60,",
        "599,max-age=60,",
        "100,max-age=60,INTERIM",
        "103,max-age=60,INTERIM",
        "304,max-age=60,STATUS",
        "206,max-age=60,PART_OF_UNKNOWN_WHOLE",
        "200,'max-age=60, must-understand',",
        "404,'max-age=60, must-understand',",
        "599,'max-age=60, must-understand',STATUS",
        "599,'max-age=60, must-understand, no-store',STATUS",
        "302,foobar,STATUS",
        "403,foobar,STATUS",
        "302,public,",
    })
    void statusesDecide(int status, String cacheControl, Reason reason) {
        ResponseHead head = response(status, "Cache-Control", cacheControl, "ETag", "\"a\"");

        assertReason(assess(get(), head), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "FOO"})
    void onlyTheAnswerToGetIsStored(String method) {
        assertReason(assess(request(method), ok("Cache-Control", "max-age=60")), Reason.METHOD);
    }

    /** RFC 9110 section 9.3.3; the request is for http://example.com/a. */
    @ParameterizedTest
    @CsvSource({
        "200,max-age=60,/a,",
        "200,max-age=60,a,",
        "200,max-age=60,'',",
        "200,max-age=60,http://example.com/a,",
        "200,max-age=60,/b,METHOD",
        "200,max-age=60,http://example.org/a,METHOD",
        "200,max-age=60,,METHOD",
        "200,foobar,/a,METHOD",
        "201,max-age=60,/a,METHOD",
        "200,no-store,/a,METHOD",
        "200,'max-age=60, no-store',/a,NO_STORE",
    })
    void theAnswerToPostIsStoredWhereItIsWhatGetWouldAnswer(
            int status, String cacheControl, String location, Reason reason) {
        Fields fields = Fields.of("Cache-Control", cacheControl);
        if (location != null) {
            fields = fields.plus("Content-Location", location);
        }

        assertReason(assess(request("POST"), response(status).with(fields)), reason);
    }

    /** RFC 9111 section 3.5. */
    @ParameterizedTest
    @CsvSource({
        "max-age=60,AUTHORIZATION",
        "'max-age=60, public',",
        "'max-age=60, must-revalidate',",
        "s-maxage=60,",
        "'max-age=60, proxy-revalidate',AUTHORIZATION",
        "'public, private',PRIVATE",
    })
    void whatAnswersCredentialsNeedsPermission(String cacheControl, Reason reason) {
        assertReason(
                assess(get("Authorization", "Basic eDp5"), ok("Cache-Control", cacheControl)),
                reason);
    }

    @Test
    void aRequestMayForbidStoring() {
        assertReason(
                assess(get("Cache-Control", "no-store"), ok("Cache-Control", "max-age=60")),
                Reason.NO_STORE_ASKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*, *", ", *", "Foo, *", "*, Foo"})
    void whatVariesByAnythingIsNotStored(String vary) {
        assertReason(
                assess(get(), ok("Cache-Control", "max-age=60", "Vary", vary)),
                Reason.VARIES_BY_ANYTHING);
    }

    @Test
    void cookiesAreStoredOnlyWhereTheOriginGivesALifetime() {
        String modified = HttpDate.format(NOW.minusSeconds(86_400));

        assertReason(assess(get(), ok("Set-Cookie", "a=b", "Cache-Control", "max-age=60")), null);
        assertReason(
                assess(get(), ok("Set-Cookie", "a=b", "Last-Modified", modified)),
                Reason.SET_COOKIE_WITHOUT_LIFETIME);
        assertReason(assess(get(), ok("Last-Modified", modified)), null);
    }

    /** Storing what no request can ever be answered with wastes memory. */
    @ParameterizedTest
    @CsvSource({
        "foobar,NEVER_REUSABLE",
        "max-age=0,NEVER_REUSABLE",
        "no-cache,NEVER_REUSABLE",
        "'max-age=60, no-cache',NEVER_REUSABLE",
        "'max-age=0, stale-while-revalidate=10',",
        "'max-age=0, stale-if-error=10',",
        "'max-age=0, stale-if-error=10, must-revalidate',NEVER_REUSABLE",
    })
    void withoutAValidatorThereMustBeSomeUse(String cacheControl, Reason reason) {
        assertReason(assess(get(), ok("Cache-Control", cacheControl)), reason);
    }

    @Test
    void aResponseThatArrivesStaleIsOfNoUseWithoutAValidator() {
        assertReason(
                assess(get(), ok("Cache-Control", "max-age=60", "Age", "60")),
                Reason.NEVER_REUSABLE);
    }

    /** RFC 9111 section 3.1. */
    @Test
    void fieldsOfTheConnectionTheMomentAndOneUserAreNotStored() {
        ResponseHead head =
                ok(
                        "Connection",
                        "a, close",
                        "A",
                        "1",
                        "B",
                        "2",
                        "C",
                        "3",
                        "D",
                        "4",
                        "Keep-Alive",
                        "x",
                        "Proxy-Authenticate",
                        "x",
                        "Proxy-Authentication-Info",
                        "x",
                        "Proxy-Authorization",
                        "x",
                        "Proxy-Connection",
                        "x",
                        "TE",
                        "x",
                        "Transfer-Encoding",
                        "chunked",
                        "Upgrade",
                        "x",
                        "Age",
                        "1",
                        "Date",
                        HttpDate.format(NOW),
                        "Cache-Control",
                        "max-age=60, private=\"b\", no-cache=\"c\"");

        assertThat(stored(head).head().fields())
                .isEqualTo(
                        Fields.of(
                                "D",
                                "4",
                                "Date",
                                HttpDate.format(NOW),
                                "Cache-Control",
                                "max-age=60, private=\"b\", no-cache=\"c\""));
    }

    /** RFC 9110 section 6.6.1. */
    @Test
    void aResponseWithoutDateGetsTheTimeOfItsArrival() {
        assertThat(stored(ok("Cache-Control", "max-age=60")).head().fields().first("Date"))
                .isEqualTo("Fri, 20 Nov 2026 12:00:00 GMT");
    }

    /** RFC 9111 section 3.3. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes 0-4/10 | 5 | 0 4 10",
                "bytes 5-9/10 | | 5 9 10",
                "BYTES 0-0/1 | | 0 0 1",
                "bytes 4-9/10 | 5 | ",
                "bytes 0-4/* | 5 | ",
                "bytes */10 | | ",
                "bytes 5-4/10 | | ",
                "bytes 5-10/10 | | ",
                "bytes 0-4/10, bytes 6-7/10 | | ",
                "items 0-4/10 | | ",
                "0-4/10 | | ",
                "bytes 0-99999999999999999999/999999999999999999999 | | ",
            })
    void aPartIsStoredWhereItsPlaceIsKnown(String range, String length, String expected) {
        Fields fields = Fields.of("Content-Range", range, "Cache-Control", "max-age=60");
        if (length != null) {
            fields = fields.plus("Content-Length", length);
        }
        Storability assessed = assess(get("Range", "bytes=0-4"), response(206).with(fields));

        if (expected == null) {
            assertReason(assessed, Reason.PART_OF_UNKNOWN_WHOLE);
        } else {
            String[] numbers = expected.split(" ", -1);
            assertThat(((Store) assessed).response().content())
                    .isEqualTo(
                            new Content.Part(
                                    Long.parseLong(numbers[0]),
                                    Long.parseLong(numbers[1]),
                                    Long.parseLong(numbers[2])));
        }
    }

    private static void assertReason(Storability assessed, @Nullable Reason reason) {
        if (reason == null) {
            assertThat(assessed).isInstanceOf(Store.class);
        } else {
            assertThat(assessed).isEqualTo(new DoNot(reason));
        }
    }
}
