package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.Encoding.Avif.Colour;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** How to make a form of a picture. */
sealed interface Recipe {

    /** Try each; the smallest that looks right wins. */
    record Each(List<Encoding> encodings) implements Recipe {}

    /**
     * Search the quality, from {@code least} to 100 and first at {@code guess}.
     *
     * @param ways of which the one with the smallest draft counts; one where there are no drafts
     */
    record Searched(List<Way> ways, int least, int guess) implements Recipe {

        Searched(IntFunction<Encoding> encoding, int least, int guess) {
            this(List.of(new Way(encoding, Optional.empty())), least, guess);
        }
    }

    /**
     * One way to encode at a quality.
     *
     * @param draft a quicker encoding to find the quality by, if there is one
     */
    record Way(IntFunction<Encoding> encoding, Optional<IntFunction<Encoding>> draft) {}

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
                            : avif(raster, drawing, efforts);
            case PNG -> new Each(List.of(new Encoding.Png(true), new Encoding.Png(false)));
            case GIF -> new None(Bypass.NOT_ACCEPTED); // never worth writing
        };
    }

    /**
     * Which resolution of colour takes fewer bytes depends on the picture and on the floor; where
     * there is time for no more than a draft, half of it.
     */
    private static Searched avif(Raster raster, boolean drawing, Efforts efforts) {
        int effort = efforts.avif((long) raster.width() * raster.height());
        int draft = efforts.draft();
        if (drawing) {
            return new Searched(List.of(way(Colour.EXACT, effort, draft)), 10, 65);
        }
        Way half = way(Colour.HALF, effort, draft);
        List<Way> ways =
                half.draft().isPresent()
                        ? List.of(half, way(Colour.FULL, effort, draft))
                        : List.of(half);
        return new Searched(ways, 10, 45);
    }

    private static Way way(Colour colour, int effort, int draft) {
        IntFunction<Encoding> encoding = quality -> new Encoding.Avif(quality, effort, colour);
        IntFunction<Encoding> quicker = quality -> new Encoding.Avif(quality, draft, colour);
        return new Way(encoding, Optional.of(quicker).filter(_ -> effort > draft));
    }
}
