package dev.vellum.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResidentTest {

    private static Resident of(long... samples) {
        Resident resident = new Resident();
        for (long sample : samples) {
            resident.add(sample);
        }
        return resident;
    }

    @Test
    void whatGrowsWhileItWarmsUpAndThenStaysIsLevel() {
        assertThat(of(100, 200, 300, 310, 300, 312).isLevel()).isTrue();
        assertThat(of(100, 200, 300, 310, 300, 312).most(1)).isEqualTo(310);
    }

    @Test
    void whatGoesOnGrowingIsNot() {
        assertThat(of(100, 200, 300, 310, 330, 350).isLevel()).isFalse();
    }
}
