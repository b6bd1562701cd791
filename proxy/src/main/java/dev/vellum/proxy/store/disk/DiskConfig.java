package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.units.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where responses are kept on disk, and how many.
 *
 * @param directory made where it does not exist; one process uses it at a time
 * @param bytes of all files together
 * @param segmentBytes of one file, 64 KiB to 1 GiB and at most a quarter of {@code bytes}: what is
 *     dropped at once to make room
 * @param queueBytes bodies that may wait to be written; what comes on top is not written
 * @param indexBytes memory for finding responses, about 64 bytes for each
 * @param retry how long the tier stays off after the disk failed before it is tried again
 */
public record DiskConfig(
        Path directory,
        ByteSize bytes,
        ByteSize segmentBytes,
        ByteSize queueBytes,
        ByteSize indexBytes,
        Duration retry) {

    private static final ByteSize LEAST_SEGMENT = ByteSize.ofKib(64);
    private static final ByteSize GREATEST_SEGMENT = ByteSize.ofMib(1024);

    public DiskConfig {
        if (segmentBytes.compareTo(LEAST_SEGMENT) < 0
                || segmentBytes.compareTo(GREATEST_SEGMENT) > 0) {
            throw new IllegalArgumentException(
                    "segment-bytes: " + segmentBytes + " (expected: 64KiB to 1GiB)");
        }
        if (bytes.bytes() / 4 < segmentBytes.bytes()) {
            throw new IllegalArgumentException(
                    "bytes: " + bytes + " (expected: at least 4 segments of " + segmentBytes + ")");
        }
        if (indexBytes.bytes() / DiskIndex.BYTES_PER_ENTRY < 1) {
            throw new IllegalArgumentException(
                    "index-bytes: " + indexBytes + " (expected: at least 64B)");
        }
        if (retry.isNegative() || retry.isZero()) {
            throw new IllegalArgumentException("retry: " + retry + " (expected: > 0)");
        }
    }

    /**
     * A store of {@code bytes} in {@code directory}, at least 1 MiB, with defaults for the rest.
     */
    public static DiskConfig of(Path directory, ByteSize bytes) {
        long segment =
                Math.clamp(bytes.bytes() / 64, LEAST_SEGMENT.bytes(), ByteSize.ofMib(256).bytes());
        return new DiskConfig(
                directory,
                bytes,
                ByteSize.ofBytes(segment),
                ByteSize.ofMib(32),
                ByteSize.ofMib(64),
                Duration.ofSeconds(10));
    }

    /** How many responses the index may find. */
    int maxEntries() {
        return (int) Math.min(Integer.MAX_VALUE, indexBytes.bytes() / DiskIndex.BYTES_PER_ENTRY);
    }
}
