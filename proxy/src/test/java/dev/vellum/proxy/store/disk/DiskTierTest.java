package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.units.ByteSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTierTest {

    @TempDir Path directory;

    private final Counts counts = new Counts();

    private static final class Counts implements DiskEvents {
        final AtomicInteger stored = new AtomicInteger();
        final AtomicInteger dropped = new AtomicInteger();
        final AtomicInteger evicted = new AtomicInteger();
        final AtomicInteger corrupt = new AtomicInteger();
        final AtomicInteger off = new AtomicInteger();
        final AtomicInteger on = new AtomicInteger();
        volatile @Nullable String offReason;

        @Override
        public void stored(long bytes) {
            stored.incrementAndGet();
        }

        @Override
        public void dropped(Drop reason) {
            dropped.incrementAndGet();
        }

        @Override
        public void evicted(int responses, long bytes) {
            evicted.addAndGet(responses);
        }

        @Override
        public void corrupt() {
            corrupt.incrementAndGet();
        }

        @Override
        public void turnedOff(String reason) {
            offReason = reason;
            off.incrementAndGet();
        }

        @Override
        public void turnedOn() {
            on.incrementAndGet();
        }
    }

    private DiskConfig config(ByteSize bytes, ByteSize segment) {
        return new DiskConfig(
                directory.resolve("store"),
                bytes,
                segment,
                ByteSize.ofMib(32),
                ByteSize.ofMib(1),
                Duration.ofMillis(50));
    }

    private DiskTier open() {
        return open(config(ByteSize.ofMib(64), ByteSize.ofMib(1)));
    }

    private DiskTier open(DiskConfig config) {
        return DiskTier.open(config, CachePolicy.FORWARD, counts);
    }

    private static int wholeOf(DiskTier tier, int resources) {
        int whole = 0;
        for (int i = 0; i < resources; i++) {
            for (Samples.Found found : Samples.find(tier, i)) {
                whole += Samples.check(i, found) ? 1 : 0;
            }
        }
        return whole;
    }

    @Test
    void whatWasPutIsFoundWithEveryByteAndItsTrailers() {
        try (DiskTier tier = open()) {
            for (int i = 0; i < 50; i++) {
                Samples.put(tier, i, 7);
            }
            tier.flush();
            assertThat(wholeOf(tier, 50)).isEqualTo(50);
            assertThat(Samples.find(tier, 3).getFirst().trailers())
                    .isEqualTo(Fields.of("X-Trailer", "t7"));
            assertThat(Samples.find(tier, 50)).isEmpty();
            assertThat(tier.mayHave(Samples.key(50))).isFalse();
        }
    }

    @Test
    void whatWasPutIsFoundAfterARestart() {
        try (DiskTier tier = open()) {
            for (int i = 0; i < 200; i++) {
                Samples.put(tier, i, i);
            }
        }
        try (DiskTier tier = open()) {
            assertThat(tier.size()).isEqualTo(200);
            assertThat(wholeOf(tier, 200)).isEqualTo(200);
        }
        assertThat(counts.corrupt).hasValue(0);
    }

    @Test
    void aNewerResponseReplacesTheOlderOneForGood() {
        try (DiskTier tier = open()) {
            Samples.put(tier, 1, 1);
            Samples.put(tier, 1, 2);
            tier.flush();
            assertThat(Samples.find(tier, 1))
                    .extracting(Samples.Found::revision)
                    .containsExactly(2);
        }
        try (DiskTier tier = open()) {
            assertThat(Samples.find(tier, 1))
                    .extracting(Samples.Found::revision)
                    .containsExactly(2);
        }
    }

    @Test
    void variantsAreKeptBesideEachOtherAndTheLatestComesFirst() {
        try (DiskTier tier = open()) {
            Samples.put(tier, 1, 1, "Accept-Language", "de");
            Samples.put(tier, 1, 2, "Accept-Language", "en");
            Samples.put(tier, 1, 3, "Accept-Language", "de");
            tier.flush();
            assertThat(Samples.find(tier, 1))
                    .extracting(Samples.Found::revision)
                    .containsExactly(3, 2);
        }
    }

    @Test
    void ofTooManyVariantsTheOldestGo() {
        try (DiskTier tier = open()) {
            for (int i = 0; i < 40; i++) {
                Samples.put(tier, 1, i, "Cookie", "c" + i);
            }
            tier.flush();
            assertThat(Samples.find(tier, 1))
                    .hasSize(IndexStripe.VARIANTS)
                    .extracting(Samples.Found::revision)
                    .contains(39, 24)
                    .doesNotContain(23);
        }
    }

    @Test
    void whatWasRemovedStaysAwayAfterARestart() {
        try (DiskTier tier = open()) {
            Samples.put(tier, 1, 1);
            Samples.put(tier, 2, 1);
            tier.remove(Samples.key(1));
            assertThat(Samples.find(tier, 1)).isEmpty();
            tier.flush();
            assertThat(Samples.find(tier, 1)).isEmpty();
        }
        try (DiskTier tier = open()) {
            assertThat(Samples.find(tier, 1)).isEmpty();
            assertThat(Samples.find(tier, 2)).hasSize(1);
        }
    }

    @Test
    void theOldestGoWhenRoomIsNeededAndWhatWasUsedStays() {
        DiskConfig small = config(ByteSize.ofMib(4), ByteSize.ofKib(512));
        try (DiskTier tier = open(small)) {
            int favourite = 5;
            for (int i = 0; i < 2_000; i++) {
                Samples.put(tier, i, 0);
                if (i % 20 == 0) {
                    tier.flush();
                    Samples.find(tier, favourite);
                }
            }
            tier.flush();
            assertThat(tier.bytes()).isLessThanOrEqualTo(ByteSize.ofMib(4).bytes());
            assertThat(counts.evicted.get()).isPositive();
            assertThat(Samples.find(tier, 0)).isEmpty();
            assertThat(Samples.find(tier, 1_999)).hasSize(1);
            assertThat(Samples.check(favourite, Samples.find(tier, favourite).getFirst())).isTrue();
            assertThat(wholeOf(tier, 2_000)).isEqualTo(tier.size());
        }
        assertThat(sizeOnDisk()).isLessThanOrEqualTo(ByteSize.ofMib(4).bytes());
        assertThat(counts.corrupt).hasValue(0);
    }

    @Test
    void theIndexIsBounded() {
        DiskConfig few =
                new DiskConfig(
                        directory,
                        ByteSize.ofMib(64),
                        ByteSize.ofKib(64),
                        ByteSize.ofMib(32),
                        ByteSize.ofBytes(100L * DiskIndex.BYTES_PER_ENTRY),
                        Duration.ofSeconds(1));
        try (DiskTier tier = open(few)) {
            for (int i = 0; i < 500; i++) {
                Samples.put(tier, i, 0);
            }
            tier.flush();
            assertThat(tier.size()).isBetween(1, 100);
            assertThat(Samples.find(tier, 499)).hasSize(1);
        }
    }

    @Test
    void whatDoesNotFitIntoTheQueueIsDroppedWithWhatItWouldReplace() throws Exception {
        DiskConfig narrow =
                new DiskConfig(
                        directory,
                        ByteSize.ofMib(64),
                        ByteSize.ofMib(1),
                        ByteSize.ofKib(150),
                        ByteSize.ofMib(1),
                        Duration.ofSeconds(1));
        AtomicInteger closed = new AtomicInteger();
        try (DiskTier tier = open(narrow)) {
            byte[] body = new byte[100_000];
            tier.put(Samples.key(1), Samples.response(1, 1), Fields.of(), Samples.source(body));
            tier.flush();
            assertThat(tier.mayHave(Samples.key(1))).isTrue();
            CountDownLatch writing = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            try {
                BodySource slow = slow(body, writing, released);
                tier.put(Samples.key(2), Samples.response(2, 1), Fields.of(), slow);
                assertThat(writing.await(1, TimeUnit.MINUTES)).isTrue();
                tier.put(Samples.key(3), Samples.response(3, 1), Fields.of(), Samples.source(body));
                BodySource late = counted(body, closed);
                tier.put(Samples.key(1), Samples.response(1, 2), Fields.of(), late);
                assertThat(closed).hasValue(1);
                assertThat(tier.mayHave(Samples.key(1))).isFalse();
            } finally {
                released.countDown();
            }
            tier.flush();
            assertThat(counts.dropped.get()).isPositive();
        }
        try (DiskTier tier = open(narrow)) {
            assertThat(Samples.find(tier, 1)).isEmpty();
            assertThat(tier.mayHave(Samples.key(2))).isTrue();
            assertThat(tier.mayHave(Samples.key(3))).isTrue();
        }
    }

    /** Tells when its first piece is asked for, and then waits until it is released. */
    private static BodySource slow(byte[] body, CountDownLatch asked, CountDownLatch released) {
        BodySource source = Samples.source(body);
        return new BodySource() {
            @Override
            public long length() {
                return source.length();
            }

            @Override
            public @Nullable ByteBuffer next() {
                asked.countDown();
                try {
                    released.await();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
                return source.next();
            }

            @Override
            public void close() {}
        };
    }

    private static BodySource counted(byte[] body, AtomicInteger closed) {
        BodySource source = Samples.source(body);
        return new BodySource() {
            @Override
            public long length() {
                return source.length();
            }

            @Override
            public @Nullable ByteBuffer next() {
                return source.next();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    @Test
    void aBodyThatBreaksOffLeavesNoTrace() {
        try (DiskTier tier = open()) {
            Samples.put(tier, 1, 1);
            byte[] body = new byte[300_000];
            BodySource source = Samples.source(body);
            BodySource broken =
                    new BodySource() {
                        private int pieces;

                        @Override
                        public long length() {
                            return body.length;
                        }

                        @Override
                        public @Nullable ByteBuffer next() {
                            return ++pieces > 20 ? null : source.next();
                        }

                        @Override
                        public void close() {}
                    };
            tier.put(Samples.key(2), Samples.response(2, 1), Fields.of(), broken);
            Samples.put(tier, 3, 1);
        }
        try (DiskTier tier = open()) {
            assertThat(tier.size()).isEqualTo(2);
            assertThat(wholeOf(tier, 4)).isEqualTo(2);
        }
    }

    @Test
    void aTornEndLosesOnlyWhatWasTorn() throws IOException {
        try (DiskTier tier = open()) {
            for (int i = 0; i < 40; i++) {
                Samples.put(tier, i, 0);
            }
        }
        byte[] whole = Files.readAllBytes(files().getFirst());
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 60; round++) {
            int length = random.nextInt(whole.length);
            for (Path file : files()) {
                Files.delete(file);
            }
            Path torn = directory.resolve("store").resolve("0000000001.segment");
            Files.write(torn, Arrays.copyOf(whole, length));
            try (DiskTier tier = open()) {
                int found = wholeOf(tier, 40);
                assertThat(found).as("seed %d, length %d", seed, length).isEqualTo(tier.size());
                assertThat(found).isLessThanOrEqualTo(40);
                Samples.put(tier, 100, 0);
                tier.flush();
                assertThat(wholeOf(tier, 101)).isEqualTo(found + 1);
            }
        }
    }

    @Test
    void bitsFlippedAtAThousandRandomPlacesNeverGiveAWrongBody() throws IOException {
        int resources = 400;
        DiskConfig config = config(ByteSize.ofMib(64), ByteSize.ofKib(512));
        try (DiskTier tier = open(config)) {
            for (int i = 0; i < resources; i++) {
                Samples.put(tier, i, 0);
            }
        }
        long seed = 20261120;
        SplittableRandom random = new SplittableRandom(seed);
        List<Path> files = files();
        long total = sizeOnDisk();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 100; i++) {
                flip(files, random.nextLong(total), random.nextInt(8));
            }
            try (DiskTier tier = open(config)) {
                int whole = wholeOf(tier, resources);
                System.out.printf(
                        "seed %d: %d bits flipped, %d of %d responses whole%n",
                        seed, 100 * (round + 1), whole, resources);
                assertThat(whole).isGreaterThan(0);
                // what did not hold is not found again
                assertThat(wholeOf(tier, resources)).isEqualTo(whole).isEqualTo(tier.size());
            }
        }
        assertThat(counts.corrupt.get()).isPositive();
    }

    private static void flip(List<Path> files, long at, int bit) throws IOException {
        long left = at;
        for (Path file : files) {
            long size = Files.exists(file) ? Files.size(file) : 0;
            if (left < size) {
                try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    ByteBuffer octet = ByteBuffer.allocate(1);
                    channel.read(octet, left);
                    octet.put(0, (byte) (octet.get(0) ^ (1 << bit)));
                    channel.write(octet.flip(), left);
                }
                return;
            }
            left -= size;
        }
    }

    @Test
    void aBodyThatImitatesRecordsIsNotTakenForThem() throws IOException {
        int small = 1;
        while (Samples.body(small, 1).length > 8_000) {
            small++;
        }
        try (DiskTier tier = open()) {
            Samples.put(tier, small, 1);
        }
        byte[] imitation = Files.readAllBytes(files().getFirst());
        try (DiskTier tier = open()) {
            tier.put(
                    Samples.key(-1),
                    Samples.response(-1, 1),
                    Fields.of(),
                    Samples.source(imitation));
        }
        Path last = files().getLast();
        byte[] bytes = Files.readAllBytes(last);
        // the record before the imitation loses its end: what follows stands where a record might
        int start = indexOf(bytes, imitation);
        byte[] moved = new byte[bytes.length - start + RecordFormat.SEGMENT_HEADER];
        System.arraycopy(bytes, 0, moved, 0, RecordFormat.SEGMENT_HEADER);
        int record = start + RecordFormat.SEGMENT_HEADER;
        System.arraycopy(bytes, record, moved, RecordFormat.SEGMENT_HEADER, bytes.length - record);
        for (Path file : files()) {
            Files.delete(file);
        }
        Files.write(last, moved);
        try (DiskTier tier = open()) {
            assertThat(tier.size()).isZero();
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i <= bytes.length - part.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not in there");
    }

    @Test
    void aDiskThatFailsTurnsTheTierOffUntilItRecovers() throws Exception {
        DiskConfig config = config(ByteSize.ofMib(16), ByteSize.ofKib(256));
        Path away = directory.resolve("away");
        try (DiskTier tier = open(config)) {
            assertThat(counts.on).hasValue(1);
            Samples.put(tier, 1, 1);
            tier.flush();
            Files.move(config.directory(), away);
            Files.writeString(config.directory(), "in the way");
            for (int i = 2; tier.isOn() && i < 1_000; i++) {
                Samples.put(tier, i, 1);
                tier.flush();
            }
            assertThat(tier.isOn()).isFalse();
            assertThat(counts.off.get()).isPositive();
            assertThat(counts.offReason).contains("store");
            assertThat(Samples.find(tier, 1)).isEmpty();
            int dropped = counts.dropped.get();
            Samples.put(tier, 2_000, 1);
            assertThat(counts.dropped.get()).isGreaterThan(dropped);

            Files.delete(config.directory());
            Files.move(away, config.directory());
            for (int i = 0; !tier.isOn() && i < 200; i++) {
                Thread.sleep(20);
            }
            assertThat(tier.isOn()).isTrue();
            assertThat(counts.on).hasValue(2);
            assertThat(Samples.check(1, Samples.find(tier, 1).getFirst())).isTrue();
            Samples.put(tier, 2_000, 1);
            tier.flush();
            assertThat(Samples.find(tier, 2_000)).hasSize(1);
        }
    }

    @Test
    void aDirectoryInUseIsLeftAlone() {
        try (DiskTier first = open()) {
            Samples.put(first, 1, 1);
            first.flush();
            try (DiskTier second = open()) {
                assertThat(second.isOn()).isFalse();
                assertThat(counts.offReason).contains("lock");
            }
            assertThat(Samples.find(first, 1)).hasSize(1);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store"))) {
            return new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(".segment")).sorted().toList());
        }
    }

    private long sizeOnDisk() {
        try {
            long sum = 0;
            for (Path file : files()) {
                sum += Files.size(file);
            }
            return sum;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
