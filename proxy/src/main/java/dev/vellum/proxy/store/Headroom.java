package dev.vellum.proxy.store;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether there is memory for more work. As it gets scarce, bodies first pass without being stored;
 * then what would need an origin is refused, while what is stored is served on. Asked for each
 * fetch, not for each hit.
 */
public final class Headroom {

    /** Of a heap region that holds what lives long, after it was collected. */
    private static final double HEAP_FULL = 0.92;

    private final Chunks chunks;
    private final BooleanSupplier heapFull;

    /**
     * Headroom of bodies, and of a heap that another judges.
     *
     * @param heapFull whether the heap has no room for more
     */
    public Headroom(Chunks chunks, BooleanSupplier heapFull) {
        this.chunks = chunks;
        this.heapFull = heapFull;
    }

    /** Headroom of bodies, and of this JVM's heap where its collector tells. */
    public static Headroom ofThisMachine(Chunks chunks) {
        List<MemoryPoolMXBean> old =
                ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == MemoryType.HEAP)
                        .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
                        .filter(pool -> pool.getName().matches(".*(Old|Tenured).*"))
                        .filter(pool -> pool.getUsage().getMax() > 0)
                        .toList();
        old.forEach(pool ->
                pool.setCollectionUsageThreshold((long) (pool.getUsage().getMax() * HEAP_FULL)));
        return new Headroom(
                chunks,
                () -> old.stream().anyMatch(MemoryPoolMXBean::isCollectionUsageThresholdExceeded));
    }

    /** Whether a body may be kept for storing. */
    public boolean mayKeep() {
        return !chunks.crowded() && !heapFull.getAsBoolean();
    }

    /** Whether an origin may be asked. */
    public boolean mayFetch() {
        return !chunks.full() && !heapFull.getAsBoolean();
    }
}
