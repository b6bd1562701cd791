package dev.vellum.proxy.picture;

/** A measure of how alike two pictures look. */
interface Similarity {

    /**
     * Compares a candidate with its original, as a client sees both.
     *
     * @throws IllegalArgumentException if they differ in size or frames
     */
    Closeness between(Raster original, Raster candidate);

    /**
     * How alike.
     *
     * @param overall MS-SSIM of the whole, 1 for equal pictures
     * @param worstTile MS-SSIM of the worst tile of about 128 x 128 pixels
     */
    record Closeness(double overall, double worstTile) {

        static final Closeness EQUAL = new Closeness(1, 1);

        Closeness worse(Closeness other) {
            return new Closeness(
                    Math.min(overall, other.overall), Math.min(worstTile, other.worstTile));
        }
    }
}
