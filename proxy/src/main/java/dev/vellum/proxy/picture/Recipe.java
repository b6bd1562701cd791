package dev.vellum.proxy.picture;

import java.util.List;
import java.util.function.IntFunction;

/** How to make a form of a picture. */
sealed interface Recipe {

    /** Try each; the smallest that looks right wins. */
    record Each(List<Encoding> encodings) implements Recipe {}

    /** Search the quality, from {@code least} to 100 and first at {@code guess}. */
    record Searched(IntFunction<Encoding> encoding, int least, int guess) implements Recipe {}

    /** There is none. */
    record None(Bypass reason) implements Recipe {}

    /**
     * The recipe for a form.
     *
     * @param exact whether the source was coded without loss: then flat areas are flat, and
     *     lossless coding is small
     */
    static Recipe of(Format form, Content content, boolean exact, Raster raster, Efforts efforts) {
        if (raster.animated() && form != Format.WEBP) {
            return new None(Bypass.ANIMATION);
        }
        if (raster.hasAlpha() && form == Format.JPEG) {
            return new None(Bypass.ALPHA);
        }
        boolean drawing = content == Content.DRAWING;
        return switch (form) {
            case JPEG ->
                    drawing && exact
                            ? new None(Bypass.DRAWING)
                            : new Searched(Encoding.Jpeg::new, 20, drawing ? 85 : 62);
            case WEBP ->
                    drawing && exact
                            ? new Each(
                                    List.of(
                                            new Encoding.LosslessWebp(efforts.webp()),
                                            new Encoding.NearLosslessWebp(60, efforts.webp())))
                            : new Searched(
                                    quality -> new Encoding.Webp(quality, efforts.webp()),
                                    10,
                                    drawing ? 85 : 60);
            case AVIF ->
                    drawing && exact
                            ? new None(Bypass.DRAWING) // lossless WebP suits it better
                            : new Searched(
                                    quality -> new Encoding.Avif(quality, efforts.avif(), drawing),
                                    10,
                                    drawing ? 65 : 45);
            case PNG -> new Each(List.of(new Encoding.Png(true), new Encoding.Png(false)));
            case GIF -> new None(Bypass.NOT_ACCEPTED); // never worth writing
        };
    }
}
