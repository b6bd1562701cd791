package dev.vellum.proxy.store;

import dev.vellum.proxy.units.ByteSize;

/**
 * How much memory stored responses take.
 *
 * @param bytes of all stored responses together, bodies and headers
 * @param objectBytes the largest body that is stored
 * @param inFlightBytes of bodies under way, beyond {@code bytes}; when it is used up, further
 *     bodies pass through without being stored
 * @param passingBytes of bodies that only pass, beyond both; when it is used up too, requests that
 *     need an origin are refused
 */
public record MemoryConfig(
        ByteSize bytes, ByteSize objectBytes, ByteSize inFlightBytes, ByteSize passingBytes) {

    public static final MemoryConfig DEFAULT =
            new MemoryConfig(
                    ByteSize.ofMib(256),
                    ByteSize.ofMib(16),
                    ByteSize.ofMib(128),
                    ByteSize.ofMib(64));

    public MemoryConfig {
        if (objectBytes.compareTo(bytes) > 0) {
            throw new IllegalArgumentException(
                    "object-bytes: " + objectBytes + " (expected: <= bytes, " + bytes + ")");
        }
    }
}
