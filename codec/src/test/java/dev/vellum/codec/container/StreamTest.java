package dev.vellum.codec.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamTest {

    private static final StreamHeader HEADER = new StreamHeader(0x0123456789abcdefL, 300, 7, 60);

    @Test
    void aStreamHasThisForm() {
        byte[] stream = stream();

        assertThat(HexFormat.of().formatHex(stream))
                .matches(
                        "d6564c4d01" // magic, version
                                + "0123456789abcdef" // model
                                + "ac02" // width
                                + "07" // height
                                + "3c" // quality
                                + "0103010203[0-9a-f]{8}" // z
                                + "800109[0-9a-f]{8}" // something to skip
                                + "1000[0-9a-f]{8}"); // an empty group
    }

    @Test
    void segmentsComeBackInOrder() throws CodecException {
        StreamReader read = StreamReader.read(stream());

        assertThat(read.header()).isEqualTo(HEADER);
        assertThat(read.segments())
                .containsExactly(
                        new Segment(1, 19, 3), new Segment(128, 28, 1), new Segment(16, 35, 0));
    }

    @Test
    void everyPrefixFromTheHeaderOnIsAStream() throws CodecException {
        byte[] stream = stream();
        for (int length = 0; length <= stream.length; length++) {
            byte[] prefix = Arrays.copyOf(stream, length);
            if (length < 17) {
                assertThatThrownBy(() -> StreamReader.read(prefix))
                        .isInstanceOf(CodecException.Malformed.class)
                        .hasMessage("offset " + length + ": end within the header");
            } else {
                int complete = length < 26 ? 0 : length < 33 ? 1 : length < 39 ? 2 : 3;
                assertThat(StreamReader.read(prefix).segments()).hasSize(complete);
            }
        }
    }

    @Test
    void anyOtherBitBreaksACheckOrChangesWhatIsComplete() {
        byte[] stream = stream();
        for (int bit = 0; bit < 8 * stream.length; bit++) {
            byte[] broken = stream.clone();
            broken[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(StreamReader.read(broken).segments().size())
                        .as("bit %d", bit)
                        .isLessThan(3);
            } catch (CodecException.Malformed e) {
                assertThat(e.offset()).isBetween(0L, (long) stream.length);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00564c4d01, no latent stream",
        "d6564c4d02, version 2",
        "d6564c4d01000000000000000000013c, width 0",
        "d6564c4d010000000000000000818001013c, width 16385",
        "d6564c4d01000000000000000001818001, height 16385",
        "d6564c4d010000000000000000010100, quality 0",
        "d6564c4d010000000000000000010165, quality 101",
    })
    void aHeaderOutOfRangeIsRefused(String hex, String message) {
        assertThatThrownBy(() -> StreamReader.read(HexFormat.of().parseHex(hex)))
                .isInstanceOf(CodecException.Malformed.class)
                .hasMessageContaining(message);
    }

    private static byte[] stream() {
        StreamWriter writer = new StreamWriter(HEADER);
        writer.segment(Segment.HYPER, new byte[] {1, 2, 3});
        writer.segment(Segment.SKIPPABLE, new byte[] {9});
        writer.segment(Segment.FIRST_GROUP, new byte[0]);
        return writer.toByteArray();
    }
}
