package sample;

import dev.vellum.codec.*;
import java.nio.file.*;

/** Decodes a latent stream to a portable pixmap: {@code java sample.Decode MODELS IN.vlm OUT.ppm}. */
public class Decode {
    public static void main(String[] args) throws Exception {
        try (var models = ModelRegistry.open(Path.of(args[0]), Model.Tuning.DEFAULT)) {
            var picture = new VellumDecoder(models, Limits.DEFAULT).decode(Files.readAllBytes(Path.of(args[1])));
            var header = "P6 %d %d 255\n".formatted(picture.width(), picture.height());
            Files.writeString(Path.of(args[2]), header);
            Files.write(Path.of(args[2]), picture.rgb(), StandardOpenOption.APPEND);
        }
    }
}
