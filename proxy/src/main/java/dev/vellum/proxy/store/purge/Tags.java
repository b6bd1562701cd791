package dev.vellum.proxy.store.purge;

import dev.vellum.proxy.http.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * Names that an origin gives its responses so that they can be purged together: {@code
 * Surrogate-Key}, separated by spaces, and {@code Cache-Tag}, separated by commas.
 */
final class Tags {

    /** Beyond this many, a response's tags are left out. */
    private static final int MAX_TAGS = 1_000;

    private Tags() {}

    static List<String> of(Fields fields) {
        String keys = fields.combined("Surrogate-Key");
        String tags = fields.combined("Cache-Tag");
        if (keys == null && tags == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        split(names, keys == null ? "" : keys, " ,\t");
        split(names, tags == null ? "" : tags, ",");
        return names;
    }

    private static void split(List<String> names, String text, String separators) {
        int start = 0;
        for (int i = 0; i <= text.length() && names.size() < MAX_TAGS; i++) {
            if (i == text.length() || separators.indexOf(text.charAt(i)) >= 0) {
                String name = text.substring(start, i).strip();
                if (!name.isEmpty()) {
                    names.add(name);
                }
                start = i + 1;
            }
        }
    }
}
