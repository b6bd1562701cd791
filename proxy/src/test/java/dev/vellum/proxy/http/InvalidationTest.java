package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static dev.vellum.proxy.http.Responses.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidationTest {

    /** RFC 9111 section 4.4. */
    @ParameterizedTest
    @CsvSource({
        "POST,200,true",
        "POST,201,true",
        "POST,303,true",
        "PUT,204,true",
        "DELETE,200,true",
        "PATCH,200,true",
        "M-SEARCH,200,true",
        "POST,400,false",
        "POST,500,false",
        "POST,100,false",
        "GET,200,false",
        "HEAD,200,false",
        "OPTIONS,200,false",
    })
    void aSuccessfulUnsafeRequestInvalidatesItsTarget(
            String method, int status, boolean invalidates) {
        Invalidation invalidation = Invalidation.of(request(method), response(status));

        assertThat(invalidation.resources()).hasSize(invalidates ? 1 : 0);
        if (invalidates) {
            assertThat(invalidation.resources().getFirst().uri()).isEqualTo("http://example.com/a");
        }
    }

    /**
     * RFC 3986 section 5.2 and RFC 9111 section 4.4; the request is for http://example.com/d/e?q.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/foo | http://example.com/foo",
                "foo | http://example.com/d/foo",
                "./foo | http://example.com/d/foo",
                "../foo?x | http://example.com/foo?x",
                "../../foo/./bar/.. | http://example.com/foo/",
                "?x | http://example.com/d/e?x",
                "'' | http://example.com/d/e?q",
                "#f | http://example.com/d/e?q",
                "/foo#f | http://example.com/foo",
                "//example.com/foo | http://example.com/foo",
                "http://example.com/foo | http://example.com/foo",
                "HTTP://EXAMPLE.com:80/foo | http://example.com/foo",
                "https://example.com/foo | ",
                "http://example.com:81/foo | ",
                "http://example.org/foo | ",
                "//example.org/foo | ",
                "http://user@example.com/foo | ",
            })
    void locationsOfTheSameOriginAreInvalidated(String location, String uri) {
        RequestHead request =
                new RequestHead(
                        "POST",
                        Responses.target("http://example.com/d/e?q"),
                        HttpVersion.HTTP_1_1,
                        Fields.of());

        for (String field : Set.of("Location", "Content-Location")) {
            Invalidation invalidation = Invalidation.of(request, ok(field, location));

            assertThat(invalidation.resources().getFirst().uri())
                    .isEqualTo("http://example.com/d/e?q");
            if (uri == null) {
                assertThat(invalidation.resources()).hasSize(1);
            } else {
                assertThat(invalidation.resources().getLast().uri()).isEqualTo(uri);
            }
        }
    }

    /** RFC 9875 section 3. */
    @Test
    void groupsAreInvalidatedByUnsafeRequestsOnly() {
        ResponseHead head =
                ok(
                        "Cache-Group-Invalidation",
                        "\"a\", \"b\";x",
                        "cache-group-invalidation",
                        "\"c\"");

        assertThat(Invalidation.of(request("POST"), head).groups()).containsExactly("a", "b", "c");
        assertThat(Invalidation.of(request("GET"), head).groups()).isEmpty();
    }

    /** RFC 9875 section 2. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "\"a\", b", "(\"a\")", "\"a", "1"})
    void whatIsNoListOfStringsNamesNoGroup(String value) {
        assertThat(CacheGroups.of(Fields.of("Cache-Groups", value), CacheGroups.MEMBERSHIP))
                .isEmpty();
    }

    @Test
    void atLeastThirtyTwoGroupsOfThirtyTwoCharactersAreKnown() {
        Fields fields = Fields.of();
        for (int i = 0; i < 200; i++) {
            fields = fields.plus("Cache-Groups", "\"%032d\"".formatted(i));
        }

        assertThat(CacheGroups.of(fields, CacheGroups.MEMBERSHIP))
                .hasSize(CacheGroups.MAX_GROUPS)
                .contains("%032d".formatted(0));
    }
}
