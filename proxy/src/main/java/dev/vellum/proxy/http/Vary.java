package dev.vellum.proxy.http;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which of several responses of one resource answers a request (RFC 9111 section 4.1). */
public final class Vary {

    private Vary() {}

    /** Field names that Vary lists, in lower case, sorted. */
    static List<String> names(Fields response) {
        String text = response.combined("Vary");
        if (text == null) {
            return List.of();
        }
        TreeSet<String> names = new TreeSet<>();
        for (String name : text.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return List.copyOf(names);
    }

    /** Whether Vary has the member {@code *}: no later request is known to match. */
    static boolean isAny(Fields response) {
        return response.contains("Vary") && names(response).contains("*");
    }

    /**
     * Whether the fields that Vary names are the same in both requests, but for what RFC 9111 lets
     * be normalised.
     *
     * @param request as it would be sent upstream, like the stored one was
     */
    public static boolean matches(RequestHead request, StoredResponse stored) {
        if (stored.terms().varyAny()) {
            return false;
        }
        List<String> names = stored.terms().vary();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (!VaryValue.equal(
                    name,
                    request.fields().combined(name),
                    stored.request().fields().combined(name))) {
                return false;
            }
        }
        return true;
    }

    /** Of the responses that match, the one with the most recent Date; null where none does. */
    public static @Nullable StoredResponse select(
            RequestHead request, Collection<StoredResponse> stored) {
        StoredResponse latest = null;
        for (StoredResponse candidate : stored) {
            if (matches(request, candidate)
                    && (latest == null || candidate.isMoreRecentThan(latest))) {
                latest = candidate;
            }
        }
        return latest;
    }
}
