package dev.vellum.proxy.command;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What commands have in common. */
final class Commands {

    private Commands() {}

    /** What picocli injects before it calls a command. */
    static CommandSpec spec(@Nullable CommandSpec injected) {
        if (injected == null) {
            throw new IllegalStateException("a command runs only through picocli");
        }
        return injected;
    }

    /** A value made from arguments; one that is out of range is wrong usage. */
    static <T> T argument(CommandSpec spec, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
