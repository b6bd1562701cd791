package dev.vellum.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressWatchTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicInteger stalls = new AtomicInteger();

    private ProgressWatch watch(int stallSeconds, long rate) {
        channel.freezeTime();
        return new ProgressWatch(
                channel.eventLoop(),
                Duration.ofSeconds(stallSeconds),
                rate,
                stalls::incrementAndGet);
    }

    private void pass(int milliseconds) {
        for (int i = 0; i < milliseconds; i += 100) {
            channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void silenceIsToldOnceAfterTheWait() {
        watch(4, 0);
        pass(3_900);
        assertThat(stalls).hasValue(0);
        pass(10_000);
        assertThat(stalls).hasValue(1);
    }

    @Test
    void everyByteBeginsTheWaitAnew() {
        ProgressWatch watch = watch(4, 0);
        for (int i = 0; i < 10; i++) {
            pass(3_000);
            watch.progressed(1);
        }
        assertThat(stalls).hasValue(0);
    }

    @Test
    void senderBelowTheLeastRateIsToldAfterTenSeconds() {
        ProgressWatch watch = watch(60, 100);
        for (int i = 0; i < 9; i++) {
            watch.progressed(99);
            pass(1_000);
        }
        assertThat(stalls).hasValue(0);
        watch.progressed(99);
        pass(1_000);
        assertThat(stalls).hasValue(1);
    }

    @Test
    void senderAtTheLeastRateMayGoOn() {
        ProgressWatch watch = watch(60, 100);
        for (int i = 0; i < 60; i++) {
            watch.progressed(100);
            pass(1_000);
        }
        assertThat(stalls).hasValue(0);
    }

    @Test
    void timeInWhichWeHoldTheSenderBackDoesNotCount() {
        ProgressWatch watch = watch(4, 100);
        watch.heldBack(true);
        pass(60_000);
        assertThat(stalls).hasValue(0);
        watch.heldBack(false);
        pass(6_000);
        assertThat(stalls).hasValue(1);
    }
}
