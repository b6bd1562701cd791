package dev.vellum.proxy.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumDecoder;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Raster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Codes with {@link VellumEncoder}, which decodes what it made and compares. */
final class VellumCoder implements LatentCoder {

    /** Where nobody waits. */
    private static final int MORE_TRIALS = 2;

    private final Model model;
    private final ModelRegistry models;
    private final CodecConfig config;
    private final int effort;
    private final int trials;
    private final Form.Latents form;
    private final Expectation expectation;

    VellumCoder(Model model, CodecConfig config) {
        this(model, config, config.effort(), config.trials(), new Expectation());
    }

    private VellumCoder(
            Model model, CodecConfig config, int effort, int trials, Expectation expectation) {
        this.model = model;
        this.models = new ModelRegistry(List.of(model));
        this.config = config;
        this.effort = effort;
        this.trials = trials;
        this.form = LatentModels.form(model);
        this.expectation = expectation;
    }

    @Override
    public Optional<LatentCoder> patient() {
        return config.idleEffort() <= effort
                ? Optional.empty()
                : Optional.of(
                        new VellumCoder(
                                model,
                                config,
                                config.idleEffort(),
                                MORE_TRIALS * trials,
                                expectation));
    }

    @Override
    public Form.Latents form() {
        return form;
    }

    @Override
    public int guess(QualityClass quality) {
        return config.qualities().getOrDefault(quality, 50);
    }

    @Override
    public int trials() {
        return trials;
    }

    @Override
    public boolean expects(int quality, long pixels, int bytes) {
        return expectation.holds(quality, 8.0 * bytes / pixels);
    }

    @Override
    public Optional<Raster> decode(byte[] file, Deadline deadline) {
        if (deadline.over()) {
            return Optional.empty();
        }
        try {
            Picture picture = new VellumDecoder(models, limits(deadline)).decode(file);
            return Optional.of(Raster.still(picture.width(), picture.height(), 3, picture.rgb()));
        } catch (CodecException damaged) {
            return Optional.empty();
        }
    }

    private static Limits limits(Deadline deadline) {
        Limits usual = Limits.DEFAULT;
        Duration left = Duration.ofNanos(Math.max(0, deadline.remainingNanos()));
        return new Limits(usual.pixels(), usual.streamBytes(), usual.memoryBytes(), left);
    }

    @Override
    public Coding code(Raster raster, int quality, Deadline deadline) {
        if (raster.width() > Picture.MAX_SIDE || raster.height() > Picture.MAX_SIDE) {
            return new Coding.Refused(
                    Bypass.TOO_MANY_PIXELS, raster.width() + " x " + raster.height());
        }
        if (deadline.over()) {
            return new Coding.Refused(deadline.reason(), "not begun");
        }
        try {
            Encoded encoded =
                    new VellumEncoder(model, limits(deadline), effort)
                            .encode(
                                    new Picture(raster.width(), raster.height(), raster.samples()),
                                    new Quality(quality));
            return new Coding.Coded(
                    encoded.stream(), encoded.fidelity().msSsim(), encoded.fidelity().worstTile());
        } catch (CodecException refused) {
            Bypass reason =
                    deadline.over()
                            ? deadline.reason()
                            : refused instanceof CodecException.TooLarge
                                    ? Bypass.TOO_MANY_PIXELS
                                    : Bypass.FAILED;
            return new Coding.Refused(reason, String.valueOf(refused.getMessage()));
        }
    }
}
