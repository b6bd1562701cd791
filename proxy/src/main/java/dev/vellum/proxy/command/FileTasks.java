package dev.vellum.proxy.command;

import dev.vellum.codec.CodecException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * From one file to another, or from a folder to another: the arguments of {@code encode} and {@code
 * decode}, and the loop over the files. A file that fails does not stop the others.
 */
final class FileTasks {

    @Parameters(index = "0", arity = "0..1", paramLabel = "IN", description = "The file to read.")
    @Nullable Path in;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OUT", description = "The file to write.")
    @Nullable Path out;

    @Option(
            names = "--in-dir",
            paramLabel = "DIR",
            description = "Takes every file of this folder instead of IN.")
    @Nullable Path inDir;

    @Option(
            names = "--out-dir",
            paramLabel = "DIR",
            description = "Where the results go, under the same names with another ending.")
    @Nullable Path outDir;

    /** One file's work; returns a line to print. */
    interface Task {
        String run(Path in, Path out) throws IOException, CodecException;
    }

    private record Pair(Path in, Path out) {}

    /**
     * Does the work.
     *
     * @param endings of the files of a folder that are taken
     * @param ending of the files that are written to a folder
     * @return the status of the command: 0 if all went well, 1 if a file failed
     */
    int run(CommandSpec spec, List<String> endings, String ending, Task task) throws IOException {
        PrintWriter print = spec.commandLine().getOut();
        PrintWriter complain = spec.commandLine().getErr();
        List<Pair> pairs = pairs(spec, endings, ending);
        int failed = 0;
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            String place = pairs.size() == 1 ? "" : "[%d/%d] ".formatted(i + 1, pairs.size());
            try {
                print.println(place + pair.in + ": " + task.run(pair.in, pair.out));
            } catch (IOException | CodecException e) {
                failed++;
                complain.println(place + pair.in + ": " + reason(e));
            }
            print.flush();
            complain.flush();
        }
        return failed == 0 ? 0 : 1;
    }

    private static String reason(Exception e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "no such file"
                : String.valueOf(e.getMessage());
    }

    private List<Pair> pairs(CommandSpec spec, List<String> endings, String ending)
            throws IOException {
        if (inDir != null && outDir != null && in == null) {
            return folder(inDir, outDir, endings, ending);
        }
        if (in != null && out != null && inDir == null && outDir == null) {
            return List.of(new Pair(in, out));
        }
        throw new ParameterException(
                spec.commandLine(), "expected: IN OUT, or --in-dir DIR --out-dir DIR");
    }

    private static List<Pair> folder(Path from, Path to, List<String> endings, String ending)
            throws IOException {
        Files.createDirectories(to);
        List<Pair> pairs = new ArrayList<>();
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.getFileName().toString();
                int dot = name.lastIndexOf('.');
                if (dot > 0 && endings.contains(name.substring(dot).toLowerCase(Locale.ROOT))) {
                    pairs.add(new Pair(file, to.resolve(name.substring(0, dot) + ending)));
                }
            }
        }
        if (pairs.isEmpty()) {
            throw new IOException(from + ": no file that ends in " + String.join(", ", endings));
        }
        return pairs;
    }
}
