package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HasteTest {

    /** At 12 % of the bytes for a decibel. */
    @ParameterizedTest
    @CsvSource({
        // kbit/s, bytes, ms of a trial, decibels
        "0, 50000, 160, 0.25",
        "512, 50000, 160, 1.71",
        "512, 200000, 160, 0.43",
        "64, 50000, 160, 0.25",
        "100000, 50000, 160, 3",
        "512, 50000, 20, 0.25",
    })
    void anotherTrialIsWorthItIfTheLinkWouldTakeLonger(
            double kilobits, long bytes, long millis, double decibels) {
        Haste haste = new Haste(kilobits * 1000);
        assertThat(haste.near(bytes, Duration.ofMillis(millis).toNanos()))
                .isCloseTo(decibels, within(0.01));
    }

    @Test
    void whoIsInAHurryBeginsALittleHigher() {
        assertThat(Haste.NONE.guess(50)).isEqualTo(50);
        assertThat(new Haste(1).guess(50)).isEqualTo(54);
        assertThat(new Haste(1).guess(99)).isEqualTo(100);
    }

    @Test
    void aLinkThatTakesBytesAwayIsNone() {
        assertThatThrownBy(() -> new Haste(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bitsPerSecond: -1.0 (expected: >= 0)");
    }
}
