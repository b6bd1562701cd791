package dev.vellum.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ParentTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final OriginAddress address = new OriginAddress("http", "127.0.0.1", 3128);
    private final Parent parent = new Parent(address, clock::get);

    @Test
    void isAskedOnce() {
        assertThat(parent.next(Set.of())).isEqualTo(address);
        assertThat(parent.next(Set.of(address))).isNull();
    }

    @Test
    void isLeftAloneForAWhileOnceItIsOutOfReach() {
        assertThat(parent.isLost()).isFalse();
        parent.lose();
        assertThat(parent.isLost()).isTrue();
        clock.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertThat(parent.isLost()).isTrue();
        clock.addAndGet(1);
        assertThat(parent.isLost()).isFalse();
    }

    @Test
    void isThereAsSoonAsItAnswers() {
        parent.lose();
        parent.answered(address);
        assertThat(parent.isLost()).isFalse();
    }
}
