package dev.vellum.codec.net;

import ai.onnxruntime.OnnxJavaType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * The native memory of one picture's way through the networks: one buffer for each name, reused
 * from strip to strip. Belongs to one thread.
 */
public final class Workspace implements AutoCloseable {

    private final Map<String, Buffer> buffers = new HashMap<>();

    private record Buffer(Arena arena, MemorySegment memory) {}

    /** Starts with no memory. */
    public Workspace() {}

    /**
     * Memory for a tensor. It holds what the last tensor of this name left there.
     *
     * @param name of the buffer; a tensor is valid until the next one of its name
     * @param type of the elements
     * @param shape of the tensor
     */
    public Tensor tensor(String name, OnnxJavaType type, long... shape) {
        long bytes = type.size;
        for (long side : shape) {
            bytes = Math.multiplyExact(bytes, side);
        }
        Buffer buffer = buffers.get(name);
        if (buffer == null || buffer.memory.byteSize() < bytes) {
            if (buffer != null) {
                buffer.arena.close();
            }
            Arena arena = Arena.ofConfined();
            buffer = new Buffer(arena, arena.allocate(bytes, 64));
            buffers.put(name, buffer);
        }
        return new Tensor(name, type, buffer.memory.asSlice(0, bytes), shape);
    }

    /** Native memory held, in bytes. */
    public long bytes() {
        return buffers.values().stream().mapToLong(buffer -> buffer.memory.byteSize()).sum();
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        buffers.values().forEach(buffer -> buffer.arena.close());
        buffers.clear();
    }
}
