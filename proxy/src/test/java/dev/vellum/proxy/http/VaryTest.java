package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaryTest {

    /**
     * RFC 9111 section 4.1: the stored request's value, the presented one's, whether they match.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Foo | 1 | 1 | true",
                "Foo | 1 | 2 | false",
                "Foo | 1 | | false",
                "Foo | | 1 | false",
                "Foo | | | true",
                "Foo | a | A | false",
                "Foo | 1,2 | 1, 2 | true",
                "Foo | 1, 2 | 2, 1 | false",
                "Foo | \"1,2\" | \"1, 2\" | false",
                "Foo | 1,,2 | 1,2 | true",
                "Accept-Language | en, de | de, en | true",
                "Accept-Language | en, de | eN, De | true",
                "Accept-Language | en, de | en ,   de | true",
                "Accept-Language | en;q=0.5 | en; Q=0.50 | true",
                "Accept-Language | en;q=1.0 | en | true",
                "Accept-Language | en;q=0.5 | en;q=0.6 | false",
                "Accept-Language | en | en, de | false",
                "Accept-Encoding | gzip, br | BR,gzip | true",
                "Accept-Encoding | gzip | gzip;q=0 | false",
                "Cookie | a=1, b | a=1,b | false",
                "User-Agent | A (b, c) | A (b,c) | false",
            })
    void fieldsMatchInTheirNormalForm(String name, String one, String two, boolean expected) {
        RequestHead first = one == null ? get() : get(name, one);
        RequestHead second =
                two == null ? get() : get(name.toLowerCase(java.util.Locale.ROOT), two);
        StoredResponse stored = stored(first, ok("Cache-Control", "max-age=60", "Vary", name));

        assertThat(Vary.matches(second, stored)).isEqualTo(expected);
    }

    @Test
    void everyNamedFieldCountsAndNoOther() {
        StoredResponse stored =
                stored(
                        get("Foo", "1", "Bar", "abc", "Other", "2"),
                        ok("Cache-Control", "max-age=60", "Vary", "Foo, Bar", "vary", "baz"));

        assertThat(Vary.matches(get("Bar", "abc", "Foo", "1", "Other", "3"), stored)).isTrue();
        assertThat(Vary.matches(get("Foo", "1", "Bar", "abc4"), stored)).isFalse();
        assertThat(Vary.matches(get("Foo", "1"), stored)).isFalse();
        assertThat(Vary.matches(get("Foo", "1", "Bar", "abc", "Baz", ""), stored)).isFalse();
    }

    @Test
    void linesOfOneFieldAreOneValue() {
        StoredResponse stored =
                stored(get("Foo", "1, 2"), ok("Cache-Control", "max-age=60", "Vary", "Foo"));

        assertThat(Vary.matches(get("Foo", "1", "Foo", "2"), stored)).isTrue();
    }

    @Test
    void ofSeveralThatMatchTheOneMostRecentlyDatedIsChosen() {
        StoredResponse old =
                stored(
                        ok(
                                "Cache-Control",
                                "max-age=60",
                                "Date",
                                HttpDate.format(NOW.minusSeconds(10))));
        StoredResponse latest =
                stored(ok("Cache-Control", "max-age=60", "Date", HttpDate.format(NOW)));
        StoredResponse other =
                stored(
                        get("Foo", "1"),
                        ok(
                                "Cache-Control",
                                "max-age=60",
                                "Vary",
                                "Foo",
                                "Date",
                                HttpDate.format(NOW.plusSeconds(10))));

        assertThat(Vary.select(get(), List.of(old, latest, other))).isSameAs(latest);
        assertThat(Vary.select(get(), List.of(latest, old, other))).isSameAs(latest);
        assertThat(Vary.select(get("Foo", "1"), List.of(latest, old, other))).isSameAs(other);
        assertThat(Vary.select(get("Foo", "2"), List.of(other))).isNull();
    }

    @Test
    void aNewResponseSupersedesWhatItsRequestWouldHaveGot() {
        StoredResponse one =
                stored(get("Foo", "1"), ok("Cache-Control", "max-age=60", "Vary", "Foo"));
        StoredResponse two =
                stored(get("Foo", "2"), ok("Cache-Control", "max-age=60", "Vary", "Foo"));
        StoredResponse any = stored(get("Foo", "1"), ok("Cache-Control", "max-age=60"));

        assertThat(two.supersedes(one)).isFalse();
        assertThat(any.supersedes(one)).isTrue();
        assertThat(one.supersedes(any)).isTrue();
    }

    @Test
    void aPartDoesNotSupersedeTheWholeOfTheSameBytes() {
        StoredResponse whole = stored(ok("Cache-Control", "max-age=60", "ETag", "\"a\""));
        StoredResponse part =
                stored(
                        get("Range", "bytes=0-4"),
                        Responses.response(
                                206,
                                "Cache-Control",
                                "max-age=60",
                                "ETag",
                                "\"a\"",
                                "Content-Range",
                                "bytes 0-4/10"));

        assertThat(part.supersedes(whole)).isFalse();
        assertThat(whole.supersedes(part)).isTrue();
    }
}
