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
 * @param most columns of any picture; 0 for any number
 * @param keys that sign widths beside the ladder; empty where there are none
 * @param placeholders whether a query may ask for a placeholder
 */
public record Offer(
        List<Form> forms,
        QualityClass quality,
        boolean heedsSaveData,
        boolean heedsNetwork,
        List<Integer> widths,
        int most,
        List<SizeKey> keys,
        boolean placeholders) {

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

    /** An offer of pictures of any width, and of none that is signed for. */
    public Offer(
            List<Form> forms,
            QualityClass quality,
            boolean heedsSaveData,
            boolean heedsNetwork,
            List<Integer> widths) {
        this(forms, quality, heedsSaveData, heedsNetwork, widths, 0, List.of(), false);
    }

    /** An offer without placeholders. */
    public Offer(
            List<Form> forms,
            QualityClass quality,
            boolean heedsSaveData,
            boolean heedsNetwork,
            List<Integer> widths,
            int most,
            List<SizeKey> keys) {
        this(forms, quality, heedsSaveData, heedsNetwork, widths, most, keys, false);
    }

    /** The same of other forms. */
    public Offer with(List<Form> others) {
        return new Offer(
                others, quality, heedsSaveData, heedsNetwork, widths, most, keys, placeholders);
    }

    /** The same with no picture wider than that; 0 for any width. */
    public Offer within(int columns) {
        return columns == most
                ? this
                : new Offer(
                        forms,
                        quality,
                        heedsSaveData,
                        heedsNetwork,
                        widths,
                        columns,
                        keys,
                        placeholders);
    }

    /** The same with all pictures of one width, whatever the client's hints are. */
    public Offer sized(int columns) {
        return new Offer(
                forms,
                quality,
                heedsSaveData,
                heedsNetwork,
                List.of(),
                columns,
                keys,
                placeholders);
    }

    /** Nothing but placeholders, whatever the client's hints are. */
    public Offer placeholder() {
        return new Offer(
                List.of(new Form.Placeholder(Format.WEBP), new Form.Placeholder(Format.PNG)),
                quality,
                false,
                false,
                List.of(),
                0,
                keys,
                true);
    }

    /** Whether nothing but placeholders is on offer. */
    public boolean isPlaceholder() {
        return forms.stream().allMatch(form -> form instanceof Form.Placeholder);
    }

    public Offer {
        forms = List.copyOf(forms);
        widths = List.copyOf(widths);
        keys = List.copyOf(keys);
        if (most < 0) {
            throw new IllegalArgumentException("most: " + most + " (expected: >= 0)");
        }
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
