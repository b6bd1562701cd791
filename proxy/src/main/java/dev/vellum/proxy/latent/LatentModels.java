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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
                            ? folder(config.models().get(), config.pins())
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

    /** A file that is not pinned stops them all: whoever pins wants to know of it. */
    private static ModelRegistry folder(Path folder, List<String> pins)
            throws IOException, CodecException {
        try (DirectoryStream<Path> decoders = Files.newDirectoryStream(folder, "*.vlmd")) {
            for (Path decoder : decoders) {
                String hash = sha256(Files.readAllBytes(decoder));
                if (!pins.isEmpty() && !pins.contains(hash)) {
                    throw new IOException(
                            decoder + ": SHA-256 " + hash + " (expected: one of codec.pins)");
                }
            }
        }
        return ModelRegistry.open(folder, Model.Tuning.DEFAULT);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
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
