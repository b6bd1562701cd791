package dev.vellum.proxy.coding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BodyEncoderTest {

    private static byte[] text(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("<li class=\"item\">").append(random.nextInt(500)).append("</li>\n");
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer direct(byte[] bytes, int from, int length) {
        return ByteBuffer.allocateDirect(length).put(bytes, from, length).flip();
    }

    private static void collect(ByteArrayOutputStream coded, ByteBuffer made) {
        byte[] bytes = new byte[made.remaining()];
        made.get(bytes);
        coded.writeBytes(bytes);
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void whateverThePiecesTheBodyComesBackAndIsSmaller(Coding coding) throws IOException {
        assertThat(coding.isAvailable()).isTrue();
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        for (int length : new int[] {0, 1, 100, 16_384, 65_536, 1_000_000}) {
            byte[] body = text(length, seed);
            ByteArrayOutputStream coded = new ByteArrayOutputStream();
            try (BodyEncoder encoder =
                    BodyEncoder.of(
                            coding,
                            random.nextBoolean() ? length : -1,
                            made -> collect(coded, made))) {
                int at = 0;
                while (at < length) {
                    int piece = Math.min(length - at, 1 + random.nextInt(40_000));
                    encoder.write(direct(body, at, piece));
                    at += piece;
                }
                encoder.finish();
            }
            assertThat(Decoders.decode(coding, coded.toByteArray()))
                    .as("seed %d, %d bytes", seed, length)
                    .isEqualTo(body);
            if (length > 10_000) {
                assertThat(coded.size()).isLessThan(length / 4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void aFlushHandsOnAllButTheEnd(Coding coding) throws IOException {
        byte[] body = text(5_000, 1);
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (BodyEncoder encoder = BodyEncoder.of(coding, -1, made -> collect(coded, made))) {
            encoder.write(direct(body, 0, body.length));
            encoder.flush();
            int flushed = coded.size();
            assertThat(flushed).isGreaterThan(100);
            encoder.finish();
            assertThat(coded.size() - flushed).isLessThanOrEqualTo(16);
        }
        assertThat(Decoders.decode(coding, coded.toByteArray())).isEqualTo(body);
    }
}
