package dev.vellum.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns results into a page. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Makes a page with charts of what compare-hits -o RESULTS wrote.")
final class ReportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RESULTS")
    private @Nullable Path results;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "(default: ${DEFAULT-VALUE})")
    private Path out = Path.of("report.html");

    @Override
    public Integer call() throws IOException {
        if (results == null) {
            throw new IllegalArgumentException("RESULTS (expected: a file)");
        }
        Files.writeString(out, ResultsPage.of(Files.readAllLines(results)));
        System.out.println("vellum: " + out);
        return 0;
    }
}
