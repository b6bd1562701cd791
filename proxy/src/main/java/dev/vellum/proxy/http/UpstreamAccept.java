package dev.vellum.proxy.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Accept field of image requests in few forms, so that caches before the origin and this one
 * hold few variants. Other requests' Accept goes upstream as it is: APIs and pages choose by it.
 */
final class UpstreamAccept {

    /** From the most to the least that a client may cover, with the types each class needs. */
    private static final List<List<String>> CLASSES =
            List.of(List.of("image/avif", "image/webp"), List.of("image/webp"), List.of());

    private static final String EVERYTHING = "image/*,*/*;q=0.8";

    private UpstreamAccept() {}

    static Fields normalise(Fields request) {
        String accept = request.combined("Accept");
        if (accept == null || !accept.contains("image/")) {
            return request;
        }
        Map<String, Boolean> types = types(accept);
        if (!isImageRequest(types) || !accepts(types, "image/*") || !accepts(types, "*/*")) {
            return request;
        }
        for (List<String> needed : CLASSES) {
            if (needed.stream().allMatch(type -> accepts(types, type))) {
                String named = needed.isEmpty() ? "" : String.join(",", needed) + ",";
                return request.with("Accept", named + EVERYTHING);
            }
        }
        return request;
    }

    /** Only pictures (players' and fetchers' video types may come along) and nothing refused. */
    private static boolean isImageRequest(Map<String, Boolean> types) {
        return types.entrySet().stream()
                .allMatch(type ->
                        type.getValue()
                                && (type.getKey().startsWith("image/")
                                        || type.getKey().startsWith("video/")
                                        || type.getKey().equals("*/*")));
    }

    private static boolean accepts(Map<String, Boolean> types, String type) {
        return types.getOrDefault(type, false);
    }

    /** Each media range without parameters, and whether its weight is above 0. */
    private static Map<String, Boolean> types(String accept) {
        Map<String, Boolean> types = new LinkedHashMap<>();
        for (String member : accept.split(",", -1)) {
            String[] parts = member.strip().toLowerCase(Locale.ROOT).split("[ \t]*;[ \t]*", -1);
            if (parts[0].isEmpty()) {
                continue;
            }
            boolean wanted = true;
            for (int i = 1; i < parts.length; i++) {
                wanted &= !parts[i].matches("q=0(\\.0*)?");
            }
            types.merge(parts[0], wanted, Boolean::logicalAnd);
        }
        return types;
    }
}
