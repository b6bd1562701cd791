package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Splits {@code name[=token|="quoted string"], ...}. A space around the equals sign, an unfinished
 * quotation or text behind one make the argument {@link #BROKEN}, which is no number.
 */
final class DirectiveReader {

    private static final String BROKEN = "?";

    private final String text;
    private int at;

    DirectiveReader(String text) {
        this.text = text;
    }

    Map<String, List<String>> read() {
        Map<String, List<String>> directives = new HashMap<>();
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && "=,".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String name = text.substring(start, at);
            String argument = at < text.length() && text.charAt(at) == '=' ? argument() : "";
            if (name.endsWith(" ") && !argument.isEmpty()) {
                argument = BROKEN;
            }
            name = name.strip().toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                directives.computeIfAbsent(name, any -> new ArrayList<>(1)).add(argument);
            }
            at++; // the comma
        }
        return directives;
    }

    /** Reads on from the equals sign up to the comma that ends the directive. */
    private String argument() {
        at++;
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted();
        }
        int start = at;
        while (at < text.length() && text.charAt(at) != ',') {
            at++;
        }
        String argument = text.substring(start, at).stripTrailing();
        return argument.isEmpty() || argument.startsWith(" ") ? BROKEN : argument;
    }

    private String quoted() {
        StringBuilder argument = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            argument.append(text.charAt(at));
        }
        boolean closed = at < text.length();
        int end = text.indexOf(',', Math.min(at + 1, text.length()));
        String rest = closed ? text.substring(at + 1, end < 0 ? text.length() : end) : BROKEN;
        at = end < 0 ? text.length() : end;
        return rest.isBlank() ? argument.toString() : BROKEN;
    }
}
