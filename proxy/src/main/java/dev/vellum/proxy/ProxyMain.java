package dev.vellum.proxy;

import dev.vellum.proxy.command.DecodeCommand;
import dev.vellum.proxy.command.DemoCommand;
import dev.vellum.proxy.command.EncodeCommand;
import dev.vellum.proxy.command.FailedCommand;
import dev.vellum.proxy.command.InspectCommand;
import dev.vellum.proxy.command.PregenerateCommand;
import dev.vellum.proxy.command.PurgeCommand;
import dev.vellum.proxy.command.ServeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code vellum} command: the proxy, and the codec on files. */
@Command(
        name = "vellum",
        mixinStandardHelpOptions = true,
        version = "Vellum 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = "A caching compression proxy: the same pictures for a fraction of the bytes.",
        footer = {
            "",
            "In a checkout the launcher also knows:",
            "  train, evaluate, export   make and judge models (module model-training)",
            "  load COMMAND              load and soak runs (module loadtest)",
            "  dist [DIR]                a directory that runs anywhere with a JDK 25",
            "  bench MODULE [PATTERN]    JMH benchmarks by name",
            "  format                    formats the Java sources",
            "",
            "Comparisons with other programs are scripts in loadtest/, each with --help.",
            "",
            "'vellum COMMAND --help' explains a command. JAVA_OPTIONS reaches the JVM.",
            "Exit status: 0 done, 1 failed, 2 wrong usage.",
        },
        subcommands = {
            ServeCommand.class,
            EncodeCommand.class,
            DecodeCommand.class,
            InspectCommand.class,
            PurgeCommand.class,
            DemoCommand.class,
            PregenerateCommand.class,
            HelpCommand.class
        })
public final class ProxyMain {

    private ProxyMain() {}

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * All commands. What one fails with is a line on standard error; only a bug is a stack trace.
     */
    public static CommandLine commandLine() {
        return new CommandLine(new ProxyMain()).setExecutionExceptionHandler(new FailedCommand());
    }
}
