package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Reuse.Miss;
import dev.vellum.proxy.http.Reuse.Reason;
import dev.vellum.proxy.http.Reuse.Revalidate;
import dev.vellum.proxy.http.Reuse.Serve;
import dev.vellum.proxy.http.Reuse.ServeAndRefresh;
import dev.vellum.proxy.http.Reuse.Unavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReuseTest {

    /**
     * RFC 9111 section 4, for a response with an entity tag that arrived 100 seconds ago: its
     * Cache-Control, the request's, and what comes of it.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // section 4.2: fresh while the lifetime is longer than the age
                "max-age=101 | `` | serve",
                "max-age=100 | `` | STALE",
                "max-age=0 | `` | STALE",
                // section 5.2.2.4
                "max-age=1000, no-cache | `` | RESPONSE_ASKS",
                "max-age=1000, No-CaChE | `` | RESPONSE_ASKS",
                "max-age=1000, no-cache=\"a\" | `` | serve",
                // section 5.2.1.4
                "max-age=1000 | no-cache | REQUEST_ASKS",
                // section 5.2.1.5: what is stored already may still be used
                "max-age=1000 | no-store | serve",
                // section 5.2.1.1
                "max-age=1000 | max-age=100 | serve",
                "max-age=1000 | max-age=99 | REQUEST_ASKS",
                "max-age=1000 | max-age=0 | REQUEST_ASKS",
                "max-age=1000 | max-age=x | REQUEST_ASKS",
                "max-age=1000, immutable | max-age=0 | REQUEST_ASKS",
                // section 5.2.1.3
                "max-age=1000 | min-fresh=900 | serve",
                "max-age=1000 | min-fresh=901 | REQUEST_ASKS",
                "max-age=1000 | min-fresh=x | REQUEST_ASKS",
                // section 5.2.1.2
                "max-age=60 | max-stale=40 | serve",
                "max-age=60 | max-stale=39 | STALE",
                "max-age=60 | max-stale | serve",
                "max-age=60 | max-stale=x | STALE",
                "max-age=60 | max-stale=1000, max-age=100 | serve",
                "max-age=60 | max-stale=1000, max-age=99 | REQUEST_ASKS",
                "max-age=60 | max-stale=1000, min-fresh=1 | STALE",
                // sections 5.2.2.2, 5.2.2.8 and 5.2.2.10
                "max-age=60, must-revalidate | max-stale | STALE",
                "max-age=60, proxy-revalidate | max-stale | STALE",
                "s-maxage=60 | max-stale | STALE",
                "max-age=1000, must-revalidate | `` | serve",
                "max-age=1000, proxy-revalidate | `` | serve",
                "s-maxage=1000 | `` | serve",
                // section 5.2.1.7
                "max-age=1000 | only-if-cached | serve",
                "max-age=60 | only-if-cached | unavailable",
                "max-age=60 | only-if-cached, max-stale | serve",
                "no-cache | only-if-cached | unavailable",
                // RFC 5861 section 3
                "max-age=60, stale-while-revalidate=41 | `` | refresh",
                "max-age=60, stale-while-revalidate=40 | `` | STALE",
                "max-age=60, stale-while-revalidate=x | `` | STALE",
                "max-age=60, stale-while-revalidate=41, must-revalidate | `` | STALE",
                "s-maxage=60, stale-while-revalidate=41 | `` | STALE",
                "max-age=60, stale-while-revalidate=41 | max-age=1000 | STALE",
                "max-age=60, stale-while-revalidate=41 | only-if-cached | refresh",
                "max-age=60, stale-while-revalidate=41, no-cache | `` | RESPONSE_ASKS",
                // RFC 5861 section 4: an error first
                "max-age=60, stale-if-error=1000 | `` | STALE",
                // unknown directives ask for nothing
                "max-age=1000, foo | foo, bar=\"no-cache\" | serve",
            })
    void directivesOfBothSidesDecide(String cacheControl, String asked, String expected) {
        StoredResponse stored = stored(ok("Cache-Control", cacheControl, "ETag", "\"a\""));
        RequestHead request = asked.isEmpty() ? get() : get("Cache-Control", asked);

        assertThat(describe(decide(request, stored, 100))).isEqualTo(expected);
    }

    /** RFC 9111 section 5.4: Pragma counts where there is no Cache-Control. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-cache | | REQUEST_ASKS",
                "No-Cache | | REQUEST_ASKS",
                "foo | | serve",
                "no-cache | foo | serve",
                "no-cache | no-cache | REQUEST_ASKS",
            })
    void pragmaIsForClientsOfOld(String pragma, String cacheControl, String expected) {
        Fields fields = Fields.of("Pragma", pragma);
        if (cacheControl != null) {
            fields = fields.plus("Cache-Control", cacheControl);
        }
        StoredResponse stored = stored(ok("Cache-Control", "max-age=1000"));

        assertThat(describe(decide(get().with(fields), stored, 100))).isEqualTo(expected);
    }

    @Test
    void pragmaInAResponseMeansNothing() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=9", "Pragma", "no-cache"));

        assertThat(decide(get(), stored, 0)).isInstanceOf(Serve.class);
    }

    @Test
    void theAgeReceivedCounts() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=150", "Age", "49"));

        assertThat(decide(get(), stored, 100)).isEqualTo(new Serve(Duration.ofSeconds(149)));
        assertThat(decide(get(), stored, 101)).isInstanceOf(Revalidate.class);
    }

    @Test
    void aClockThatWentBackMakesNothingYoungerThanItWas() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=150", "Age", "49"));

        assertThat(decide(get(), stored, -1_000)).isEqualTo(new Serve(Duration.ofSeconds(49)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"})
    void otherMethodsAreNotAnswered(String method) {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=1000"));

        assertThat(decide(request(method), stored, 0)).isEqualTo(new Miss(Reason.METHOD));
    }

    @Test
    void headIsAnsweredByWhatGetStored() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=1000"));

        assertThat(decide(request("HEAD"), stored, 0)).isEqualTo(new Serve(Duration.ZERO));
    }

    @Test
    void anotherVariantIsAMiss() {
        StoredResponse stored =
                stored(get("Foo", "1"), ok("Cache-Control", "max-age=1000", "Vary", "foo"));

        assertThat(decide(get("Foo", "2"), stored, 0)).isEqualTo(new Miss(Reason.VARY));
        assertThat(decide(get("Foo", "2", "Cache-Control", "only-if-cached"), stored, 0))
                .isEqualTo(new Unavailable());
        assertThat(decide(get("Foo", "1"), stored, 0)).isInstanceOf(Serve.class);
    }

    /** RFC 9111 section 4.4. */
    @Test
    void whatWasInvalidatedIsConfirmedFirst() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=1000", "ETag", "\"a\""));

        assertThat(describe(decide(get(), stored.invalidate(), 0))).isEqualTo("INVALIDATED");
        assertThat(describe(decide(get("Cache-Control", "max-stale"), stored.invalidate(), 2_000)))
                .isEqualTo("INVALIDATED");
    }

    /** A stored response is no proof against a newer tag that the client may know. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "If-Match,\"a\",serve",
                "If-Match,*,serve",
                "If-Match,\"b\",PRECONDITION",
                "If-Unmodified-Since,`Fri, 20 Nov 2026 11:00:00 GMT`,serve",
                "If-Unmodified-Since,`Fri, 20 Nov 2026 09:00:00 GMT`,PRECONDITION",
            })
    void aFailedExpectationIsLeftToTheOrigin(String name, String value, String expected) {
        StoredResponse stored =
                stored(
                        ok(
                                "Cache-Control",
                                "max-age=1000",
                                "ETag",
                                "\"a\"",
                                "Last-Modified",
                                "Fri, 20 Nov 2026 10:00:00 GMT"));

        assertThat(describe(decide(get(name, value), stored, 0))).isEqualTo(expected);
    }

    /** RFC 9111 section 4.3.1. */
    @Test
    void theOriginIsAskedByAllValidators() {
        StoredResponse stored =
                stored(
                        ok(
                                "Cache-Control",
                                "max-age=0",
                                "ETag",
                                "W/\"a\"",
                                "Last-Modified",
                                "Fri, 20 Nov 2026 10:00:00 GMT"));

        assertThat(decide(get(), stored, 0))
                .isEqualTo(
                        new Revalidate(
                                Fields.of(
                                        "If-None-Match",
                                        "W/\"a\"",
                                        "If-Modified-Since",
                                        "Fri, 20 Nov 2026 10:00:00 GMT"),
                                Reason.STALE));
    }

    @Test
    void withoutAValidatorTheOriginIsAskedForTheWhole() {
        StoredResponse stored = stored(ok("Cache-Control", "max-age=10", "ETag", "broken"));

        assertThat(decide(get(), stored, 100)).isEqualTo(new Revalidate(Fields.of(), Reason.STALE));
    }

    /** RFC 9111 section 3.3. */
    @ParameterizedTest
    @CsvSource({
        "bytes=4-9,serve",
        "bytes=5-8,serve",
        "bytes=-6,serve",
        "bytes=6-,serve",
        "bytes=3-9,PART_NOT_HELD",
        "bytes=0-,PART_NOT_HELD",
        "bytes=-7,PART_NOT_HELD",
        "bytes=x,PART_NOT_HELD",
        ",PART_NOT_HELD",
    })
    void aPartAnswersForTheBytesItHolds(String range, String expected) {
        StoredResponse stored =
                stored(
                        get("Range", "bytes=-6"),
                        response(
                                206,
                                "Cache-Control",
                                "max-age=1000",
                                "Content-Range",
                                "bytes 4-9/10"));
        RequestHead request = range == null ? get() : get("Range", range);

        assertThat(describe(decide(request, stored, 0))).isEqualTo(expected);
    }

    @Test
    void withNothingStoredTheOriginIsAskedUnlessTheClientForbidsIt() {
        assertThat(Reuse.nothingStored(get())).isEqualTo(new Miss(Reason.NOTHING_STORED));
        assertThat(Reuse.nothingStored(get("Cache-Control", "only-if-cached")))
                .isEqualTo(new Unavailable());
    }

    private static Reuse decide(RequestHead request, StoredResponse stored, long secondsLater) {
        return Reuse.decide(request, stored, NOW.plusSeconds(secondsLater), CachePolicy.FORWARD);
    }

    private static String describe(Reuse reuse) {
        return switch (reuse) {
            case Serve serve -> "serve";
            case ServeAndRefresh refresh -> "refresh";
            case Revalidate revalidate -> revalidate.reason().name();
            case Miss miss -> miss.reason().name();
            case Unavailable unavailable -> "unavailable";
        };
    }
}
