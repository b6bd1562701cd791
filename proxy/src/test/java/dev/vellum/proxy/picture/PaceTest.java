package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Duration ESTIMATED = Duration.ofMillis(100);

    private final Pace pace = new Pace(0.6);

    @Test
    void beforeAnythingIsMeasuredTheEstimateHolds() {
        assertThat(pace.expected(ESTIMATED)).isEqualTo(ESTIMATED);
        assertThat(pace.saving()).isEqualTo(0.6);
    }

    @Test
    void itComesToWhatIsMeasured() {
        for (int i = 0; i < 30; i++) {
            pace.took(ESTIMATED, Duration.ofMillis(250).toNanos());
            pace.saved(1000, 300);
        }
        assertThat(pace.expected(Duration.ofMillis(10)).toNanos() / 1e6).isCloseTo(25, within(0.1));
        assertThat(pace.saving()).isCloseTo(0.3, within(0.01));
    }

    @Test
    void oneMachineStallDoesNotEndAllPatience() {
        pace.took(ESTIMATED, Duration.ofHours(1).toNanos());
        assertThat(pace.expected(ESTIMATED)).isLessThan(Duration.ofMillis(1200));
        pace.saved(0, 5);
        assertThat(pace.saving()).isEqualTo(0.6);
    }
}
