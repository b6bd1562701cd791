package dev.vellum.proxy.command;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.StreamInfo;
import dev.vellum.codec.VellumDecoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what latent streams hold. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Says what latent streams hold, and verifies their checksums; needs no model.")
public final class InspectCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Latent streams.")
    private List<Path> files = List.of();

    @Override
    public Integer call() {
        PrintWriter print = Commands.spec(spec).commandLine().getOut();
        PrintWriter complain = Commands.spec(spec).commandLine().getErr();
        int failed = 0;
        for (Path file : files) {
            try {
                print(print, file, VellumDecoder.inspect(Files.readAllBytes(file)));
            } catch (IOException | CodecException e) {
                failed++;
                complain.println(file + ": " + e.getMessage());
            }
        }
        print.flush();
        complain.flush();
        return failed == 0 ? 0 : 1;
    }

    private static void print(PrintWriter print, Path file, StreamInfo info) {
        print.printf(
                Locale.ROOT,
                "%s: %d x %d, quality %d, %d bytes, %.4f bpp, model %s%n",
                file,
                info.width(),
                info.height(),
                info.quality().value(),
                info.bytes(),
                info.bitsPerPixel(),
                info.model());
        for (StreamInfo.Part part : info.segments()) {
            print.printf(Locale.ROOT, "  %-14s %9d bytes%n", part.name(), part.bytes());
        }
    }
}
