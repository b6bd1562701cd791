package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Storability;
import dev.vellum.proxy.http.StoredResponse;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ResponseFormatTest {

    private static StoredResponse stored(int status, String... fields) {
        RequestHead request =
                Samples.response(1, 1).request().with(Fields.of("Accept", "*/*", "Cookie", "é=1"));
        ResponseHead head =
                new ResponseHead(HttpVersion.HTTP_1_0, status, "Fine", Fields.of(fields));
        Storability assessed =
                Storability.assess(
                        request,
                        head,
                        Samples.NOW,
                        Samples.NOW.plusNanos(5_000_001),
                        CachePolicy.EDGE);
        return ((Storability.Store) assessed).response();
    }

    private static ByteBuffer bytes(StoredResponse response) {
        return Objects.requireNonNull(
                ResponseFormat.write(Samples.key(1), response, Fields.of("X", "y")));
    }

    private static void comesBack(StoredResponse response) {
        ResponseFormat.Head read = ResponseFormat.read(bytes(response), CachePolicy.EDGE);
        assertThat(read).isNotNull();
        assertThat(read.key()).isEqualTo(Samples.key(1));
        assertThat(read.trailers()).isEqualTo(Fields.of("X", "y"));
        assertThat(read.response().terms().directives().has("s-maxage"))
                .isEqualTo(response.terms().directives().has("s-maxage"));
        assertThat(read.response()).usingRecursiveComparison().isEqualTo(response);
    }

    @Test
    void aWholeResponseComesBackAsItWas() {
        comesBack(
                stored(
                                200,
                                "CDN-Cache-Control",
                                "max-age=20",
                                "Cache-Control",
                                "s-maxage=5",
                                "Age",
                                "11",
                                "ETag",
                                "W/\"x\"",
                                "Vary",
                                "Accept, Cookie",
                                "Cache-Groups",
                                "\"a\", \"b\"",
                                "Date",
                                "Fri, 20 Nov 2026 11:00:00 GMT")
                        .withLength(70_000));
    }

    @Test
    void aPartComesBackAsItWasAndSoDoesAnInvalidatedResponse() {
        StoredResponse part =
                stored(
                        206,
                        "Content-Range",
                        "bytes 5-9/100",
                        "ETag",
                        "\"x\"",
                        "Cache-Control",
                        "max-age=5",
                        "Date",
                        "Fri, 20 Nov 2026 12:00:00 GMT");
        assertThat(part.content()).isEqualTo(new Content.Part(5, 9, 100));
        comesBack(part);
        comesBack(part.invalidate());
    }

    @Test
    void aHeadCutAnywhereIsNoHead() {
        ByteBuffer whole =
                bytes(stored(200, "Cache-Control", "max-age=5", "ETag", "\"x\"").withLength(1));
        for (int length = 0; length < whole.limit(); length++) {
            assertThat(ResponseFormat.read(whole.slice(0, length), CachePolicy.FORWARD))
                    .as("cut at %d", length)
                    .isNull();
        }
    }

    @Test
    void aHeadThatTheOriginForbidsToKeepWholeIsNotWritten() {
        assertThat(
                        ResponseFormat.canHold(
                                stored(200, "Cache-Control", "max-age=5, no-cache=\"expires\"")))
                .isFalse();
        assertThat(
                        ResponseFormat.canHold(
                                stored(200, "Cache-Control", "max-age=5, private=\"Set-Cookie\"")))
                .isTrue();
    }

    @Test
    void aHeadThatIsTooLargeIsNotWritten() {
        StoredResponse response =
                stored(200, "Cache-Control", "max-age=5", "X", "x".repeat(RecordFormat.MAX_HEAD));
        assertThat(ResponseFormat.write(Samples.key(1), response, Fields.of())).isNull();
    }
}
