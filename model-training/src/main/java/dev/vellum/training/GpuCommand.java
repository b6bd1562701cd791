package dev.vellum.training;

import ai.djl.ndarray.NDManager;
import dev.vellum.training.data.Batch;
import dev.vellum.training.data.BatchSource;
import dev.vellum.training.data.PictureFolder;
import dev.vellum.training.loop.TrainingLoop;
import dev.vellum.training.loop.Weights;
import dev.vellum.training.model.Architecture;
import dev.vellum.training.script.CodecScript;
import dev.vellum.training.script.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vellum train gpu}. */
@Command(
        name = "gpu",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Writes what model-training/gpu/train.py needs on another machine: codec.pt (the whole"
                    + " training step), state.safetensors, pictures.npy.",
            "What it brings back, a state, is taken in by train --from."
        })
final class GpuCommand implements Callable<Integer> {

    private static final int LARGEST = 320;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Pictures.")
    private @Nullable Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where it goes.")
    private @Nullable Path out;

    @Option(
            names = "--from",
            paramLabel = "WEIGHTS",
            description = "Start from trained weights instead of fresh ones.")
    private @Nullable Path from;

    @Option(names = "--architecture", description = "Of fresh weights.")
    private String name = "shipped";

    @Option(
            names = "--tiles",
            description = "Random crops of 320 x 320 in pictures.npy, 0.3 MB each.")
    private int tiles = 190;

    @Option(names = "--seed", description = "Of fresh weights and crops.")
    private long seed = 1;

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createDirectories(Options.given("--out", out));
        Optional<Weights> start = from == null ? Optional.empty() : Optional.of(Weights.read(from));
        Architecture architecture =
                start.map(Weights::architecture).orElseGet(() -> Architecture.parse(name));
        Files.write(directory.resolve("codec.pt"), CodecScript.archive(architecture));
        BatchSource source =
                BatchSource.read(
                        PictureFolder.of(Options.given("--data", data)),
                        new BatchSource.Settings(1, LARGEST, seed, false),
                        architecture);
        try (NDManager manager = Engine.start(1)) {
            TrainingLoop.writeStart(
                    manager,
                    architecture,
                    start,
                    seed,
                    source,
                    directory.resolve("state.safetensors"));
        }
        try (OutputStream file = Files.newOutputStream(directory.resolve("pictures.npy"))) {
            file.write(header(tiles));
            for (int i = 0; i < tiles; i++) {
                Batch batch = source.batch(i);
                file.write(batch.pixels());
            }
        }
        return 0;
    }

    /** NumPy's format 1.0: magic, length, a dictionary padded to a multiple of 64 bytes. */
    private static byte[] header(int tiles) {
        String text =
                "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 3, %d, %d), }"
                        .formatted(tiles, LARGEST, LARGEST);
        int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
        byte[] header = new byte[10 + length];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
        System.arraycopy(start, 0, header, 0, start.length);
        header[8] = (byte) length;
        header[9] = (byte) (length >> 8);
        byte[] padded =
                (text + " ".repeat(length - text.length() - 1) + "\n")
                        .getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(padded, 0, header, 10, length);
        return header;
    }
}
