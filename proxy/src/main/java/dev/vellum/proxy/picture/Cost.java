package dev.vellum.proxy.picture;

import java.time.Duration;

/**
 * What making a variant will take, estimated from the header.
 *
 * @param bytes memory, native and heap together
 * @param time of one core
 */
public record Cost(long bytes, Duration time) {

    /**
     * Bytes for each pixel beyond the decoded 4: the candidate, and the planes of the similarity
     * measure (two pictures of 32-bit samples with their pyramids, one colour at a time).
     */
    private static final int WORKING_BYTES = 24;

    /** Milliseconds for each megapixel to decode a candidate and to measure it. */
    private static final double JUDGING_MILLIS = 120;

    /** Ways that drafts try on average: photographs two, drawings one. */
    private static final double USUAL_WAYS = 1.8;

    /** Trials that a search takes on average. */
    private static final double USUAL_TRIALS = 3.5;

    /** Encodings at full effort, after drafts, on average. */
    private static final double USUAL_FULL_TRIALS = 1.6;

    /** Milliseconds for each megapixel to encode and decode latents once. */
    private static final double LATENTS_MILLIS = 400;

    /** Bytes for each pixel that the codec's networks take. */
    private static final int NETWORK_BYTES = 48;

    /** Estimate for latents of a source of that many bytes. */
    public static Cost ofLatents(PictureHeader header, long sourceBytes, int trials) {
        double millis = header.pixels() / 1e6 * (10 + trials * (LATENTS_MILLIS + JUDGING_MILLIS));
        long pixels = Math.min(header.pixels(), Integer.MAX_VALUE);
        return new Cost(
                sourceBytes + pixels * (4 + WORKING_BYTES + NETWORK_BYTES),
                Duration.ofNanos((long) (Math.min(millis, 1e9) * 1e6)));
    }

    /** Estimate for one variant of a source of that many bytes. */
    public static Cost of(PictureHeader header, long sourceBytes, Format form, Efforts efforts) {
        double megapixels = header.pixels() / 1e6;
        double encoding =
                switch (form) {
                    case JPEG -> 62;
                    case WEBP -> 20 + 13.0 * efforts.webp();
                    case AVIF -> Efforts.avifMillis(efforts.draft());
                    case PNG, GIF -> 150;
                };
        int effort = efforts.avif(header.pixels());
        boolean drafted = form == Format.AVIF && effort > efforts.draft();
        double trials = drafted ? USUAL_WAYS * USUAL_TRIALS : USUAL_TRIALS;
        double full =
                drafted ? USUAL_FULL_TRIALS * (Efforts.avifMillis(effort) + JUDGING_MILLIS) : 0;
        double millis = megapixels * (10 + trials * (encoding + JUDGING_MILLIS) + full);
        long pixels = Math.min(header.pixels(), Integer.MAX_VALUE);
        return new Cost(
                sourceBytes + pixels * (4 + WORKING_BYTES),
                Duration.ofNanos((long) (Math.min(millis, 1e9) * 1e6)));
    }
}
