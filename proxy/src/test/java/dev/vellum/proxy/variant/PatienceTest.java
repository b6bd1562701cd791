package dev.vellum.proxy.variant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Fields;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {

    /** 60 % of the original are bytes that another form saves. */
    @ParameterizedTest
    @CsvSource({
        // Mbit/s, bytes, most ms, held ms
        "1, 100000, 10000, 480",
        "0.5, 100000, 10000, 960",
        "0.01, 100000, 10000, 10000",
        "100, 100000, 10000, 4",
        "1, 100000, 0, 0",
        "0, 100000, 10000, 480",
        "fast, 100000, 10000, 480",
        "-1, 100000, 10000, 480",
        "9999999, 100000, 10000, 480",
    })
    void itLastsAsLongAsTheSavedBytesWouldNeed(String downlink, long bytes, long most, long held) {
        Patience patience = Patience.with(Fields.of("Downlink", downlink), Duration.ofMillis(most));
        assertThat(patience.forOriginal(bytes, 0.6).toMillis()).isEqualTo(held);
    }
}
