package dev.vellum.training;

import dev.vellum.codec.CodecException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

/**
 * The commands of this module: {@code vellum train}, {@code evaluate}, {@code export}, {@code
 * prefixes}, {@code promise}, {@code sharpness} and {@code sheet}.
 */
@Command(
        name = "vellum",
        mixinStandardHelpOptions = true,
        version = "Vellum 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = "Trains, evaluates and exports the models.",
        subcommands = {
            EvaluateCommand.class,
            TrainCommand.class,
            ExportCommand.class,
            PrefixCommand.class,
            PromiseCommand.class,
            SharpnessCommand.class,
            SheetCommand.class,
            HelpCommand.class
        })
public final class TrainingMain {

    private TrainingMain() {}

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(
                new CommandLine(new TrainingMain())
                        .setExecutionExceptionHandler(TrainingMain::report)
                        .execute(arguments));
    }

    /** Mistakes of the caller and bad files as one line, everything else with its trace. */
    private static int report(Exception e, CommandLine command, ParseResult result)
            throws Exception {
        if (e instanceof IllegalArgumentException
                || e instanceof IOException
                || e instanceof CodecException) {
            command.getErr().println("vellum: " + e.getMessage());
            return 1;
        }
        throw e;
    }
}
