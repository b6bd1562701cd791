package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheControlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max-age=3600 | 3600",
                "MaX-aGe=3600 | 3600",
                "max-age=\"3600\" | 3600",
                "max-age=003600 | 3600",
                "foobar, max-age=3600 | 3600",
                "foobar=\"a, b\", max-age=3600 | 3600",
                "foobar=\"\\\"\", max-age=3600 | 3600",
                ",, max-age=3600 ,, | 3600",
                "max-age=2147483648 | 2147483648",
                "max-age=99999999999999999999999 | 2147483648",
                // contradictory: the least counts
                "max-age=3600, max-age=1 | 1",
                "max-age=1, max-age=3600 | 1",
                // broken: nothing is allowed
                "max-age | 0",
                "max-age= | 0",
                "max-age='3600' | 0",
                "max-age=3600.0 | 0",
                "max-age=-3600 | 0",
                "max-age=+3600 | 0",
                "max-age=3600a | 0",
                "max-age=a3600 | 0",
                "max-age =3600 | 0",
                "max-age= 3600 | 0",
                "max-age=\"3600 | 0",
                "max-age=\"3600\"1 | 0",
                "max-age=36 00 | 0",
                "max-age=٣ | 0",
            })
    void secondsAreReadConservatively(String text, long seconds) {
        assertThat(read(text).seconds("max-age")).isEqualTo(OptionalLong.of(seconds));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "extension=\"max-age=3600\"",
                "x-max-age=3600",
                "max-age2=1",
                "s-maxage=1",
                "\"max-age=3600\"",
            })
    void aDirectiveOnlyCountsUnderItsOwnName(String text) {
        assertThat(read(text).seconds("max-age")).isEmpty();
    }

    @Test
    void linesAreOneList() {
        Fields fields = Fields.of("Cache-Control", "no-cache=\"a\"", "cache-control", "max-age=1");
        CacheControl directives = CacheControl.of(fields, "Cache-Control");

        assertThat(directives.has("no-cache")).isTrue();
        assertThat(directives.seconds("max-age")).hasValue(1);
    }

    @Test
    void aDirectiveIsUnqualifiedWhereItOnceNamesNoFields() {
        assertThat(read("private").isUnqualified("private")).isTrue();
        assertThat(read("private=\"\"").isUnqualified("private")).isTrue();
        assertThat(read("private=\"a\"").isUnqualified("private")).isFalse();
        assertThat(read("private=\"a\", private").isUnqualified("private")).isTrue();
        assertThat(read("no-cache=\"A, b\",no-cache=c").fieldNames("no-cache"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void ofDemandsTheGreatestCounts() {
        assertThat(read("min-fresh=5, min-fresh=7").demandedSeconds("min-fresh")).hasValue(7);
        assertThat(read("min-fresh=x").demandedSeconds("min-fresh"))
                .hasValue(CacheControl.MAX_SECONDS);
        assertThat(read("a").demandedSeconds("min-fresh")).isEmpty();
    }

    private static CacheControl read(String text) {
        return CacheControl.of(Fields.of("Cache-Control", text), "Cache-Control");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no-transform | true",
                "max-age=60,NO-Transform | true",
                "no-transform=1, max-age=60 | true",
                "max-age=60 | false",
                "no-transformation | false",
                "extension=\"no-transform\" | false",
                "no-transfor | false",
            })
    void aDirectiveIsFoundAsByReadingAll(String text, boolean has) {
        Fields fields = Fields.of("Cache-Control", text);
        assertThat(CacheControl.has(fields, "Cache-Control", "no-transform")).isEqualTo(has);
        assertThat(read(text).has("no-transform")).isEqualTo(has);
    }

    @Test
    void whereTheFieldIsMissingThereIsNoDirective() {
        assertThat(CacheControl.has(Fields.of(), "Cache-Control", "no-transform")).isFalse();
    }
}
