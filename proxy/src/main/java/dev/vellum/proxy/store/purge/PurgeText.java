package dev.vellum.proxy.store.purge;

import dev.vellum.proxy.store.purge.Purge.Target;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** A purge as a text of one line: {@code hard|soft kind [argument [argument]]}, percent-encoded. */
public final class PurgeText {

    private PurgeText() {}

    /** The text of a purge. */
    public static String write(Purge purge) {
        String target =
                switch (purge.target()) {
                    case Target.Url(var uri) -> "url " + encode(uri);
                    case Target.Prefix(var uri) -> "prefix " + encode(uri);
                    case Target.Tag(var origin, var name) -> "tag " + encode(name, origin);
                    case Target.Group(var origin, var name) -> "group " + encode(name, origin);
                    case Target.Model(var model) -> "model " + model;
                    case Target.Source(var digest) -> "source " + digest;
                    case Target.Everything() -> "everything";
                };
        return (purge.soft() ? "soft " : "hard ") + target;
    }

    /**
     * The purge of a text.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Purge read(String text) {
        String[] words = text.split(" ", -1);
        try {
            boolean soft = words[0].equals("soft");
            Target target =
                    switch (words[1]) {
                        case "url" -> new Target.Url(decode(words[2]));
                        case "prefix" -> new Target.Prefix(decode(words[2]));
                        case "tag" -> new Target.Tag(decode(words[3]), decode(words[2]));
                        case "group" -> new Target.Group(decode(words[3]), decode(words[2]));
                        case "model" -> Purge.model(words[2]);
                        case "source" -> Purge.source(words[2]);
                        case "everything" -> new Target.Everything();
                        default -> throw new IllegalArgumentException(words[1]);
                    };
            return new Purge(target, soft);
        } catch (IndexOutOfBoundsException tooShort) {
            throw new IllegalArgumentException(
                    "purge: \"" + text + "\" (expected: hard or soft, a kind and its arguments)",
                    tooShort);
        }
    }

    private static String encode(String name, String origin) {
        return encode(name) + " " + encode(origin);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
