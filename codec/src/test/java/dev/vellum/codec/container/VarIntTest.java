package dev.vellum.codec.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarIntTest {

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "127, 7f",
        "128, 8001",
        "300, ac02",
        "16383, ff7f",
        "16384, 808001",
        "2097151, ffff7f",
        "268435455, ffffff7f",
        "268435456, 8080808001",
        "2147483647, ffffffff07",
    })
    void aNumberHasOneForm(int value, String hex) throws CodecException {
        ByteBuffer out = ByteBuffer.allocate(VarInt.MAX_BYTES);
        VarInt.write(out, value);

        assertThat(HexFormat.of().formatHex(out.array(), 0, out.position())).isEqualTo(hex);
        assertThat(VarInt.size(value)).isEqualTo(out.position());
        assertThat(VarInt.read(bytes(hex))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "8000, the shortest form",
        "ffff00, the shortest form",
        "ffffffff08, at most 2147483647",
        "ffffffffff01, at most 5 bytes",
    })
    void aWrongFormIsRefusedWithItsOffset(String hex, String expected) {
        ByteBuffer in = bytes("aabb" + hex).position(2);

        assertThatThrownBy(() -> VarInt.read(in))
                .isInstanceOf(CodecException.Malformed.class)
                .hasMessageStartingWith("offset 2: ")
                .hasMessageContaining(expected);
    }

    @Test
    void aNumberThatIsCutOffIsAnUnderflow() {
        assertThatThrownBy(() -> VarInt.read(bytes("ffff")))
                .isInstanceOf(BufferUnderflowException.class);
    }

    @Test
    void aNegativeNumberIsRefused() {
        assertThatThrownBy(() -> VarInt.size(-1)).hasMessage("value: -1 (expected: >= 0)");
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
