package dev.vellum.loadtest;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code vellum load}. */
@Command(
        name = "vellum load",
        mixinStandardHelpOptions = true,
        version = "Vellum 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = "Load, soak and comparison runs; loopback only.",
        subcommands = {
            BrowseCommand.class,
            IdleCommand.class,
            LatencyCommand.class,
            ReportCommand.class,
            SoakCommand.class,
            HelpCommand.class
        })
public final class LoadMain {

    private LoadMain() {}

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadMain()).execute(arguments));
    }
}
