package dev.vellum.codec;

import dev.vellum.codec.model.ModelHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The models at hand, by the id that streams carry. Closing it closes them all. */
public final class ModelRegistry implements AutoCloseable {

    static final String DECODER = ".vlmd";
    static final String ENCODER = ".vlme";

    private final Map<Long, Model> models = new LinkedHashMap<>();

    /**
     * Takes models.
     *
     * @param models each with an id of its own
     */
    public ModelRegistry(Collection<Model> models) {
        for (Model model : models) {
            if (this.models.putIfAbsent(model.id(), model) != null) {
                throw new IllegalArgumentException("model: " + model.hash() + " (expected: once)");
            }
        }
    }

    /**
     * Opens the models that come with the program, by the hashes it was released with.
     *
     * @param tuning how to run the models
     * @return the models, the one to encode with first
     * @throws IOException if a file cannot be read
     * @throws CodecException if one is not what it should be
     */
    public static ModelRegistry bundled(Model.Tuning tuning) throws IOException, CodecException {
        return new ModelRegistry(BundledModels.ofClassPath().load(tuning));
    }

    /**
     * Opens all models of a directory: each file {@code NAME.vlmd}, with {@code NAME.vlme} beside
     * it if the model is to encode.
     *
     * @param directory that holds the files
     * @param tuning how to run the models
     * @return the models, in the order of their file names
     * @throws IOException if a file cannot be read
     * @throws CodecException if one is not what it should be
     */
    public static ModelRegistry open(Path directory, Model.Tuning tuning)
            throws IOException, CodecException {
        return open(directory, Set.of(), tuning);
    }

    /**
     * As {@link #open(Path, Model.Tuning)}, if every model is pinned.
     *
     * @param directory that holds the files
     * @param pins SHA-256 of the decoder files that may be loaded, in lower-case hexadecimal; none:
     *     all may be
     * @param tuning how to run the models
     * @return the models, in the order of their file names
     * @throws IOException if a file cannot be read
     * @throws CodecException if one is not what it should be, or not pinned
     */
    public static ModelRegistry open(Path directory, Set<String> pins, Model.Tuning tuning)
            throws IOException, CodecException {
        List<Path> decoders;
        try (Stream<Path> files = Files.list(directory)) {
            decoders =
                    files.filter(file -> file.getFileName().toString().endsWith(DECODER))
                            .sorted()
                            .toList();
        }
        List<Model> models = new ArrayList<>();
        try {
            for (Path decoder : decoders) {
                models.add(load(decoder, pins, tuning));
            }
            return new ModelRegistry(models);
        } catch (IOException | CodecException | RuntimeException e) {
            models.forEach(Model::close);
            throw e;
        }
    }

    private static Model load(Path decoder, Set<String> pins, Model.Tuning tuning)
            throws IOException, CodecException {
        byte[] bytes = Files.readAllBytes(decoder);
        String hash = ModelHash.of(bytes).hex();
        if (!pins.isEmpty() && !pins.contains(hash)) {
            throw new CodecException.WrongModel(
                    decoder + ": SHA-256 " + hash + " (expected: one of " + pins + ")");
        }
        String file = decoder.getFileName().toString();
        String name = file.substring(0, file.length() - DECODER.length());
        Path encoder = decoder.resolveSibling(name + ENCODER);
        return Files.exists(encoder)
                ? Model.load(bytes, Files.readAllBytes(encoder), tuning)
                : Model.load(bytes, tuning);
    }

    /**
     * All models.
     *
     * @return in the order in which they were given
     */
    public List<Model> models() {
        return List.copyOf(models.values());
    }

    Model find(long id) throws CodecException.WrongModel {
        Model model = models.get(id);
        if (model == null) {
            throw new CodecException.WrongModel(
                    "model whose hash begins with %016x (expected: one of %s)"
                            .formatted(
                                    id,
                                    models.values().stream()
                                            .map(known -> known.hash().substring(0, 16))
                                            .toList()));
        }
        return model;
    }

    /** Closes all models. */
    @Override
    public void close() {
        models.values().forEach(Model::close);
    }
}
