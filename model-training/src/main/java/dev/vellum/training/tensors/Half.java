package dev.vellum.training.tensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers of IEEE 754 half precision as bytes, little-endian. */
public final class Half {

    private Half() {}

    /** Rounds to nearest. */
    public static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return bytes.array();
    }

    /** The nearest numbers whose half-precision mantissas end in two zeros. */
    static float[] coarse(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToFloat16(values[i]) & 0xffff;
            // carries into the exponent are right: the encoding is monotone
            rounded[i] = Float.float16ToFloat((short) ((bits + 2) & ~3));
        }
        return rounded;
    }

    /** The numbers in {@code bytes}. */
    static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.float16ToFloat(bytes.getShort());
        }
        return values;
    }
}
