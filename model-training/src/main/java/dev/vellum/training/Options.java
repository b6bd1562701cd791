package dev.vellum.training;

import org.jspecify.annotations.Nullable;

/** Options that the command line guarantees, as values. */
final class Options {

    private Options() {}

    /** The value of a required option. */
    static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " (expected: a value)");
        }
        return value;
    }
}
