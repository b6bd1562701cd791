package dev.vellum.proxy.picture;

import java.util.Map;

/**
 * What there is of one source.
 *
 * @param original the source's own format
 * @param width of the source, in pixels as shown
 * @param bytes length of each variant that can be sent
 * @param bypassed variants that were tried or ruled out, and why
 */
public record Stock(
        Format original, int width, Map<Variant, Long> bytes, Map<Variant, Bypass> bypassed) {

    public Stock {
        bytes = Map.copyOf(bytes);
        bypassed = Map.copyOf(bypassed);
    }

    /** A source of which no variant was tried yet. */
    public static Stock untouched(Format original, int width) {
        return new Stock(original, width, Map.of(), Map.of());
    }
}
