package dev.vellum.proxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What holds in one section, written as YAML that reads back as the same. */
final class Effective {

    /** What YAML reads as a string wherever it stands; anything else goes into quotation marks. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./_][A-Za-z0-9./_-]*");

    private final List<Entry> entries = new ArrayList<>();

    /** A key with its values, or with its sections. */
    private record Entry(String key, String values, List<Effective> sections, boolean listed) {}

    /** A value in the form that is read; null for one that has none. */
    static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Duration duration -> DurationText.of(duration);
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            default -> value.toString();
        };
    }

    void value(String key, @Nullable String text) {
        if (text != null) {
            entries.add(new Entry(key, quoted(text), List.of(), false));
        }
    }

    void values(String key, List<String> texts) {
        String joined = String.join(", ", texts.stream().map(Effective::quoted).toList());
        entries.add(new Entry(key, '[' + joined + ']', List.of(), false));
    }

    void section(String key, Effective section) {
        entries.add(new Entry(key, "", List.of(section), false));
    }

    void sections(String key, List<Effective> sections) {
        if (sections.isEmpty()) {
            entries.add(new Entry(key, "[]", List.of(), false));
        } else {
            entries.add(new Entry(key, "", sections, true));
        }
    }

    String yaml() {
        StringBuilder out = new StringBuilder();
        write(out, "", "");
        return out.toString();
    }

    /**
     * Writes the entries.
     *
     * @param first what precedes the first line, {@code others} what precedes those behind it
     */
    private void write(StringBuilder out, String first, String others) {
        String indent = first;
        for (Entry entry : entries) {
            out.append(indent).append(entry.key()).append(':');
            indent = others;
            if (entry.sections().isEmpty()) {
                out.append(' ').append(entry.values()).append('\n');
                continue;
            }
            out.append('\n');
            for (Effective section : entry.sections()) {
                section.write(
                        out,
                        others + (entry.listed() ? "  - " : "  "),
                        others + (entry.listed() ? "    " : "  "));
            }
        }
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
