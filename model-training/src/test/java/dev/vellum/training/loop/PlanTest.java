package dev.vellum.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vellum.training.loop.Plan.Phase;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {

    private final Plan plan =
            new Plan(
                    1000,
                    8,
                    256,
                    1,
                    4e-4,
                    100,
                    50,
                    0.35,
                    0.3,
                    0.5,
                    List.of(0.7, 0.8, 0.95),
                    0.5,
                    1,
                    0.999,
                    20,
                    true);

    @Test
    void phasesBeginWhereThePlanSays() {
        assertThat(plan.phase(0)).isEqualTo(Phase.NOISE);
        assertThat(plan.phase(699)).isEqualTo(Phase.NOISE);
        assertThat(plan.phase(700)).isEqualTo(Phase.DROPS);
        assertThat(plan.phase(800)).isEqualTo(Phase.INTEGER);
        assertThat(plan.phase(999)).isEqualTo(Phase.FROZEN);
    }

    @Test
    void theRateRisesOverTheWarmUpStaysAndFallsToAHundredth() {
        assertThat(plan.rate(0)).isCloseTo(4e-6, within(1e-9));
        assertThat(plan.rate(99)).isGreaterThan(3.8e-4);
        assertThat(plan.rate(500)).isCloseTo(4e-4, within(1e-9));
        assertThat(plan.rate(750)).isCloseTo(2.02e-4, within(1e-6));
        assertThat(plan.rate(999)).isCloseTo(4e-6, within(1e-8));
    }

    @Test
    void activationsAreCalibratedAtTheStartAfterTheWarmUpAndWhereTheirArithmeticChanges() {
        assertThat(LongStream.range(0, 1000).filter(plan::calibrates))
                .containsExactly(0L, 100L, 700L, 800L);
    }

    @Test
    void theFirstStepsTrainTheLinearPathsAlone() {
        assertThat(plan.linear(19)).isTrue();
        assertThat(plan.linear(20)).isFalse();
    }

    @Test
    void theFirstStepsKnowOnlyTheMeanSquareError() {
        assertThat(plan.similarity(49)).isZero();
        assertThat(plan.similarity(50)).isEqualTo(0.35);
    }
}
