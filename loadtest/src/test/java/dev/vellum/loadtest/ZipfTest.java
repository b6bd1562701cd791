package dev.vellum.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ZipfTest {

    @Test
    void theTenthIsAskedForATenthAsOftenAsTheFirstWhereTheExponentIsOne() {
        Zipf zipf = new Zipf(100, 1);
        SplittableRandom random = new SplittableRandom(5);
        int[] counts = new int[100];
        for (int i = 0; i < 1_000_000; i++) {
            counts[zipf.next(random)]++;
        }
        assertThat(counts[0]).isCloseTo(10 * counts[9], Percentage.withPercentage(5));
        assertThat(counts[1]).isCloseTo(10 * counts[19], Percentage.withPercentage(5));
        assertThat(counts[99]).isPositive();
    }
}
