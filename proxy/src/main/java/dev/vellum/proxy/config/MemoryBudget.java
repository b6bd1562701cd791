package dev.vellum.proxy.config;

import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.store.disk.DiskConfig;
import dev.vellum.proxy.units.ByteSize;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the memory of the machine or container goes.
 *
 * @param limit what there is
 * @param heap what the JVM's heap may grow to, the disk's index in it
 * @param direct what the JVM lets buffers take outside the heap
 * @param bodies stored and under way, coded forms and pictures that are kept decoded too
 * @param files what the kernel sends by itself: second copies of bodies
 * @param pictures decoded and compared at a time, half of it in the heap
 * @param network buffers of connections
 * @param runtime code, threads and what else the JVM needs for itself
 * @param index for finding responses on disk, in the heap
 */
public record MemoryBudget(
        ByteSize limit,
        ByteSize heap,
        ByteSize direct,
        ByteSize bodies,
        ByteSize files,
        ByteSize pictures,
        ByteSize network,
        ByteSize runtime,
        ByteSize index) {

    private static final ByteSize NETWORK = ByteSize.ofMib(64);
    private static final ByteSize RUNTIME = ByteSize.ofMib(128);

    /** What a configuration takes of a machine. */
    public static MemoryBudget of(
            ProxyConfig config, ByteSize limit, ByteSize heap, ByteSize direct) {
        return new MemoryBudget(
                limit,
                heap,
                direct,
                ByteSize.ofBytes(kept(config) + config.memory().passingBytes().bytes()),
                config.memory().fileBytes(),
                config.pictures().on()
                        ? config.pictures().within(heap).transcoder().memory()
                        : ByteSize.ofBytes(0),
                NETWORK,
                RUNTIME,
                config.disk().map(DiskConfig::indexBytes).orElse(ByteSize.ofBytes(0)));
    }

    /**
     * Bytes that bodies may take together: stored, under way, coded, and of pictures that a client
     * keeps decoded.
     */
    public static long kept(ProxyConfig config) {
        long decoded =
                config.role() == Hop.Role.CLIENT && config.codec().on()
                        ? config.codec().decoded().bytes()
                        : 0;
        return config.memory().bytes().bytes()
                + config.memory().inFlightBytes().bytes()
                + config.coding().cacheBytes().bytes()
                + decoded;
    }

    /** What does not add up; empty if all does. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        long outside = bodies.bytes() + network.bytes();
        if (outside > direct.bytes()) {
            faults.add(
                    "memory: bodies and connections take %s (expected: <= %s, what the JVM lets buffers"
                                    .formatted(mib(outside), mib(direct.bytes()))
                            + " take; -XX:MaxDirectMemorySize, or else -Xmx, sets it)");
        }
        long all = heap.bytes() + outside + files.bytes() + pictures.bytes() / 2 + runtime.bytes();
        if (all > limit.bytes()) {
            faults.add(
                    "memory: heap, bodies, pictures, connections and the JVM take %s (expected: <= %s, what there is)"
                            .formatted(mib(all), mib(limit.bytes())));
        }
        if (index.bytes() > heap.bytes() / 2) {
            faults.add(
                    "disk.index-bytes: %s (expected: <= %s, half of the heap)"
                            .formatted(index, mib(heap.bytes() / 2)));
        }
        return faults;
    }

    /** The parts, one on each line, as YAML comments. */
    public String text() {
        return """
        # memory: %s in all
        #   heap %s, of it the disk's index %s
        #   pictures %s, half of it in the heap
        #   bodies %s, connections %s, of the %s that buffers may take
        #   copies of bodies for the kernel %s
        #   the JVM itself %s
        """
                .formatted(
                        mib(limit.bytes()),
                        mib(heap.bytes()),
                        mib(index.bytes()),
                        mib(pictures.bytes()),
                        mib(bodies.bytes()),
                        mib(network.bytes()),
                        mib(direct.bytes()),
                        mib(files.bytes()),
                        mib(runtime.bytes()));
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + "MiB";
    }
}
