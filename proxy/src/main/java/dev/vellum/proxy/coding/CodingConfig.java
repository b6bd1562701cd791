package dev.vellum.proxy.coding;

import dev.vellum.proxy.units.ByteSize;
import java.util.List;

/**
 * Which text is coded on the way to clients.
 *
 * @param codings those that are made, the preferred one first; none turns coding off
 * @param leastBytes a body below this goes out as it is
 * @param cacheBytes memory for coded bodies that are kept for the next client
 * @param threads that make them, at least 1
 */
public record CodingConfig(
        List<Coding> codings, ByteSize leastBytes, ByteSize cacheBytes, int threads) {

    public static final CodingConfig DEFAULT =
            new CodingConfig(
                    List.of(Coding.ZSTD, Coding.BR, Coding.GZIP),
                    ByteSize.ofKib(1),
                    ByteSize.ofMib(32),
                    1);

    /** No coding at all. */
    public static final CodingConfig OFF =
            new CodingConfig(List.of(), ByteSize.ofKib(1), ByteSize.ofBytes(0), 1);

    /** The same with those codings only that this platform can make. */
    public CodingConfig available() {
        return new CodingConfig(
                codings.stream().filter(Coding::isAvailable).toList(),
                leastBytes,
                cacheBytes,
                threads);
    }

    public CodingConfig {
        codings = List.copyOf(codings);
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
    }
}
