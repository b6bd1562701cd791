package dev.vellum.proxy.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The Accept field of image requests in few forms, so that caches before the origin and this one
 * hold few variants. Other requests' Accept goes upstream as it is: APIs and pages choose by it.
 */
final class UpstreamAccept {

    private static final String LATENTS = "image/vnd.vellum";
    private static final String EVERYTHING = "image/*,*/*;q=0.8";

    private UpstreamAccept() {}

    /**
     * The fields with the largest class that the client covers: AVIF and WebP, WebP, or neither,
     * each with everything else. Unchanged where the client asks for other things than pictures
     * (players' video types may come along), refuses anything, or does not take everything.
     */
    static Fields normalise(Fields client) {
        Fields request = withoutLatents(client);
        String accept = request.combined("Accept");
        if (accept == null || !accept.contains("image/")) {
            return request;
        }
        boolean avif = false;
        boolean webp = false;
        boolean pictures = false;
        boolean everything = false;
        for (int start = 0; start < accept.length(); ) {
            int comma = accept.indexOf(',', start);
            int end = comma < 0 ? accept.length() : comma;
            int semicolon = accept.indexOf(';', start);
            int typeEnd = semicolon < 0 || semicolon > end ? end : semicolon;
            String type = accept.substring(start, typeEnd).strip();
            if (isRefused(accept.substring(typeEnd, end))) {
                return request;
            }
            if (type.equalsIgnoreCase("image/avif")) {
                avif = true;
            } else if (type.equalsIgnoreCase("image/webp")) {
                webp = true;
            } else if (type.equalsIgnoreCase("image/*")) {
                pictures = true;
            } else if (type.equals("*/*")) {
                everything = true;
            } else if (!type.isEmpty() && !isPicture(type)) {
                return request;
            }
            start = end + 1;
        }
        if (!pictures || !everything) {
            return request;
        }
        String named = webp ? (avif ? "image/avif,image/webp," : "image/webp,") : "";
        return request.with("Accept", named + EVERYTHING);
    }

    /**
     * Without what asks for latents: whoever does not know the type has no use for it, and would
     * learn which model the client has. Only a parent is told, by the proxy next to the client.
     */
    private static Fields withoutLatents(Fields client) {
        String accept = client.combined("Accept");
        if (accept == null || !accept.toLowerCase(Locale.ROOT).contains(LATENTS)) {
            return client;
        }
        String others =
                Arrays.stream(accept.split(",", -1))
                        .map(String::strip)
                        .filter(range -> !range.toLowerCase(Locale.ROOT).startsWith(LATENTS))
                        .collect(Collectors.joining(", "));
        return client.with("Accept", others.isEmpty() ? EVERYTHING : others);
    }

    private static boolean isPicture(String type) {
        return type.regionMatches(true, 0, "image/", 0, 6)
                || type.regionMatches(true, 0, "video/", 0, 6);
    }

    /** Whether the parameters, from their first semicolon, hold a weight of 0. */
    private static boolean isRefused(String parameters) {
        for (int at = parameters.indexOf(';'); at >= 0; at = parameters.indexOf(';', at + 1)) {
            int next = parameters.indexOf(';', at + 1);
            String parameter =
                    parameters.substring(at + 1, next < 0 ? parameters.length() : next).strip();
            if (parameter.regionMatches(true, 0, "q=", 0, 2)
                    && parameter.substring(2).chars().allMatch(c -> c == '0' || c == '.')) {
                return true;
            }
        }
        return false;
    }
}
