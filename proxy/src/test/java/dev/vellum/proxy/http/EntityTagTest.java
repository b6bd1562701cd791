package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTest {

    /** RFC 9110 section 8.8.3.2, the table. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "W/\"1\",W/\"1\",false,true",
                "W/\"1\",W/\"2\",false,false",
                "W/\"1\",\"1\",false,true",
                "\"1\",\"1\",true,true"
            })
    void tagsAreComparedStronglyAndWeakly(String one, String two, boolean strong, boolean weak) {
        EntityTag first = Objects.requireNonNull(EntityTag.parse(one));
        EntityTag second = Objects.requireNonNull(EntityTag.parse(two));

        assertThat(first.matchesStrongly(second)).isEqualTo(strong);
        assertThat(first.matchesWeakly(second)).isEqualTo(weak);
        assertThat(first.text()).isEqualTo(one);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W/a", "\"a b\"", "\"a\" x", "*"
            })
    void anythingElseIsNoTag(String text) {
        assertThat(EntityTag.parse(text)).isNull();
        assertThat(EntityTag.list(text)).isEmpty();
    }

    @Test
    void aListMayHoldCommasWithinTags() {
        assertThat(EntityTag.list(" \"a,b\" ,, W/\"\" "))
                .containsExactly(new EntityTag(false, "a,b"), new EntityTag(true, ""));
        assertThat(EntityTag.list("\"a\" \"b\"")).isEmpty();
        assertThat(EntityTag.parse("\"a\", \"b\"")).isNull();
    }
}
