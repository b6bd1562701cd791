package dev.vellum.proxy.latent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExpectationTest {

    private static final long SEED = 20261123;

    private final Expectation expectation = new Expectation();
    private final SplittableRandom random = new SplittableRandom(SEED);

    /** Of a photograph: half as many to twice as many as usual. */
    private double photograph() {
        return 0.5 * Math.exp(random.nextDouble(-0.7, 0.7));
    }

    private void see(int pictures, int quality) {
        for (int i = 0; i < pictures; i++) {
            assertThat(expectation.holds(quality, photograph())).as("seed %d", SEED).isTrue();
        }
    }

    @Test
    void whatTakesManyTimesTheBitsOfOthersIsNotExpected() {
        see(200, 50);
        assertThat(expectation.holds(50, 6)).isFalse();
        assertThat(expectation.holds(52, 1.1)).isTrue();
        assertThat(expectation.holds(50, 0.01)).isTrue();
        see(50, 50);
    }

    @Test
    void whileLittleIsKnownAllIsExpected() {
        see(20, 50);
        assertThat(expectation.holds(50, 6)).isTrue();
    }

    @Test
    void qualitiesAreJudgedApart() {
        see(100, 30);
        assertThat(expectation.holds(90, 6)).isTrue();
    }

    @Test
    void whereSuchPicturesAreUsualTheyAreExpected() {
        see(100, 50);
        int refused = 0;
        while (!expectation.holds(50, 6)) {
            refused++;
        }
        assertThat(refused).isBetween(3, 100);
    }
}
