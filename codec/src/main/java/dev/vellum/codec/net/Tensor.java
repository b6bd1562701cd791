package dev.vellum.codec.net;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** An array of numbers in native memory, an input or output of a graph. */
public final class Tensor {

    private final String name;
    private final OnnxJavaType type;
    private final MemorySegment memory;
    private final long[] shape;

    Tensor(String name, OnnxJavaType type, MemorySegment memory, long[] shape) {
        this.name = name;
        this.type = type;
        this.memory = memory;
        this.shape = shape.clone();
    }

    /** The name under which a graph knows it. */
    public String name() {
        return name;
    }

    /** Number of elements. */
    long count() {
        return memory.byteSize() / type.size;
    }

    /** Size of an element. */
    int elementBytes() {
        return type.size;
    }

    /** Lengths of the sides, the last one running fastest. */
    List<Long> shape() {
        return Arrays.stream(shape).boxed().toList();
    }

    /** Puts {@code count} bytes at element {@code to}. */
    public void put(long to, byte[] from, int offset, int count) {
        MemorySegment.copy(from, offset, memory, ValueLayout.JAVA_BYTE, to, count);
    }

    /** Puts {@code count} numbers at element {@code to}. */
    public void put(long to, int[] from, int offset, int count) {
        MemorySegment.copy(from, offset, memory, ValueLayout.JAVA_INT, to * Integer.BYTES, count);
    }

    /** Puts {@code count} numbers at element {@code to}. */
    public void put(long to, float[] from, int offset, int count) {
        MemorySegment.copy(from, offset, memory, ValueLayout.JAVA_FLOAT, to * Float.BYTES, count);
    }

    /** Gets {@code count} bytes from element {@code from} on. */
    public void get(long from, byte[] to, int offset, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from, to, offset, count);
    }

    /** Gets {@code count} numbers from element {@code from} on. */
    public void get(long from, int[] to, int offset, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_INT, from * Integer.BYTES, to, offset, count);
    }

    /** Gets {@code count} numbers from element {@code from} on. */
    public void get(long from, float[] to, int offset, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, from * Float.BYTES, to, offset, count);
    }

    /** A view of the same memory for ONNX Runtime, which the caller closes. */
    OnnxTensor view(OrtEnvironment environment) throws OrtException {
        return OnnxTensor.createTensor(
                environment, memory.asByteBuffer().order(ByteOrder.nativeOrder()), shape, type);
    }
}
