package dev.vellum.proxy.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.Encoded;
import dev.vellum.codec.Limits;
import dev.vellum.codec.Model;
import dev.vellum.codec.Picture;
import dev.vellum.codec.Quality;
import dev.vellum.codec.VellumEncoder;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.Raster;
import java.time.Duration;

/** Codes with {@link VellumEncoder}, which decodes what it made and compares. */
final class VellumCoder implements LatentCoder {

    private final Model model;
    private final CodecConfig config;
    private final Form.Latents form;

    VellumCoder(Model model, CodecConfig config) {
        this.model = model;
        this.config = config;
        this.form = LatentModels.form(model);
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
        return config.trials();
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
        Limits usual = Limits.DEFAULT;
        Duration left = Duration.ofNanos(Math.max(0, deadline.remainingNanos()));
        Limits limits = new Limits(usual.pixels(), usual.streamBytes(), usual.memoryBytes(), left);
        try {
            Encoded encoded =
                    new VellumEncoder(model, limits, config.effort())
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
