package dev.vellum.proxy.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.Offer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models at hand. Without any, pictures travel in ordinary forms only, and the log says why.
 * Thread-safe.
 */
public final class LatentModels implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LatentModels.class);

    private final ModelRegistry registry;
    private final Optional<LatentCoder> coder;

    private LatentModels(ModelRegistry registry, CodecConfig config) {
        this.registry = registry;
        this.coder =
                registry.models().stream()
                        .filter(Model::encodes)
                        .findFirst()
                        .map(model -> new VellumCoder(model, config));
    }

    /** Loads the models that a configuration names. */
    public static LatentModels open(CodecConfig config) {
        if (!config.on()) {
            return none(config);
        }
        try {
            ModelRegistry registry =
                    config.models().isPresent()
                            ? ModelRegistry.open(
                                    config.models().get(),
                                    Set.copyOf(config.pins()),
                                    Model.Tuning.DEFAULT)
                            : ModelRegistry.bundled(Model.Tuning.DEFAULT);
            if (registry.models().isEmpty()) {
                LOG.info("no latents: no model in {}", place(config));
            }
            return new LatentModels(registry, config);
        } catch (IOException | CodecException | RuntimeException unusable) {
            LOG.warn("no latents: {}: {}", place(config), unusable.toString());
            return none(config);
        }
    }

    private static LatentModels none(CodecConfig config) {
        return new LatentModels(new ModelRegistry(List.of()), config);
    }

    private static String place(CodecConfig config) {
        return config.models().map(Object::toString).orElse("this release");
    }

    /** What latents of a model travel as. */
    static Form.Latents form(Model model) {
        return new Form.Latents(model.hash().substring(0, 10));
    }

    /** Codes pictures with the first model that can. */
    public Optional<LatentCoder> coder() {
        return coder;
    }

    /** What the first model's latents travel as. */
    public Optional<Form.Latents> form() {
        return registry.models().stream().findFirst().map(LatentModels::form);
    }

    /** Decodes latents of every model. */
    VellumDecoder decoder(Limits limits) {
        return new VellumDecoder(registry, limits);
    }

    /** An offer with latents before all else, if they can be made. */
    public Offer offer(Offer ordinary) {
        return coder.map(
                        one -> {
                            List<Form> forms = new ArrayList<>(ordinary.forms());
                            forms.addFirst(one.form());
                            return ordinary.with(forms);
                        })
                .orElse(ordinary);
    }

    @Override
    public void close() {
        registry.close();
    }
}
