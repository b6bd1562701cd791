package dev.vellum.proxy.store;

import dev.vellum.proxy.units.ByteSize;

/**
 * How much memory stored responses take.
 *
 * @param bytes of all stored responses together, bodies and headers
 * @param objectBytes the largest body that is stored
 * @param inFlightBytes of bodies under way, beyond {@code bytes}; when it is used up, further
 *     bodies pass through without being stored
 */
public record MemoryConfig(ByteSize bytes, ByteSize objectBytes, ByteSize inFlightBytes) {

    public static final MemoryConfig DEFAULT =
            new MemoryConfig(ByteSize.ofMib(256), ByteSize.ofMib(16), ByteSize.ofMib(128));

    public MemoryConfig {
        if (objectBytes.compareTo(bytes) > 0) {
            throw new IllegalArgumentException(
                    "object-bytes: " + objectBytes + " (expected: <= bytes, " + bytes + ")");
        }
    }
}
