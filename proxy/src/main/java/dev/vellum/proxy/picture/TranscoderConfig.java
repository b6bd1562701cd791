package dev.vellum.proxy.picture;

import dev.vellum.proxy.units.ByteSize;

/**
 * How much the background makes at once.
 *
 * @param threads workers; 0 leaves all work undone (and is for tests)
 * @param memory bytes that all jobs, waiting or running, may need together
 * @param ageing how fast waiting makes up for length: a job that waited for t goes before a newer
 *     one that is shorter by less than {@code ageing} x t; 0 lets long jobs starve
 */
public record TranscoderConfig(int threads, ByteSize memory, double ageing) {

    public TranscoderConfig {
        if (threads < 0 || threads > 1024) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 0 to 1024)");
        }
        if (memory.bytes() < 1) {
            throw new IllegalArgumentException("memory: " + memory + " (expected: >= 1B)");
        }
        if (!(ageing >= 0 && ageing <= 100)) {
            throw new IllegalArgumentException("ageing: " + ageing + " (expected: 0 to 100)");
        }
    }

    /** All cores but one, at least one; 384 MiB, enough for one picture of 13 megapixels. */
    public static TranscoderConfig forCores(int cores) {
        return new TranscoderConfig(Math.max(1, cores - 1), ByteSize.ofMib(384), 0.5);
    }
}
