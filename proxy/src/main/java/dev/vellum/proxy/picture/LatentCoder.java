package dev.vellum.proxy.picture;

import java.util.Optional;

/** Codes pictures as latents of one model. Thread-safe. */
public interface LatentCoder {

    /** What the latents are. */
    Form.Latents form();

    /** Where to begin looking for the quality that a class needs, 1 to 100. */
    int guess(QualityClass quality);

    /** Encodings of one picture at most, while its quality is searched. */
    int trials();

    /** For what nobody waits for, if there is such a one: fewer bytes in more time. */
    default Optional<LatentCoder> patient() {
        return Optional.empty();
    }

    /**
     * Codes a picture, and finds out what every decoder will make of it.
     *
     * @param raster opaque, one frame
     * @param quality 1 to 100
     * @param deadline looked at between the networks' strips
     */
    Coding code(Raster raster, int quality, Deadline deadline);

    /**
     * Whether latents took about as many bits as the model's usually do; learns from them.
     *
     * @param pixels of the picture
     * @param bytes of the latents
     */
    boolean expects(int quality, long pixels, int bytes);

    /**
     * The pixels of latents, as every decoder makes them.
     *
     * @return empty where they are damaged or the time is over
     */
    Optional<Raster> decode(byte[] file, Deadline deadline);

    /** What became of pixels that were to be coded. */
    sealed interface Coding {

        /**
         * Latents.
         *
         * @param overall MS-SSIM of the whole
         * @param worstTile MS-SSIM of the worst tile
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Coded(byte[] file, double overall, double worstTile) implements Coding {}

        /**
         * None.
         *
         * @param detail for logs
         */
        record Refused(Bypass reason, String detail) implements Coding {}
    }
}
