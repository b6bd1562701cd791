package dev.vellum.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BalancedTest {

    private static final OriginAddress ONE = OriginAddress.parse("http://one.test");
    private static final OriginAddress TWO = OriginAddress.parse("http://two.test");

    private final AtomicLong now = new AtomicLong();
    private final Balanced route =
            new Balanced(
                    new RouteConfig(
                            List.of("a.test"),
                            List.of(ONE, TWO),
                            "",
                            new HealthConfig(
                                    "",
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(1),
                                    2,
                                    Duration.ofSeconds(10))),
                    now::get);

    @Test
    void originsAreAskedInTurn() {
        assertThat(List.of(route.next(Set.of()), route.next(Set.of()), route.next(Set.of())))
                .containsExactly(ONE, TWO, ONE);
    }

    @Test
    void originThatFailedTwiceInARowIsLeftOutForAWhile() {
        route.failed(ONE);
        route.answered(ONE);
        route.failed(ONE);
        assertThat(route.healthy(ONE)).isTrue();
        route.failed(ONE);
        assertThat(route.healthy(ONE)).isFalse();
        for (int i = 0; i < 4; i++) {
            assertThat(route.next(Set.of())).isEqualTo(TWO);
        }
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(route.healthy(ONE)).isTrue();
    }

    @Test
    void whenAllAreAsideOneIsAskedAnyway() {
        for (int i = 0; i < 2; i++) {
            route.failed(ONE);
            route.failed(TWO);
        }
        assertThat(route.next(Set.of())).isNotNull();
        assertThat(route.next(Set.of(ONE, TWO))).isNull();
    }
}
