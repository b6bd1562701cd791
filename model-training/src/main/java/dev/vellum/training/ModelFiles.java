package dev.vellum.training;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Both files of a model that is to be measured.
 *
 * @param decoder {@code NAME.vlmd}; {@code NAME.vlme} lies beside it
 */
record ModelFiles(Path decoder) {

    /** The decoder file's name without its ending. */
    String name() {
        return decoder.getFileName().toString().replaceFirst("\\.vlmd$", "");
    }

    /** Loads the model, encoder included; the caller closes it. */
    Model load() throws IOException, CodecException {
        byte[] encoder = Files.readAllBytes(decoder.resolveSibling(name() + ".vlme"));
        return Model.load(Files.readAllBytes(decoder), encoder, Model.Tuning.DEFAULT);
    }
}
