package dev.vellum.proxy.picture;

import dev.vellum.codec.Fidelity;
import dev.vellum.codec.Picture;

/** MS-SSIM on what is seen: each frame, and alpha over black and over white; the worst counts. */
final class SeenSimilarity implements Similarity {

    @Override
    public Closeness between(Raster original, Raster candidate) {
        if (original.frames() != candidate.frames()) {
            throw new IllegalArgumentException(
                    "frames: %d (expected: %d)".formatted(candidate.frames(), original.frames()));
        }
        Closeness worst = Closeness.EQUAL;
        for (int frame = 0; frame < original.frames(); frame++) {
            Raster one = original.frame(frame);
            Raster other = candidate.frame(frame);
            worst = worst.worse(over(0, one, other));
            if (one.hasAlpha() || other.hasAlpha()) {
                worst = worst.worse(over(255, one, other));
            }
        }
        return worst;
    }

    private static Closeness over(int grey, Raster original, Raster candidate) {
        Fidelity fidelity =
                Fidelity.between(picture(original.over(grey)), picture(candidate.over(grey)));
        return new Closeness(fidelity.msSsim(), fidelity.worstTile());
    }

    private static Picture picture(Raster opaque) {
        return new Picture(opaque.width(), opaque.height(), opaque.samples());
    }
}
