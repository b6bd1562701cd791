package dev.vellum.training.data;

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
        int samples, int side, byte[] pixels, float[] quality, byte[] noise, float[] keep) {}
