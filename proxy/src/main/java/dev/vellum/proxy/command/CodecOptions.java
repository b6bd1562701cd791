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

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "Folder of NAME.vlmd (decoder) and NAME.vlme (encoder) files; default: the"
                            + " models of this release.")
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
        Model.Tuning usual = Model.Tuning.DEFAULT;
        Model.Tuning tuning = new Model.Tuning(threads, usual.optimised(), usual.stripCells());
        ModelRegistry registry =
                models == null ? ModelRegistry.bundled(tuning) : folder(models, tuning);
        if (registry.models().isEmpty()) {
            throw new IOException(
                    (models == null ? "this release" : models)
                            + ": no model (expected: --models DIR with a file NAME.vlmd)");
        }
        return registry;
    }

    private static ModelRegistry folder(Path folder, Model.Tuning tuning)
            throws IOException, CodecException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no folder of models (expected: --models DIR)");
        }
        return ModelRegistry.open(folder, tuning);
    }

    long pixels() {
        return megapixels * 1_000_000L;
    }

    /** Whoever calls the command by hand waits as long as it takes. */
    Limits limits() {
        return new Limits(pixels(), 1L << 30, Long.MAX_VALUE, Duration.ofHours(1));
    }
}
