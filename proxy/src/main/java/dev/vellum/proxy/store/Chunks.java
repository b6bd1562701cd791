package dev.vellum.proxy.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where bodies get their memory: off-heap chunks of at most {@link #SIZE} bytes, counted, so that
 * stored bodies and bodies under way share one budget.
 */
public final class Chunks {

    /** Capacity of every chunk of a body but its last, in bytes. */
    public static final int SIZE = 64 * 1024;

    private static final int PAGE = 8 * 1024;
    private static final int ARENA_CHUNK_ORDER = 9; // 4 MiB

    /*
     * Own arenas: bodies live long, and would pin the chunks that short-lived network buffers
     * share. No thread caches: a body is mostly freed on another thread than the one that filled it.
     */
    private final PooledByteBufAllocator allocator =
            new PooledByteBufAllocator(true, 0, 4, PAGE, ARENA_CHUNK_ORDER, 0, 0, false);

    private final LongAdder used = new LongAdder();
    private final long budget;
    private final long limit;

    /**
     * @param budget bytes that all bodies together may take before bodies under way are no longer
     *     kept for storing
     * @param passing bytes beyond, for bodies that pass, before nothing new may be fetched
     */
    public Chunks(long budget, long passing) {
        this.budget = budget;
        this.limit = budget + passing;
    }

    ByteBuf allocate(int capacity) {
        used.add(capacity);
        return allocator.directBuffer(capacity, capacity);
    }

    /** Gives up one owner's hold; readers may still hold slices of it for as long as they send. */
    void release(ByteBuf chunk) {
        used.add(-chunk.capacity());
        chunk.release();
    }

    /** Bytes now held by bodies, stored or under way. */
    public long used() {
        return used.sum();
    }

    /** Whether bodies take more than their budget, so that those under way should only pass by. */
    public boolean crowded() {
        return used.sum() > budget;
    }

    /** Whether bodies take all that they may, so that no others should be asked for. */
    public boolean full() {
        return used.sum() > limit;
    }
}
