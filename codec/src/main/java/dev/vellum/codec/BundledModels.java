package dev.vellum.codec;

import dev.vellum.codec.model.ModelHash;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models on the class path, in {@code dev/vellum/codec/models}. The file {@code index} there
 * pins them, a line each: name, SHA-256 of {@code NAME.vlmd}. The encoder files {@code NAME.vlme}
 * may come in a jar of their own, or not at all.
 */
final class BundledModels {

    private static final String FOLDER = "models/";

    /** Opens a file by its name; null if there is none. */
    interface Source {
        @Nullable InputStream open(String name);
    }

    private final Source source;

    BundledModels(Source source) {
        this.source = source;
    }

    static BundledModels ofClassPath() {
        return new BundledModels(name -> ModelRegistry.class.getResourceAsStream(FOLDER + name));
    }

    /** Loads the models of the index, in its order. */
    List<Model> load(Model.Tuning tuning) throws IOException, CodecException {
        List<Model> models = new ArrayList<>();
        try {
            for (String line :
                    new String(required("index"), StandardCharsets.US_ASCII).lines().toList()) {
                models.add(load(line, tuning));
            }
            return models;
        } catch (IOException | CodecException | RuntimeException e) {
            models.forEach(Model::close);
            throw e;
        }
    }

    private Model load(String line, Model.Tuning tuning) throws IOException, CodecException {
        String[] words = line.split(" ", -1);
        if (words.length != 2) {
            throw new IOException("index of the models: '" + line + "' (expected: NAME SHA-256)");
        }
        byte[] decoder = required(words[0] + ModelRegistry.DECODER);
        String hash = ModelHash.of(decoder).hex();
        if (!hash.equals(words[1])) {
            throw new CodecException.WrongModel(
                    "model " + words[0] + ": SHA-256 " + hash + " (expected: " + words[1] + ")");
        }
        byte[] encoder = read(words[0] + ModelRegistry.ENCODER);
        return encoder == null ? Model.load(decoder, tuning) : Model.load(decoder, encoder, tuning);
    }

    private byte[] required(String name) throws IOException {
        byte[] bytes = read(name);
        if (bytes == null) {
            throw new FileNotFoundException(FOLDER + name + " on the class path");
        }
        return bytes;
    }

    private byte @Nullable [] read(String name) throws IOException {
        try (InputStream in = source.open(name)) {
            return in == null ? null : in.readAllBytes();
        }
    }
}
