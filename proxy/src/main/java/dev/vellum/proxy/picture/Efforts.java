package dev.vellum.proxy.picture;

/**
 * How long encoders may look for fewer bytes. The quality that an AVIF needs is found at a low
 * effort; then the picture is coded at the effort that its size allows.
 *
 * @param webp 0 to 6
 * @param avif 0 to 9, for pictures that are small enough
 * @param trials encodings of one picture at most, while its quality is searched
 */
public record Efforts(int webp, int avif, int trials) {

    /** At full size half a megapixel takes some 10 s of one core. */
    public static final Efforts DEFAULT = new Efforts(6, 6, 5);

    /** Milliseconds that AVIF takes for a megapixel, by effort. */
    private static final int[] AVIF_MILLIS = {
        50, 90, 280, 720, 3200, 4300, 7300, 9500, 15_000, 40_000
    };

    /** Milliseconds that one AVIF may take: two of them are made, well within a job's time. */
    private static final int MOST_MILLIS = 8000;

    /** Enough to find the quality by, at a twentieth of the time. */
    private static final int DRAFT = 2;

    public Efforts {
        if (webp < 0 || webp > 6 || avif < 0 || avif > 9 || trials < 1) {
            throw new IllegalArgumentException(
                    "webp, avif, trials: %d, %d, %d (expected: 0 to 6, 0 to 9, >= 1)"
                            .formatted(webp, avif, trials));
        }
    }

    /** AVIF's effort for a picture of that many pixels. */
    int avif(long pixels) {
        int effort = avif;
        while (effort > draft() && pixels / 1e6 * avifMillis(effort) > MOST_MILLIS) {
            effort--;
        }
        return effort;
    }

    /** AVIF's effort while its quality is searched. */
    int draft() {
        return Math.min(avif, DRAFT);
    }

    /** For when somebody waits for the picture, or many pictures wait. */
    public Efforts hurried() {
        return new Efforts(Math.min(webp, 4), draft(), trials);
    }

    static double avifMillis(int effort) {
        return AVIF_MILLIS[effort];
    }
}
