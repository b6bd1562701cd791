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
                    List.of(Coding.ZSTD, Coding.BROTLI, Coding.GZIP),
                    ByteSize.ofKib(1),
                    ByteSize.ofMib(32),
                    1);

    public CodingConfig {
        codings = List.copyOf(codings);
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
    }
}
