package dev.vellum.proxy.picture;

import dev.vellum.proxy.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an Accept field says of pictures (RFC 9110 section 12.5.1).
 *
 * <p>AVIF, WebP and latents count as accepted only where their own type is named: programs from
 * before these formats send wildcards too. JPEG, PNG and GIF go by wildcards as well.
 */
final class Accept {

    private static final double LEAST = 0.001;
    private static final double FULL = 1;

    private final List<Range> ranges;

    private Accept(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * One media range.
     *
     * @param model of the parameter {@code m}; empty if there is none
     * @param plain whether there is no parameter but the weight
     */
    private record Range(String type, String model, boolean plain, double weight) {}

    static Accept of(Fields request) {
        String text = request.combined("Accept");
        if (text == null || text.isBlank()) {
            return new Accept(List.of(new Range("*/*", "", true, FULL))); // anything will do
        }
        List<Range> ranges = new ArrayList<>();
        for (String member : split(text, ',')) {
            Range range = range(member);
            if (range != null) {
                ranges.add(range);
            }
        }
        return new Accept(ranges);
    }

    /** Weight of a form, 0 (not acceptable) to 1. */
    double weight(Form form) {
        return switch (form) {
            case Form.Latents(String model) -> latents(model);
            case Form.Ordinary ordinary -> ordinary(ordinary.format());
            // its URL asks for it, so that there is always one
            case Form.Placeholder(var format) ->
                    format == Format.PNG ? Math.max(LEAST, ordinary(format)) : ordinary(format);
        };
    }

    private double ordinary(Format format) {
        String type = format.mediaType();
        return switch (format) {
            case AVIF, WEBP -> exact(type, 0);
            case JPEG, PNG, GIF -> exact(type, exact("image/*", exact("*/*", 0)));
        };
    }

    /** Whether the request is for a picture, as far as its Accept tells. */
    boolean namesPictures() {
        return ranges.stream().anyMatch(range -> range.type.startsWith("image/"));
    }

    private double latents(String model) {
        for (Range range : ranges) {
            if (range.type.equals(Form.Latents.TYPE) && range.model.equals(model)) {
                return range.weight;
            }
        }
        return 0;
    }

    private double exact(String type, double otherwise) {
        for (Range range : ranges) {
            if (range.plain && range.type.equals(type)) {
                return range.weight;
            }
        }
        return otherwise;
    }

    private static @Nullable Range range(String member) {
        List<String> parts = split(member, ';');
        String type = parts.get(0).strip().toLowerCase(Locale.ROOT);
        String model = "";
        boolean plain = true;
        double weight = FULL;
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            String name = (equals < 0 ? part : part.substring(0, equals)).strip();
            String value = equals < 0 ? "" : unquoted(part.substring(equals + 1).strip());
            if (name.equalsIgnoreCase("q")) {
                weight = weight(value);
                break; // what follows is no parameter of the type
            }
            plain &= name.isEmpty();
            if (name.equalsIgnoreCase(Form.Latents.PARAMETER)) {
                model = value.toLowerCase(Locale.ROOT);
            }
        }
        return type.isEmpty() ? null : new Range(type, model, plain, weight);
    }

    /** A weight that is none refuses: what cannot be read is not asked for. */
    private static double weight(String value) {
        return value.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : 0;
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
