package dev.vellum.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DensityTest {

    @Test
    void probabilitiesOfEveryClassSumToOne() {
        for (int index = 0; index < Density.CLASSES; index++) {
            double sum = 0;
            for (int symbol = -20000; symbol <= 20000; symbol++) {
                sum += Density.probability(symbol, index);
            }
            assertThat(sum).as("class %d", index).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void theVarianceIsThatOfTheClassAndOfRounding() {
        for (int index = 24; index < Density.CLASSES; index += 5) {
            double variance = 0;
            for (int symbol = -20000; symbol <= 20000; symbol++) {
                variance += Density.probability(symbol, index) * symbol * symbol;
            }
            double sigma = Density.deviation(index);
            // Sheppard: rounding adds a twelfth; the logistic adds a little
            assertThat(Math.sqrt(variance - 1 / 12.0))
                    .as("class %d", index)
                    .isBetween(0.99 * sigma, 1.03 * sigma);
        }
    }

    @Test
    void indexIsTheInverseOfDeviation() {
        assertThat(Density.index(Density.deviation(17.25))).isCloseTo(17.25, within(1e-9));
        assertThat(Density.deviation(63)).isCloseTo(0.11 * Math.pow(2, 11.5), within(1e-6));
    }
}
