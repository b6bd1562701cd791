package dev.vellum.proxy.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a message in their order (RFC 9110 section 5). Immutable; names are compared
 * without case and keep the case they came in; values hold no surrounding whitespace. Characters
 * are the octets received (ISO 8859-1).
 */
public final class Fields {

    private static final Fields EMPTY = new Fields(new String[0]);

    /** name, value, name, value, ... */
    private final String[] lines;

    private Fields(String[] lines) {
        this.lines = lines;
    }

    /** Fields from alternating names and values. */
    public static Fields of(String... nameThenValue) {
        if (nameThenValue.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "nameThenValue: " + nameThenValue.length + " strings (expected: pairs)");
        }
        return nameThenValue.length == 0 ? EMPTY : new Fields(nameThenValue.clone());
    }

    public static Builder builder() {
        return new Builder(24);
    }

    /** Number of field lines. */
    public int size() {
        return lines.length / 2;
    }

    /** Name of line {@code index}, 0 to {@code size() - 1}. */
    public String name(int index) {
        return lines[2 * index];
    }

    /** Value of line {@code index}, 0 to {@code size() - 1}. */
    public String value(int index) {
        return lines[2 * index + 1];
    }

    public boolean contains(String name) {
        return indexOf(name, 0) >= 0;
    }

    /** Value of the first line of that name. */
    public @Nullable String first(String name) {
        int at = indexOf(name, 0);
        return at < 0 ? null : lines[at + 1];
    }

    /** Values of all lines of that name, in order. */
    public List<String> all(String name) {
        int at = indexOf(name, 0);
        if (at < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; at >= 0; at = indexOf(name, at + 2)) {
            values.add(lines[at + 1]);
        }
        return values;
    }

    /** Values of all lines of that name, joined by {@code ", "} (RFC 9110 section 5.3). */
    public @Nullable String combined(String name) {
        int at = indexOf(name, 0);
        if (at < 0) {
            return null;
        }
        int next = indexOf(name, at + 2);
        if (next < 0) {
            return lines[at + 1];
        }
        StringJoiner joined = new StringJoiner(", ").add(lines[at + 1]);
        for (; next >= 0; next = indexOf(name, next + 2)) {
            joined.add(lines[next + 1]);
        }
        return joined.toString();
    }

    /** These with the one line {@code name: value} in place of all of that name. */
    public Fields with(String name, String value) {
        Builder changed = new Builder(lines.length + 2);
        boolean placed = false;
        for (int i = 0; i < lines.length; i += 2) {
            if (!lines[i].equalsIgnoreCase(name)) {
                changed.add(lines[i], lines[i + 1]);
            } else if (!placed) {
                changed.add(name, value);
                placed = true;
            }
        }
        return placed ? changed.build() : plus(name, value);
    }

    /** These and a further line at the end. */
    public Fields plus(String name, String value) {
        String[] longer = Arrays.copyOf(lines, lines.length + 2);
        longer[lines.length] = name;
        longer[lines.length + 1] = value;
        return new Fields(longer);
    }

    /** These and all lines of {@code other} after them. */
    public Fields plus(Fields other) {
        String[] longer = Arrays.copyOf(lines, lines.length + other.lines.length);
        System.arraycopy(other.lines, 0, longer, lines.length, other.lines.length);
        return new Fields(longer);
    }

    /** These but for all lines of those names. */
    public Fields without(String... names) {
        return without(Arrays.asList(names));
    }

    /** These but for all lines of those names. */
    public Fields without(Collection<String> names) {
        Builder kept = new Builder(lines.length);
        for (int i = 0; i < lines.length; i += 2) {
            if (!isOneOf(lines[i], names)) {
                kept.add(lines[i], lines[i + 1]);
            }
        }
        return kept.size() == size() ? this : kept.build();
    }

    public void forEach(BiConsumer<String, String> line) {
        for (int i = 0; i < lines.length; i += 2) {
            line.accept(lines[i], lines[i + 1]);
        }
    }

    private int indexOf(String name, int from) {
        for (int i = from; i < lines.length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isOneOf(String name, Collection<String> names) {
        for (String candidate : names) {
            if (candidate.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Equal when the same lines come in the same order; the case of names does not count. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Fields that) || that.lines.length != lines.length) {
            return false;
        }
        for (int i = 0; i < lines.length; i += 2) {
            if (!lines[i].equalsIgnoreCase(that.lines[i])
                    || !lines[i + 1].equals(that.lines[i + 1])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < lines.length; i += 2) {
            hash = 31 * hash + lines[i].toLowerCase(Locale.ROOT).hashCode();
            hash = 31 * hash + lines[i + 1].hashCode();
        }
        return hash;
    }

    /** The lines as {@code name: value}, one below the other. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    /** Collects field lines in order. Not thread-safe; may go on after {@link #build}. */
    public static final class Builder {

        private String[] lines;
        private int length;

        private Builder(int capacity) {
            lines = new String[capacity];
        }

        public Builder add(String name, String value) {
            if (length == lines.length) {
                lines = Arrays.copyOf(lines, Math.max(8, 2 * length));
            }
            lines[length++] = name;
            lines[length++] = value;
            return this;
        }

        public int size() {
            return length / 2;
        }

        public Fields build() {
            return length == 0 ? EMPTY : new Fields(Arrays.copyOf(lines, length));
        }
    }
}
