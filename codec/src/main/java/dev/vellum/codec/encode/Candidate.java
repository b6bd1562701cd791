package dev.vellum.codec.encode;

import dev.vellum.codec.latent.Latents;

/**
 * A stream, and what it decodes to.
 *
 * @param stream all its bytes
 * @param latents that it codes
 * @param rgb samples, {@code 3 * width * height}, interleaved
 */
@SuppressWarnings("ArrayRecordComponent") // handed from step to step
public record Candidate(byte[] stream, Latents latents, byte[] rgb) {}
