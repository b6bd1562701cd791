package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.samples.Damage;
import dev.vellum.codec.samples.GoldenFiles;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A damaged stream gives a picture or a {@link CodecException}, within the limits. {@code
 * -Dvellum.mutations=100000} makes it the long form.
 */
class DamageTest {

    private static final Limits LIMITS =
            new Limits(300_000, 1 << 20, 1 << 28, Duration.ofSeconds(20));
    private static final int MUTATIONS = Integer.getInteger("vellum.mutations", 2000);

    private static ModelRegistry models;
    private static VellumDecoder decoder;

    @BeforeAll
    static void load() throws CodecException {
        models =
                new ModelRegistry(
                        List.of(
                                Model.load(
                                        GoldenFiles.bytes("sample.vlmd"), Model.Tuning.DEFAULT)));
        decoder = new VellumDecoder(models, LIMITS);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @Test
    void everyPrefixFromTheFirstSegmentOnIsAPicture() throws CodecException {
        for (String name : new String[] {"1x1-q50.vlm", "40x23-q100.vlm", "256x256-q1.vlm"}) {
            byte[] stream = GoldenFiles.bytes(name);
            Segment first = StreamReader.read(stream).segments().getFirst();
            int enough = first.offset() + first.length() + 4;
            for (int length = 0; length <= stream.length; length++) {
                byte[] prefix = Arrays.copyOf(stream, length);
                if (length < enough) {
                    assertThatThrownBy(() -> decoder.decode(prefix))
                            .as("%s, %d bytes", name, length)
                            .isInstanceOf(CodecException.Malformed.class)
                            .hasMessageContaining("offset " + length + ": end");
                } else {
                    assertThat(decoder.decode(prefix).width()).isPositive();
                }
            }
        }
    }

    @Test
    void prefixesOfALargerStreamGiveAsManyPicturesAsItHasSegments() throws CodecException {
        byte[] stream = GoldenFiles.bytes("257x300-q50.vlm");
        Set<String> pictures = new HashSet<>();
        Segment first = StreamReader.read(stream).segments().getFirst();
        for (int length = first.offset() + first.length() + 4;
                length <= stream.length;
                length += 7) {
            pictures.add(GoldenFiles.hash(decoder.decode(Arrays.copyOf(stream, length))));
        }
        pictures.add(GoldenFiles.hash(decoder.decode(stream)));
        assertThat(pictures).hasSize(5);
    }

    @Test
    void mutationsGiveAPictureOrAReason() {
        long seed = 11;
        Random random = new Random(seed);
        List<byte[]> streams =
                List.of(
                        GoldenFiles.bytes("1x1-q100.vlm"),
                        GoldenFiles.bytes("40x23-q50.vlm"),
                        GoldenFiles.bytes("40x23-q1.vlm"),
                        GoldenFiles.bytes("256x256-q1.vlm"),
                        GoldenFiles.bytes("257x300-q50.vlm"));
        int pictures = 0;
        int reasons = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = Damage.mutate(streams.get(i % streams.size()), random);
            long start = System.nanoTime();
            try {
                Picture picture = decoder.decode(mutated);
                assertThat((long) picture.width() * picture.height()).isLessThan(300_001);
                pictures++;
            } catch (CodecException e) {
                assertThat(e.getMessage()).as("seed %d, mutation %d", seed, i).isNotBlank();
                reasons++;
            }
            assertThat(System.nanoTime() - start).isLessThan(40_000_000_000L);
        }
        assertThat(pictures).isPositive();
        assertThat(reasons).isGreaterThan(pictures);
    }

    @Test
    void segmentsOutOfPlaceAreRefusedAndSkippableOnesSkipped() throws CodecException {
        byte[] stream = GoldenFiles.bytes("257x300-q50.vlm");
        Segment group = StreamReader.read(stream).segments().get(2);
        byte[] wrong = stream.clone();
        int typeAt = group.offset() - 3;
        assertThat(wrong[typeAt]).isEqualTo((byte) Segment.FIRST_GROUP);
        wrong[typeAt] = Segment.FIRST_GROUP + 1;
        assertThatThrownBy(() -> decoder.decode(Damage.repaired(wrong)))
                .isInstanceOf(CodecException.Malformed.class)
                .hasMessageContaining("segment of type 17 (expected: 16)");
        wrong[typeAt] = Segment.ALPHA;
        assertThatThrownBy(() -> decoder.decode(Damage.repaired(wrong)))
                .hasMessageContaining("segment of type 3");

        wrong[typeAt] = (byte) 200;
        assertThatThrownBy(() -> decoder.decode(Damage.repaired(wrong)))
                .as("the next group is not the first")
                .hasMessageContaining("segment of type 17 (expected: 16)");
        byte[] extended = Arrays.copyOf(stream, stream.length + 6);
        extended[stream.length] = (byte) 200;
        assertThat(decoder.decode(Damage.repaired(extended)).rgb())
                .isEqualTo(decoder.decode(stream).rgb());
        extended[stream.length] = 2;
        assertThatThrownBy(() -> decoder.decode(Damage.repaired(extended)))
                .hasMessageContaining("segment of type 2 (expected: the end)");
    }
}
