package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.Similarity.Closeness;

/** What became of a variant that was to be made. */
public sealed interface Making {

    /**
     * It is better than the original.
     *
     * @param overall MS-SSIM of the whole
     * @param worstTile MS-SSIM of the worst tile
     * @param trials encodings that it took
     * @param rights that the source states
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Made(
            Variant variant,
            byte[] file,
            Content content,
            double overall,
            double worstTile,
            int trials,
            Rights rights)
            implements Making {

        Made(
                Variant variant,
                byte[] file,
                Content content,
                Closeness closeness,
                int trials,
                Rights rights) {
            this(
                    variant,
                    file,
                    content,
                    closeness.overall(),
                    closeness.worstTile(),
                    trials,
                    rights);
        }
    }

    /**
     * The original stays.
     *
     * @param detail for logs
     */
    record Bypassed(Bypass reason, String detail) implements Making {}
}
