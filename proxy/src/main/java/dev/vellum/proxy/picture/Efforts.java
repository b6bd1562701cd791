package dev.vellum.proxy.picture;

/**
 * How long encoders may look for fewer bytes.
 *
 * @param webp 0 to 6
 * @param avif 0 to 9; each step halves the speed at least
 * @param trials encodings of one picture at most, while its quality is searched
 */
public record Efforts(int webp, int avif, int trials) {

    /** A megapixel in about a second and a half. */
    public static final Efforts DEFAULT = new Efforts(4, 2, 5);

    public Efforts {
        if (webp < 0 || webp > 6 || avif < 0 || avif > 9 || trials < 1) {
            throw new IllegalArgumentException(
                    "webp, avif, trials: %d, %d, %d (expected: 0 to 6, 0 to 9, >= 1)"
                            .formatted(webp, avif, trials));
        }
    }
}
