package dev.vellum.codec.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrequenciesTest {

    @Test
    void everySymbolCanBeCodedAndTheSumIsExact() {
        Random random = new Random(7);
        for (int n = 1; n < 300; n += 13) {
            double[] weights = random.doubles(n).map(u -> Math.pow(u, 20)).toArray();

            int[] frequencies = Frequencies.quantise(weights);

            assertThat(Arrays.stream(frequencies).sum()).as("n=%d", n).isEqualTo(65536);
            assertThat(Arrays.stream(frequencies).min().orElseThrow()).isPositive();
        }
    }

    @Test
    void theyCostLittleMoreThanTheProbabilities() {
        double[] weights = new double[41];
        Arrays.setAll(weights, i -> Math.exp(-Math.abs(i - 20) / 3.0));
        double sum = Arrays.stream(weights).sum();

        int[] frequencies = Frequencies.quantise(weights);

        double entropy = 0;
        double cost = 0;
        for (int i = 0; i < weights.length; i++) {
            double p = weights[i] / sum;
            entropy -= p * Math.log(p);
            cost -= p * Math.log(frequencies[i] / 65536.0);
        }
        assertThat(cost).isBetween(entropy, entropy * 1.0001);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Frequencies.quantise(new double[] {1, Double.NaN}))
                .hasMessage("weight: NaN (expected: >= 0)");
        assertThatThrownBy(() -> Frequencies.quantise(new double[2]))
                .hasMessageContaining("sum 0.0");
    }
}
