package dev.vellum.codec.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vellum.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Whatever {@link VarInt#read} accepts is exactly what {@link VarInt#write} would have written. */
class VarIntFuzzTest {

    @FuzzTest(maxDuration = "20s")
    void whatIsReadIsWrittenTheSame(byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data);
        int value;
        try {
            value = VarInt.read(in);
        } catch (CodecException.Malformed | BufferUnderflowException refused) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(VarInt.MAX_BYTES);
        VarInt.write(out, value);
        assertThat(Arrays.copyOf(out.array(), out.position()))
                .isEqualTo(Arrays.copyOf(data, in.position()));
    }
}
