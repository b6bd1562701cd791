package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.units.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A start with many responses. The long form has a million of them:
 *
 * <pre>mvn test -pl proxy -am -Dtest=DiskScaleTest -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dvellum.disk.responses=1000000</pre>
 */
class DiskScaleTest {

    private static final int RESPONSES = Integer.getInteger("vellum.disk.responses", 100_000);

    @Test
    void aStartReadsFootersOnlyAndIsQuick(@TempDir Path directory) throws InterruptedException {
        DiskConfig config =
                new DiskConfig(
                        directory,
                        ByteSize.ofMib(4096),
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(32),
                        ByteSize.ofMib(128),
                        Duration.ofSeconds(1));
        byte[] body = new byte[200];
        try (DiskTier tier = DiskTier.open(config, CachePolicy.FORWARD, DiskEvents.NONE)) {
            for (int i = 0; i < RESPONSES; i++) {
                tier.put(
                        Samples.key(i), Samples.response(-1, 0), Fields.of(), Samples.source(body));
                if (i % 10_000 == 0) {
                    tier.flush();
                }
            }
        }
        long start = System.nanoTime();
        try (DiskTier tier = DiskTier.open(config, CachePolicy.FORWARD, DiskEvents.NONE)) {
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            System.out.printf("start with %d responses: %d ms%n", tier.size(), taken.toMillis());
            assertThat(tier.size()).isEqualTo(RESPONSES);
            // a million in 10 s on a slow and busy machine
            assertThat(taken).isLessThan(Duration.ofMillis(1_000 + RESPONSES / 100));
            assertThat(tier.mayHave(Samples.key(RESPONSES / 2))).isTrue();
        }
    }
}
