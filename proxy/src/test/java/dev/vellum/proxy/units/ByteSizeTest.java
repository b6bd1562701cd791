package dev.vellum.proxy.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "512B, 512",
        "32KiB, 32768",
        "256MiB, 268435456",
        "8GiB, 8589934592",
        "1TiB, 1099511627776"
    })
    void isWrittenAsNumberAndUnitAndReadBack(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(ByteSize.ofBytes(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12",
                "KiB",
                "-1B",
                "+1B",
                "1kB",
                "1KB",
                "1 KiB",
                "1.5MiB",
                "1e3B",
                "0x10B",
                "1000000000000000000B",
                "99999999TiB",
                "١B"
            })
    void anythingElseIsRefusedAndQuoted(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith('"' + text + "\" (expected: ");
    }
}
