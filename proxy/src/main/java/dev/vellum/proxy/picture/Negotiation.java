package dev.vellum.proxy.picture;

import dev.vellum.proxy.http.CacheControl;
import dev.vellum.proxy.http.Fields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the form of a picture that a client gets (RFC 9110 section 12.1, proactive negotiation).
 * Pure.
 */
public final class Negotiation {

    /** What browsers with AVIF, with WebP and with neither accept as pictures. */
    public static final List<String> USUAL =
            List.of(
                    "image/avif,image/webp,image/*,*/*;q=0.8",
                    "image/webp,image/*,*/*;q=0.8",
                    "image/*,*/*;q=0.8");

    private static final String[] HEEDED = {
        "Accept",
        "Save-Data",
        "ECT",
        "Downlink",
        "Sec-CH-Width",
        "Width",
        "Sec-CH-Viewport-Width",
        "Viewport-Width",
        "Sec-CH-DPR",
        "DPR",
        "Cache-Control"
    };

    private Negotiation() {}

    /** The first variant that some usual browser would be served better by. */
    public static Optional<Variant> missing(Stock stock, Offer offer) {
        return USUAL.stream()
                .map(accept -> choose(Fields.of("Accept", accept), stock, offer).wanted())
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Chooses among what is in stock, and says what had better be made.
     *
     * @param request the client's fields
     */
    public static Choice choose(Fields request, Stock stock, Offer offer) {
        List<String> vary = vary(offer);
        if (CacheControl.has(request, "Cache-Control", "no-transform")) {
            return new Choice.SendOriginal(Bypass.NO_TRANSFORM, Optional.empty(), vary);
        }
        Accept accept = Accept.of(request);
        QualityClass quality = quality(request, offer);
        int width = width(request, stock, offer);
        List<Variant> acceptable = acceptable(accept, stock, offer, quality, width);
        Optional<Variant> best =
                stock.bytes().keySet().stream()
                        .filter(variant -> serves(variant, accept, stock, quality, width))
                        .min(order(accept, stock.bytes()));
        Optional<Variant> wanted =
                acceptable.stream()
                        .filter(variant -> !stock.bypassed().containsKey(variant))
                        .findFirst()
                        .filter(variant -> !stock.bytes().containsKey(variant));
        return best.<Choice>map(variant -> new Choice.Send(variant, wanted, vary))
                .orElseGet(() ->
                        new Choice.SendOriginal(reason(acceptable, wanted, stock), wanted, vary));
    }

    /**
     * All that {@link #choose} heeds of a request under any offer: names and values of these
     * fields, in the request's order. Requests alike in this get the same.
     */
    public static List<String> heeded(Fields request) {
        List<String> heeded = new ArrayList<>(4);
        for (int i = 0; i < request.size(); i++) {
            if (isHeeded(request.name(i))) {
                heeded.add(request.name(i));
                heeded.add(request.value(i));
            }
        }
        return heeded;
    }

    private static boolean isHeeded(String name) {
        for (String heeded : HEEDED) {
            if (heeded.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a client names a model whose latents are on offer. */
    public static boolean asksForLatents(Fields request, Offer offer) {
        if (!mentionsLatents(request)) {
            return false;
        }
        Accept accept = Accept.of(request);
        return offer.forms().stream()
                .anyMatch(form -> form instanceof Form.Latents && accept.weight(form) > 0);
    }

    /** As most requests do not, and need not be read for. */
    private static boolean mentionsLatents(Fields request) {
        for (String accept : request.all("Accept")) {
            if (accept.toLowerCase(Locale.ROOT).contains(Form.Latents.TYPE)) {
                return true;
            }
        }
        return false;
    }

    /** What could be made for this client, best first. */
    private static List<Variant> acceptable(
            Accept accept, Stock stock, Offer offer, QualityClass quality, int width) {
        return offer.forms().stream()
                .filter(form -> accepts(accept, stock, form))
                .sorted(Comparator.comparingDouble(form -> -accept.weight(form))) // stable
                .map(form -> new Variant(form, width, quality))
                .toList();
    }

    /**
     * Whether a form may be sent. A client that names no picture at all (a script, a download tool)
     * gets the format that it would have got from the origin.
     */
    private static boolean accepts(Accept accept, Stock stock, Form form) {
        boolean sameFormat = form.equals(new Form.Ordinary(stock.original()));
        boolean asked = sameFormat || form instanceof Form.Placeholder || accept.namesPictures();
        return accept.weight(form) > 0 && asked;
    }

    private static boolean serves(
            Variant variant, Accept accept, Stock stock, QualityClass quality, int width) {
        boolean wideEnough =
                variant.width() == Variant.OWN_WIDTH
                        || (width != Variant.OWN_WIDTH && variant.width() >= width);
        return wideEnough
                && variant.quality().compareTo(quality) <= 0
                && accepts(accept, stock, variant.form());
    }

    /** What the client likes best; of those the fewest bytes. */
    private static Comparator<Variant> order(Accept accept, Map<Variant, Long> bytes) {
        return Comparator.<Variant>comparingDouble(variant -> -accept.weight(variant.form()))
                .thenComparingLong(variant -> bytes.getOrDefault(variant, Long.MAX_VALUE))
                .thenComparing(variant -> variant.form().mediaType())
                .thenComparingInt(Variant::width)
                .thenComparing(Variant::quality);
    }

    private static Bypass reason(List<Variant> acceptable, Optional<Variant> wanted, Stock stock) {
        if (acceptable.isEmpty()) {
            return Bypass.NOT_ACCEPTED;
        }
        return wanted.isPresent()
                ? Bypass.NOT_YET
                : stock.bypassed().getOrDefault(acceptable.getFirst(), Bypass.NOT_ACCEPTED);
    }

    private static QualityClass quality(Fields request, Offer offer) {
        boolean saves =
                (offer.heedsSaveData() && "on".equalsIgnoreCase(request.first("Save-Data")))
                        || (offer.heedsNetwork() && isThin(request));
        return saves ? QualityClass.SAVING : offer.quality();
    }

    /** Below 3g by its effective type, or below 0.7 Mbit/s (Network Information API, section 4). */
    private static boolean isThin(Fields request) {
        String type = request.first("ECT");
        return "slow-2g".equals(type)
                || "2g".equals(type)
                || positive(request.first("Downlink")) < 0.7;
    }

    /**
     * The ladder's least width that fills the client's place, or the source's own; never more than
     * the offer's.
     */
    private static int width(Fields request, Stock stock, Offer offer) {
        int most = offer.most() > 0 ? Math.min(offer.most(), stock.width()) : stock.width();
        int widest = most < stock.width() ? most : Variant.OWN_WIDTH;
        if (offer.widths().isEmpty()) {
            return widest;
        }
        double needed =
                Math.min(
                        positive(first(request, "Sec-CH-Width", "Width")),
                        positive(first(request, "Sec-CH-Viewport-Width", "Viewport-Width"))
                                * ratio(request));
        return offer.widths().stream()
                .filter(width -> width >= needed && width < most)
                .findFirst()
                .orElse(widest);
    }

    /** Device pixels for each CSS pixel; without a hint 2, so that no screen gets too little. */
    private static double ratio(Fields request) {
        double given = positive(first(request, "Sec-CH-DPR", "DPR"));
        return given == Double.POSITIVE_INFINITY ? 2 : given;
    }

    private static String first(Fields request, String name, String legacyName) {
        String value = request.first(name);
        String legacy = value == null ? request.first(legacyName) : value;
        return legacy == null ? "" : legacy;
    }

    /** A positive number of at most 9 digits each side; infinity for all else, as if not given. */
    private static double positive(@Nullable String text) {
        if (text == null || !text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            return Double.POSITIVE_INFINITY;
        }
        double value = Double.parseDouble(text);
        return value > 0 ? value : Double.POSITIVE_INFINITY;
    }

    /** Names of the request's fields that decide under an offer; in a fixed order. */
    public static List<String> vary(Offer offer) {
        List<String> names = new ArrayList<>(List.of("Accept"));
        if (offer.heedsSaveData()) {
            names.add("Save-Data");
        }
        if (offer.heedsNetwork()) {
            names.addAll(List.of("ECT", "Downlink"));
        }
        if (!offer.widths().isEmpty()) {
            names.addAll(
                    List.of(
                            "Sec-CH-Width",
                            "Width",
                            "Sec-CH-Viewport-Width",
                            "Viewport-Width",
                            "Sec-CH-DPR",
                            "DPR"));
        }
        return List.copyOf(names);
    }
}
