package dev.vellum.proxy;

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
        subcommands = HelpCommand.class)
public final class ProxyMain {

    private ProxyMain() {}

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ProxyMain()).execute(arguments));
    }
}
