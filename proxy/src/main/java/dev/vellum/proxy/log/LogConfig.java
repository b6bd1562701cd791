package dev.vellum.proxy.log;

import java.nio.file.Path;

/**
 * Where the access log goes.
 *
 * @param access what becomes of its lines
 * @param query whether the query of a request's target is logged; it often holds what should not be
 *     kept
 * @param queue requests that may wait to be written; those beyond are not logged, but counted
 */
public record LogConfig(Access access, boolean query, int queue) {

    /** To standard output, without queries. */
    public static final LogConfig DEFAULT = new LogConfig(new Access.Stdout(), false, 8192);

    /** Nowhere. */
    public static final LogConfig OFF = new LogConfig(new Access.Off(), false, 1);

    /** What becomes of the lines. */
    public sealed interface Access {

        /** They are not written. */
        record Off() implements Access {
            @Override
            public String toString() {
                return "off";
            }
        }

        /** They go to standard output. */
        record Stdout() implements Access {
            @Override
            public String toString() {
                return "stdout";
            }
        }

        /** They are appended to a file, which is made with mode 0600 if it is not there. */
        record File(Path path) implements Access {
            @Override
            public String toString() {
                return path.toString();
            }
        }

        /** Reads {@code off}, {@code stdout} or a path. */
        static Access parse(String text) {
            return switch (text) {
                case "" ->
                        throw new IllegalArgumentException(
                                "\"\" (expected: off, stdout or a file)");
                case "off" -> new Off();
                case "stdout" -> new Stdout();
                default -> new File(Path.of(text));
            };
        }
    }

    public LogConfig {
        if (queue < 1) {
            throw new IllegalArgumentException("queue: " + queue + " (expected: >= 1)");
        }
    }
}
