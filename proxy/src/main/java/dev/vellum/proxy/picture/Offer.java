package dev.vellum.proxy.picture;

import java.util.List;

/**
 * What a route offers to make of its pictures.
 *
 * @param forms from the most to the least wanted
 * @param quality class for clients that ask for none
 * @param heedsSaveData whether Save-Data asks for {@link QualityClass#SAVING}
 * @param heedsNetwork whether the hints ECT and Downlink do
 * @param widths ladder of widths in ascending order, at most 8; empty to keep the source's own
 */
public record Offer(
        List<Form> forms,
        QualityClass quality,
        boolean heedsSaveData,
        boolean heedsNetwork,
        List<Integer> widths) {

    private static final int MOST_WIDTHS = 8;

    /** The ordinary formats at their own size, Save-Data heeded. */
    public static final Offer ORDINARY =
            new Offer(
                    List.of(
                            new Form.Ordinary(Format.AVIF),
                            new Form.Ordinary(Format.WEBP),
                            new Form.Ordinary(Format.JPEG),
                            new Form.Ordinary(Format.PNG)),
                    QualityClass.STANDARD,
                    true,
                    false,
                    List.of());

    /** The same of other forms. */
    public Offer with(List<Form> others) {
        return new Offer(others, quality, heedsSaveData, heedsNetwork, widths);
    }

    public Offer {
        forms = List.copyOf(forms);
        widths = List.copyOf(widths);
        if (widths.size() > MOST_WIDTHS) {
            throw new IllegalArgumentException(
                    "widths: " + widths + " (expected: at most " + MOST_WIDTHS + ")");
        }
        int previous = 0;
        for (int width : widths) {
            if (width <= previous) {
                throw new IllegalArgumentException(
                        "widths: " + widths + " (expected: positive and ascending)");
            }
            previous = width;
        }
    }
}
