package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Rights;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.VariantMaker;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Latents that took the place of the picture they were made of, as they are described beside them
 * in the store.
 *
 * @param variant what they are: latents of the picture's own width
 * @param tag between the quotes of their entity tag
 * @param lost what they were made of, and how much of it they lost
 */
record Master(Variant variant, String tag, VariantMaker.Lost lost) {

    private static final Pattern TEXT =
            Pattern.compile(
                    "image/vnd\\.vellum;m=(?<model>[0-9a-f]{10}) (?<quality>[A-Z]+) (?<tag>\\S+)"
                            + " (?<format>[A-Z]+) (?<width>\\d{1,9}) (?<height>\\d{1,9})"
                            + " (?<overall>\\d\\.\\d+) (?<tile>-?\\d\\.\\d+) (?<rights>\\S+)");

    /** As text of one line. */
    String text() {
        PictureHeader header = lost.header();
        return String.format(
                Locale.ROOT,
                "%s %s %s %s %d %d %.6f %.6f %s",
                variant.form().mediaType(),
                variant.quality(),
                tag,
                header.format(),
                header.width(),
                header.height(),
                lost.overall(),
                lost.worstTile(),
                lost.rights().text());
    }

    /** The master that a response holds; empty where it holds its own bytes. */
    static Optional<Master> of(StoredResponse response) {
        if (!(response.content() instanceof Content.Master content)) {
            return Optional.empty();
        }
        Matcher parts = TEXT.matcher(content.form());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "form: \"" + content.form() + "\" (expected: as this program writes it)");
        }
        PictureHeader header =
                new PictureHeader(
                        Format.valueOf(parts.group("format")),
                        Integer.parseInt(parts.group("width")),
                        Integer.parseInt(parts.group("height")),
                        1,
                        PictureHeader.Traits.PLAIN);
        return Optional.of(
                new Master(
                        new Variant(
                                new Form.Latents(parts.group("model")),
                                Variant.OWN_WIDTH,
                                QualityClass.valueOf(parts.group("quality"))),
                        parts.group("tag"),
                        new VariantMaker.Lost(
                                header,
                                Rights.read(parts.group("rights")),
                                content.completeLength(),
                                Double.parseDouble(parts.group("overall")),
                                Double.parseDouble(parts.group("tile")))));
    }
}
