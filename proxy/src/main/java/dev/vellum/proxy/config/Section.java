package dev.vellum.proxy.config;

import dev.vellum.proxy.units.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of a configuration file, asked for its keys one by one. It remembers which were asked
 * for, so that {@link #close} can refuse those that nobody knows, and {@link #effective} can write
 * down what holds; and where each stands, so that whatever is wrong is named by path and line.
 * Scalars are read as they are written: YAML's own guesses at types are not asked for.
 */
final class Section implements AutoCloseable {

    private final String source;
    private final String path;
    private final int line;
    private final Map<String, Node> values;
    private final Set<String> known = new HashSet<>();
    private final Effective effective = new Effective();

    private Section(String source, String path, int line, Map<String, Node> values) {
        this.source = source;
        this.path = path;
        this.line = line;
        this.values = values;
    }

    /**
     * Reads a document whose root is a mapping, or that is empty.
     *
     * @param source how messages call it
     */
    static Section parse(String yaml, String source) {
        LoadSettings settings = LoadSettings.builder().setLabel(source).build();
        try {
            return new Compose(settings)
                    .composeString(yaml)
                    .map(root -> of(source, "", root))
                    .orElseGet(() -> new Section(source, "", 1, Map.of()));
        } catch (YamlEngineException notYaml) {
            throw new ConfigException(source + ": " + notYaml.getMessage(), notYaml);
        }
    }

    private static Section of(String source, String path, Node node) {
        if (node instanceof ScalarNode empty && empty.getValue().isEmpty()) {
            return new Section(source, path, line(node), Map.of());
        }
        if (!(node instanceof MappingNode mapping)) {
            throw new ConfigException(
                    at(source, line(node))
                            + (path.isEmpty() ? "the document" : path)
                            + " (expected: keys and values)");
        }
        Map<String, Node> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new ConfigException(
                        at(source, line(tuple.getKeyNode())) + "a key (expected: a word)");
            }
            if (values.put(key.getValue(), tuple.getValueNode()) != null) {
                throw new ConfigException(
                        at(source, line(key))
                                + join(path, key.getValue())
                                + " (expected: each key once)");
            }
        }
        return new Section(source, path, line(node), values);
    }

    /** What holds: every key that was asked for, with its value or default. */
    Effective effective() {
        return effective;
    }

    /** The mapping under {@code key}, empty if there is none. */
    Section section(String key) {
        known.add(key);
        Node node = values.get(key);
        Section section =
                node == null
                        ? new Section(source, join(path, key), line, Map.of())
                        : of(source, join(path, key), node);
        effective.section(key, section.effective);
        return section;
    }

    /** The mappings listed under {@code key}, none if it is not there. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (Node item : items(key)) {
            sections.add(of(source, join(path, key) + "[" + sections.size() + "]", item));
        }
        effective.sections(key, sections.stream().map(section -> section.effective).toList());
        return sections;
    }

    String text(String key, String otherwise) {
        return value(key, otherwise, Function.identity());
    }

    int integer(String key, int otherwise) {
        return value(key, otherwise, Section::integer);
    }

    double fraction(String key, double otherwise) {
        return value(key, otherwise, Section::fraction);
    }

    boolean flag(String key, boolean otherwise) {
        return value(key, otherwise, Section::flag);
    }

    ByteSize size(String key, ByteSize otherwise) {
        return value(key, otherwise, ByteSize::parse);
    }

    Duration duration(String key, Duration otherwise) {
        return value(key, otherwise, DurationText::parse);
    }

    /**
     * A value in a written form of its own.
     *
     * @param reader throws IllegalArgumentException with value and expectation where it is none
     */
    <T> T value(String key, T otherwise, Function<String, T> reader) {
        known.add(key);
        Node node = values.get(key);
        if (node == null) {
            effective.value(key, Effective.text(otherwise));
            return otherwise;
        }
        T read = read(node, join(path, key), reader);
        effective.value(key, ((ScalarNode) node).getValue());
        return read;
    }

    /** As {@link #value}, for what may be left out. */
    <T> Optional<T> optional(String key, Function<String, T> reader) {
        known.add(key);
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        T read = read(node, join(path, key), reader);
        effective.value(key, ((ScalarNode) node).getValue());
        return Optional.of(read);
    }

    /** The values listed under {@code key}. */
    <T> List<T> values(String key, List<T> otherwise, Function<String, T> reader) {
        List<T> read = otherwise;
        if (values.containsKey(key)) {
            read = new ArrayList<>();
            for (Node item : items(key)) {
                read.add(read(item, join(path, key) + "[" + read.size() + "]", reader));
            }
        }
        known.add(key);
        effective.values(key, read.stream().map(Effective::text).toList());
        return read;
    }

    /**
     * What {@code maker} makes of this section's values.
     *
     * @throws ConfigException if it refuses them together, naming the key that it names first
     */
    <T> T make(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException refused) {
            String message = String.valueOf(refused.getMessage());
            int colon = message.indexOf(':');
            Node named = values.get(colon < 0 ? message : message.substring(0, colon));
            throw new ConfigException(
                    at(source, named == null ? line : line(named)) + join(path, message), refused);
        }
    }

    /** Refuses keys that nobody asked for. */
    @Override
    public void close() {
        for (Map.Entry<String, Node> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw new ConfigException(
                        at(source, line(entry.getValue()))
                                + join(path, entry.getKey())
                                + " (expected: one of "
                                + String.join(", ", known.stream().sorted().toList())
                                + ")");
            }
        }
    }

    private List<Node> items(String key) {
        known.add(key);
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw new ConfigException(
                    at(source, line(node)) + join(path, key) + " (expected: a list)");
        }
        return sequence.getValue();
    }

    private <T> T read(Node node, String where, Function<String, T> reader) {
        if (!(node instanceof ScalarNode scalar)) {
            throw new ConfigException(at(source, line(node)) + where + " (expected: one value)");
        }
        try {
            return reader.apply(scalar.getValue());
        } catch (IllegalArgumentException refused) {
            throw new ConfigException(
                    at(source, line(node)) + where + ": " + refused.getMessage(), refused);
        }
    }

    static int integer(String text) {
        if (!text.matches("-?\\d{1,9}")) {
            throw new IllegalArgumentException('"' + text + "\" (expected: a whole number)");
        }
        return Integer.parseInt(text);
    }

    private static double fraction(String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException('"' + text + "\" (expected: a number such as 0.1)");
        }
        return Double.parseDouble(text);
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException('"' + text + "\" (expected: true or false)");
        };
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static String at(String source, int line) {
        return source + ", line " + line + ": ";
    }
}
