package dev.vellum.codec.samples;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.VellumDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes a folder of golden streams and compares, with nothing but the codec and ONNX Runtime: for
 * machines on which the tests do not run, such as emulated ones.
 */
public final class GoldenCheck {

    private static final Limits PATIENT =
            new Limits(1 << 20, 1 << 20, 1L << 30, Duration.ofHours(1));

    private GoldenCheck() {}

    /** Checks the folder that is named; the exit status is 1 if a picture differs. */
    public static void main(String[] arguments) throws IOException, CodecException {
        Path folder = Path.of(arguments[0]);
        int different = 0;
        int checked = 0;
        try (Model model =
                        Model.load(
                                Files.readAllBytes(folder.resolve("sample.vlmd")),
                                Model.Tuning.DEFAULT);
                ModelRegistry models = new ModelRegistry(List.of(model))) {
            VellumDecoder decoder = new VellumDecoder(models, PATIENT);
            for (String line : Files.readAllLines(folder.resolve(GoldenFiles.HASHES))) {
                String[] words = line.split(" ", -1);
                byte[] stream = Files.readAllBytes(folder.resolve(words[0]));
                byte[] prefix = Arrays.copyOf(stream, Integer.parseInt(words[1]));
                boolean same = GoldenFiles.hash(decoder.decode(prefix)).equals(words[2]);
                System.out.println(line + (same ? " same" : " DIFFERENT"));
                different += same ? 0 : 1;
                checked++;
            }
        }
        System.out.printf(
                "%s, %d processors: %d of %d pictures differ%n",
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                different,
                checked);
        if (different > 0 || checked == 0) {
            System.exit(1);
        }
    }
}
