package dev.vellum.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vellum.codec.samples.Damage;
import dev.vellum.codec.samples.GoldenFiles;
import java.time.Duration;
import java.util.List;

/** Whatever the bytes, a decoder gives a picture or a {@link CodecException}. */
class DecoderFuzzTest {

    private static final Limits LIMITS =
            new Limits(70_000, 1 << 20, 1 << 28, Duration.ofSeconds(20));
    private static final VellumDecoder DECODER = decoder();

    private static VellumDecoder decoder() {
        try {
            return new VellumDecoder(
                    new ModelRegistry(
                            List.of(
                                    Model.load(
                                            GoldenFiles.bytes("sample.vlmd"),
                                            Model.Tuning.DEFAULT))),
                    LIMITS);
        } catch (CodecException e) {
            throw new AssertionError(e);
        }
    }

    @FuzzTest(maxDuration = "30s")
    void bytesGiveAPictureOrAReason(byte[] data) {
        byte[] stream = GoldenFiles.bytes("40x23-q50.vlm");
        // the first bytes say where the others go: a stream's own header is hard to guess
        for (int i = 0; i + 2 < data.length; i += 3) {
            int at = ((data[i] & 0xff) << 8 | (data[i + 1] & 0xff)) % stream.length;
            stream[at] ^= data[i + 2];
        }
        for (byte[] one : List.of(data, stream, Damage.repaired(stream))) {
            try {
                Picture picture = DECODER.decode(one);
                assertThat(picture.rgb()).hasSize(3 * picture.width() * picture.height());
            } catch (CodecException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
