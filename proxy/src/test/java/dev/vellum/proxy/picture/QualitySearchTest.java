package dev.vellum.proxy.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.picture.QualitySearch.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualitySearchTest {

    /** Excess that is not worth another trial, in decibels. */
    private double near = 0.25;

    private final List<Integer> tried = new ArrayList<>();

    private QualitySearch search(int trials, long mostBytes, IntToDoubleFunction excess) {
        return new QualitySearch(
                trials,
                mostBytes,
                0.12,
                trial -> near,
                quality -> {
                    tried.add(quality);
                    return Optional.of(
                            new Trial(quality, 100L * quality, excess.applyAsDouble(quality)));
                });
    }

    @ParameterizedTest
    @CsvSource({"20", "31", "45", "60", "77", "90"})
    void aStraightLineIsSolvedInAFewTrials(int crossing) {
        Optional<Trial> found =
                search(5, 1_000_000, quality -> 0.09 * (quality - crossing)).run(10, 50, 100);
        assertThat(found).isPresent();
        assertThat(found.get().quality()).isBetween(crossing, crossing + 3);
        assertThat(tried).hasSizeLessThanOrEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"15", "40", "70", "95"})
    void aBentLineIsSolvedWithinTheTrials(int crossing) {
        double floor = Math.pow(crossing, 1.7) / 100;
        Optional<Trial> found =
                search(5, 1_000_000, quality -> Math.pow(quality, 1.7) / 100 - floor)
                        .run(10, 50, 100);
        assertThat(found).isPresent();
        assertThat(found.get().quality()).isBetween(crossing, crossing + 4);
    }

    @Test
    void whoIsInAHurryTakesTheFirstThatIsNearEnough() {
        near = 1.5;
        Optional<Trial> found =
                search(5, 1_000_000, quality -> 0.2 * (quality - 45)).run(10, 50, 100);
        assertThat(found.map(Trial::quality)).contains(50);
        assertThat(tried).containsExactly(50);
    }

    @Test
    void afterAMissWhoIsInAHurryAimsAtTheMidstOfWhatIsEnough() {
        near = 1.6;
        search(5, 1_000_000, quality -> 0.12 * (quality - 60)).run(10, 50, 100);
        assertThat(tried).containsExactly(50, 67); // (1.2 + 0.8) / 0.12 further
    }

    @Test
    void noQualityIsTriedTwice() {
        search(20, 1_000_000, quality -> quality >= 33 ? 5 : -5).run(1, 50, 100);
        assertThat(tried).doesNotHaveDuplicates();
    }

    @Test
    void nothingPassesWhereNothingCan() {
        assertThat(search(8, 1_000_000, _ -> -3).run(10, 50, 100)).isEmpty();
        assertThat(tried).isSorted().endsWith(100);
    }

    @Test
    void itStopsWhereMoreQualityWouldNotFit() {
        assertThat(search(8, 4_000, _ -> -3).run(10, 50, 100)).isEmpty();
        assertThat(tried).containsExactly(50);
    }

    @Test
    void theLeastQualityIsTheEnd() {
        Optional<Trial> found = search(8, 1_000_000, _ -> 9).run(10, 50, 100);
        assertThat(found.map(Trial::quality)).contains(10);
        assertThat(tried).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void anAttemptThatFailsKeepsWhatWasFound() {
        QualitySearch search =
                new QualitySearch(
                        5,
                        1_000_000,
                        0.12,
                        trial -> near,
                        quality ->
                                quality < 50
                                        ? Optional.empty()
                                        : Optional.of(new Trial(quality, quality, 2)));
        assertThat(search.run(10, 50, 100).map(Trial::quality)).contains(50);
    }
}
