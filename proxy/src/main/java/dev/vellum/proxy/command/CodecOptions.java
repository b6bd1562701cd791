package dev.vellum.proxy.command;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands on the codec have in common. */
final class CodecOptions {

    private static final String FOLDER = "models";

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "Folder of NAME.vlmd (decoder) and NAME.vlme (encoder) files; default: models"
                            + " beside the command.")
    @Nullable Path models;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads on one picture (default: ${DEFAULT-VALUE}).")
    int threads = 1;

    @Option(
            names = "--max-megapixels",
            paramLabel = "N",
            defaultValue = "100",
            description = "Largest picture (default: ${DEFAULT-VALUE}).")
    int megapixels = 100;

    ModelRegistry open() throws IOException, CodecException {
        Path folder = folder();
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no folder of models (expected: --models DIR)");
        }
        Model.Tuning usual = Model.Tuning.DEFAULT;
        ModelRegistry registry =
                ModelRegistry.open(
                        folder, new Model.Tuning(threads, usual.optimised(), usual.stripCells()));
        if (registry.models().isEmpty()) {
            throw new IOException(folder + ": no model (expected: a file NAME.vlmd)");
        }
        return registry;
    }

    private Path folder() {
        String home = System.getProperty("vellum.home", "");
        return models != null ? models : Path.of(home).resolve(FOLDER);
    }

    long pixels() {
        return megapixels * 1_000_000L;
    }

    /** Whoever calls the command by hand waits as long as it takes. */
    Limits limits() {
        return new Limits(pixels(), 1L << 30, Long.MAX_VALUE, Duration.ofHours(1));
    }
}
