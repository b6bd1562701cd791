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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models at hand. Without any, pictures travel in ordinary forms only, and the log says why.
 * Thread-safe.
 */
public final class LatentModels implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LatentModels.class);

    /** All models; another one takes its place when a model comes. */
    private volatile ModelRegistry registry;

    private final CodecConfig config;
    private final Optional<LatentCoder> coder;
    private boolean closed; // guarded by this

    private LatentModels(ModelRegistry registry, CodecConfig config) {
        this.registry = registry;
        this.config = config;
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

    /** What every model's latents travel as, the first model's first. */
    List<Form.Latents> forms() {
        return registry.models().stream().map(LatentModels::form).toList();
    }

    /** The model with a decoder file of that SHA-256, in lower-case hexadecimal, or null. */
    @Nullable Model byHash(String hash) {
        return registry.models().stream()
                .filter(model -> model.hash().equals(hash))
                .findFirst()
                .orElse(null);
    }

    /** SHA-256 of the models that the configuration pins and that are not at hand. */
    List<String> missing() {
        return config.on()
                ? config.pins().stream().filter(pin -> byHash(pin) == null).toList()
                : List.of();
    }

    /**
     * Takes a decoder file that came from elsewhere, and keeps it in the configured folder if there
     * is one.
     *
     * @param pin SHA-256 that it must have
     * @throws CodecException if it is not that file, or not one that may be loaded: its size,
     *     operators and multiplications are checked first
     */
    synchronized void add(String pin, byte[] file) throws CodecException {
        String hash = sha256(file);
        if (!hash.equals(pin)) {
            throw new CodecException.WrongModel("SHA-256 " + hash + " (expected: " + pin + ")");
        }
        if (closed || byHash(pin) != null) {
            return;
        }
        List<Model> all = new ArrayList<>(registry.models());
        all.add(Model.load(file, Model.Tuning.DEFAULT));
        registry = new ModelRegistry(all);
        config.models().ifPresent(folder -> keep(folder.resolve(pin + ".vlmd"), file));
    }

    private static void keep(Path path, byte[] file) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Path part = Files.createTempFile(path.toAbsolutePath().getParent(), "model", ".part");
            Files.write(part, file);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            LOG.warn("{}: {}: fetched again at the next start", path, unwritable.toString());
        }
    }

    private static String sha256(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is in every JDK", impossible);
        }
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
    public synchronized void close() {
        closed = true;
        registry.close();
    }
}
