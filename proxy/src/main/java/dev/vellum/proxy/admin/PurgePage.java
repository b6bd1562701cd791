package dev.vellum.proxy.admin;

import dev.vellum.proxy.store.purge.Purge;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /purge}: what to purge is in the query, {@code url}, {@code prefix}, {@code tag},
 * {@code group}, {@code model} and {@code source} as often as needed, or {@code everything}; {@code
 * origin} bounds tags and groups, {@code soft} applies to all.
 */
final class PurgePage {

    private final Purger purger;

    PurgePage(Purger purger) {
        this.purger = purger;
    }

    /** What is said to a purge: a status and a line. */
    record Answer(int status, String text) {}

    Answer answer(String pathAndQuery) {
        List<Purge> wishes;
        try {
            wishes = read(pathAndQuery);
        } catch (IllegalArgumentException refused) {
            return new Answer(400, refused.getMessage() + "\n");
        }
        try {
            purger.purge(wishes);
            return new Answer(200, "purged: " + wishes.size() + "\n");
        } catch (IOException notWritten) {
            return new Answer(500, "purged, but forgotten when this process ends: disk failed\n");
        }
    }

    /**
     * What a query asks for.
     *
     * @throws IllegalArgumentException if it is nothing, or anything that is not known
     */
    static List<Purge> read(String pathAndQuery) {
        int question = pathAndQuery.indexOf('?');
        String query = question < 0 ? "" : pathAndQuery.substring(question + 1);
        String origin = Purge.ANY_ORIGIN;
        boolean soft = false;
        List<String[]> named = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : decode(parameter.substring(equals + 1));
            switch (key) {
                case "" -> {}
                case "origin" -> origin = value;
                case "soft" -> soft = flag(key, value);
                default -> named.add(new String[] {key, value});
            }
        }
        List<Purge> wishes = new ArrayList<>();
        for (String[] one : named) {
            wishes.add(new Purge(target(one[0], one[1], origin), soft));
        }
        if (wishes.isEmpty()) {
            throw new IllegalArgumentException(
                    "query: nothing (expected: url, prefix, tag, group, model, source or everything)");
        }
        return wishes;
    }

    private static Purge.Target target(String key, String value, String origin) {
        return switch (key) {
            case "url" -> Purge.url(value);
            case "prefix" -> Purge.prefix(value);
            case "tag" -> Purge.tag(origin, value);
            case "group" -> Purge.group(origin, value);
            case "model" -> Purge.model(value);
            case "source" -> Purge.source(value);
            case "everything" -> {
                if (!flag(key, value)) {
                    throw new IllegalArgumentException("everything: false (expected: true)");
                }
                yield new Purge.Target.Everything();
            }
            default ->
                    throw new IllegalArgumentException(
                            "query: unknown name (expected: url, prefix, tag, group, model, source,"
                                    + " everything, origin or soft)");
        };
    }

    private static boolean flag(String key, String value) {
        return switch (value) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + " (expected: true or false)");
        };
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
