package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | 50",
                "timeout=5 | 4",
                "timeout=5, max=100 | 4",
                "max=100, Timeout=5 | 4",
                "max=100 | 50",
                "timeout=100 | 50",
                "timeout=1 | 0",
                "timeout=0 | 0",
                "timeout=x | 0",
            })
    void aConnectionWaitsASecondLessThanItsFarEndKeepsIt(String value, long seconds) {
        Fields fields = value == null ? Fields.of() : Fields.of("Keep-Alive", value);

        assertThat(KeepAlive.idle(fields, Duration.ofSeconds(50)))
                .isEqualTo(Duration.ofSeconds(seconds));
    }
}
