package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FieldsTest {

    private static final Fields FIELDS = Fields.of("A", "1", "b", "2", "a", "3");

    @Test
    void namesAreComparedWithoutCase() {
        assertThat(FIELDS.first("a")).isEqualTo("1");
        assertThat(FIELDS.all("A")).containsExactly("1", "3");
        assertThat(FIELDS.combined("a")).isEqualTo("1, 3");
        assertThat(FIELDS.combined("c")).isNull();
        assertThat(FIELDS.contains("B")).isTrue();
    }

    @Test
    void withReplacesInPlaceOfTheFirst() {
        assertThat(FIELDS.with("a", "9")).isEqualTo(Fields.of("a", "9", "b", "2"));
        assertThat(FIELDS.with("c", "9")).isEqualTo(FIELDS.plus("c", "9"));
    }

    @Test
    void withoutDropsAllLinesOfTheNames() {
        assertThat(FIELDS.without("A", "C")).isEqualTo(Fields.of("b", "2"));
        assertThat(FIELDS.without("C")).isSameAs(FIELDS);
    }

    @Test
    void equalityKeepsOrderAndValuesButNotTheCaseOfNames() {
        assertThat(Fields.of("X", "1")).isEqualTo(Fields.of("x", "1"));
        assertThat(Fields.of("X", "1")).hasSameHashCodeAs(Fields.of("x", "1"));
        assertThat(Fields.of("X", "a")).isNotEqualTo(Fields.of("X", "A"));
        assertThat(Fields.of("X", "1", "Y", "2")).isNotEqualTo(Fields.of("Y", "2", "X", "1"));
    }

    @Test
    void aBuilderGrows() {
        Fields.Builder builder = Fields.builder();
        for (int i = 0; i < 100; i++) {
            builder.add("n" + i, "v" + i);
        }
        assertThat(builder.build().size()).isEqualTo(100);
        assertThat(builder.build().first("n99")).isEqualTo("v99");
    }
}
