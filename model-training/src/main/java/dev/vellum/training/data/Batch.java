package dev.vellum.training.data;

import java.util.Arrays;

/**
 * What one training step needs.
 *
 * @param samples number of crops B
 * @param side of a crop
 * @param pixels u8 {@code [B, 3, side, side]}
 * @param quality {@code [B]}, real numbers in [1, 100]
 * @param noise u8, one byte for each latent and hyper-latent
 * @param keep {@code [B, groups + groups of hyper-latents]}, 0 for what the decoder does not get
 */
@SuppressWarnings("ArrayRecordComponent") // handed from the loader to the trainer and not copied
public record Batch(
        int samples, int side, byte[] pixels, float[] quality, byte[] noise, float[] keep) {

    /**
     * One of so many equal parts, as a batch of its own.
     *
     * @throws IllegalArgumentException if the samples cannot be divided so
     */
    public Batch part(int part, int of) {
        if (samples % of != 0) {
            throw new IllegalArgumentException(
                    "batch: " + samples + " (expected: a multiple of the " + of + " threads)");
        }
        int pixelBytes = pixels.length / of;
        int noiseBytes = noise.length / of;
        int count = samples / of;
        int columns = keep.length / of;
        return new Batch(
                count,
                side,
                Arrays.copyOfRange(pixels, part * pixelBytes, (part + 1) * pixelBytes),
                Arrays.copyOfRange(quality, part * count, (part + 1) * count),
                Arrays.copyOfRange(noise, part * noiseBytes, (part + 1) * noiseBytes),
                Arrays.copyOfRange(keep, part * columns, (part + 1) * columns));
    }
}
