package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.units.ByteSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process writes and is killed (SIGKILL) again and again. The long form kills it 50 times:
 *
 * <pre>mvn test -pl proxy -am -Dtest=DiskKillTest -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dvellum.disk.kills=50</pre>
 */
class DiskKillTest {

    private static final int KILLS = Integer.getInteger("vellum.disk.kills", 4);
    private static final int RESOURCES = 600;

    /** Writes until it is killed; says which responses are surely written. */
    static final class Load {
        private Load() {}

        public static void main(String[] arguments) {
            int round = Integer.parseInt(arguments[1]);
            SplittableRandom random = new SplittableRandom(round);
            try (DiskTier tier = open(Path.of(arguments[0]))) {
                for (int i = 0; ; i++) {
                    int resource = random.nextInt(RESOURCES);
                    int revision = round * 1_000_000 + i;
                    Samples.put(tier, resource, revision);
                    if (i % 16 == 15) {
                        tier.flush();
                        System.out.println(resource + " " + revision);
                    }
                }
            }
        }
    }

    private static DiskTier open(Path directory) {
        DiskConfig config =
                new DiskConfig(
                        directory,
                        // more than all rounds write, so that nothing has to go to make room
                        ByteSize.ofMib(8 * 1024),
                        ByteSize.ofMib(4),
                        ByteSize.ofMib(16),
                        ByteSize.ofMib(1),
                        Duration.ofSeconds(1));
        return DiskTier.open(config, CachePolicy.FORWARD, DiskEvents.NONE);
    }

    @Test
    void afterEveryKillWhatIsFoundIsRightAndWhatWasWrittenIsFound(@TempDir Path directory)
            throws IOException, InterruptedException {
        long seed = 99;
        SplittableRandom random = new SplittableRandom(seed);
        int sizeBefore = 0;
        for (int round = 1; round <= KILLS; round++) {
            Map<Integer, Integer> written = killAfter(directory, round, 20 + random.nextInt(60));
            try (DiskTier tier = open(directory)) {
                assertThat(tier.isOn()).isTrue();
                int size = tier.size();
                int whole = 0;
                for (int resource = 0; resource < RESOURCES; resource++) {
                    for (Samples.Found found : Samples.find(tier, resource)) {
                        assertThat(Samples.check(resource, found)).isTrue();
                        whole++;
                        Integer known = written.get(resource);
                        if (known != null) {
                            assertThat(found.revision()).isGreaterThanOrEqualTo(known);
                            written.remove(resource);
                        }
                    }
                }
                assertThat(written).as("lost in round %d of seed %d", round, seed).isEmpty();
                assertThat(whole).isEqualTo(size).isGreaterThanOrEqualTo(sizeBefore);
                sizeBefore = whole;
            }
        }
        System.out.printf("%d kills: %d responses found, all whole%n", KILLS, sizeBefore);
        assertThat(sizeBefore).isPositive();
    }

    /** Lets another process write until it has told {@code reports} times, and kills it. */
    private static Map<Integer, Integer> killAfter(Path directory, int round, int reports)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        Objects.requireNonNull(
                                                System.getProperty(
                                                        "surefire.test.class.path",
                                                        System.getProperty("java.class.path"))),
                                        Load.class.getName(),
                                        directory.toString(),
                                        Integer.toString(round)))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Map<Integer, Integer> written = new HashMap<>();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < reports; i++) {
                @Nullable String line = out.readLine();
                assertThat(line).as("the writing process ended by itself").isNotNull();
                int space = line.indexOf(' ');
                written.put(
                        Integer.parseInt(line.substring(0, space)),
                        Integer.parseInt(line.substring(space + 1)));
            }
            process.destroyForcibly();
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        return written;
    }
}
