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
 * @param fileBytes of second copies of large bodies that are often asked for, in a form that the
 *     kernel sends by itself, beyond all others; 0 for none
 */
public record MemoryConfig(
        ByteSize bytes,
        ByteSize objectBytes,
        ByteSize inFlightBytes,
        ByteSize passingBytes,
        ByteSize fileBytes) {

    public static final MemoryConfig DEFAULT =
            new MemoryConfig(
                    ByteSize.ofMib(256),
                    ByteSize.ofMib(16),
                    ByteSize.ofMib(128),
                    ByteSize.ofMib(64),
                    ByteSize.ofMib(32));

    public MemoryConfig {
        if (objectBytes.compareTo(bytes) > 0) {
            throw new IllegalArgumentException(
                    "object-bytes: " + objectBytes + " (expected: <= bytes, " + bytes + ")");
        }
    }
}
