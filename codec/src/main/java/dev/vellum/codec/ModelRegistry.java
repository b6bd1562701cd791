package dev.vellum.codec;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models at hand, by the id that streams carry. Closing it closes them all. */
public final class ModelRegistry implements AutoCloseable {

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
