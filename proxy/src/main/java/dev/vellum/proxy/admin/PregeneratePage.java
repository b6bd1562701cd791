package dev.vellum.proxy.admin;

import dev.vellum.proxy.pregenerate.Pregenerator;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /pregenerate}: pictures to be made ready, {@code url} in the query as often as
 * needed; {@code GET} tells how far they are.
 */
final class PregeneratePage {

    private final Pregenerator pregenerator;

    PregeneratePage(Pregenerator pregenerator) {
        this.pregenerator = pregenerator;
    }

    /** A status and a line. */
    record Answer(int status, String text) {}

    Answer progress() {
        return new Answer(200, "done: " + pregenerator.progress() + "\n");
    }

    Answer take(String pathAndQuery) {
        List<URI> urls;
        try {
            urls = read(pathAndQuery);
        } catch (IllegalArgumentException refused) {
            return new Answer(400, refused.getMessage() + "\n");
        }
        int added = pregenerator.add(urls);
        return added == urls.size()
                ? new Answer(202, "taken: " + added + "\n")
                : new Answer(503, "taken: " + added + " of " + urls.size() + "; the rest later\n");
    }

    /**
     * What a query names.
     *
     * @throws IllegalArgumentException if it is nothing, or anything that is not known
     */
    static List<URI> read(String pathAndQuery) {
        int question = pathAndQuery.indexOf('?');
        List<URI> urls = new ArrayList<>();
        for (String parameter : pathAndQuery.substring(question + 1).split("&", -1)) {
            String value =
                    question >= 0 && parameter.startsWith("url=")
                            ? URLDecoder.decode(parameter.substring(4), StandardCharsets.UTF_8)
                            : "";
            URI url = URI.create(value);
            if (url.getHost() == null || !("" + url.getScheme()).matches("https?")) {
                throw new IllegalArgumentException(
                        "query: \"" + parameter + "\" (expected: url=URL, as often as needed)");
            }
            urls.add(url);
        }
        return urls;
    }
}
