package dev.vellum.training.evaluation;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumEncoder;

/** Finds the quality at which a picture takes so many bits. */
public final class QualitySearch {

    private QualitySearch() {}

    /**
     * The stream of the lowest quality that takes at least {@code target} bits a pixel, of the
     * highest if none does.
     */
    public static Encoded nearest(VellumEncoder encoder, Picture picture, double target)
            throws CodecException {
        int low = 1;
        int high = 100;
        while (low < high) {
            int middle = (low + high) / 2;
            if (encoder.encode(picture, new Quality(middle)).bitsPerPixel() < target) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return encoder.encode(picture, new Quality(low));
    }
}
