package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Cost;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.PictureFormats;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.Transcoder;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.VariantMaker;
import dev.vellum.proxy.picture.vips.Vips;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.picture.vips.VipsLocation;
import dev.vellum.proxy.store.Body;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Makes variants in the background, each in the form that it has. Thread-safe. */
final class Workshop implements AutoCloseable {

    /** A variant that has waited longer is asked for anew by whoever wants it then. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final PictureConfig config;
    private final PictureFormats formats;
    private final VariantMaker ordinary;
    private final Transcoder transcoder;

    Workshop(PictureConfig config, PictureFormats formats) {
        this.config = config;
        this.formats = formats;
        this.ordinary = new VariantMaker(formats, config.guard(), config.efforts());
        this.transcoder =
                Transcoder.start(config.transcoder(), System::nanoTime, formats::leaveThread);
    }

    /** A workshop with this machine's libvips; empty where there is none, or none that works. */
    static Optional<Workshop> open(PictureConfig config) throws VipsException {
        Optional<Path> library = VipsLocation.find();
        return library.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Workshop(
                                config,
                                new PictureFormats(Vips.load(library.get()), config.limits())));
    }

    PictureConfig config() {
        return config;
    }

    Transcoder transcoder() {
        return transcoder;
    }

    /**
     * Makes a variant some time.
     *
     * @param job what it is made of and what it is; equal jobs are done once
     * @param keep run on the worker's thread with what was made; what it returns is the outcome
     * @param ended told of the outcome, which may be that it was not begun; not after a refusal
     */
    Admission make(
            Job job,
            Body source,
            PictureHeader header,
            UnaryOperator<Making> keep,
            Consumer<Making> ended) {
        Variant variant = job.variant();
        if (!(variant.form() instanceof Form.Ordinary(var format))) {
            return new Admission.Refused(Bypass.NOT_ACCEPTED);
        }
        if (!source.tryAcquire()) {
            return new Admission.Refused(Bypass.CANCELLED);
        }
        Admission admission =
                transcoder.submit(
                        job,
                        Cost.of(header, source.length(), format, config.efforts()),
                        PATIENCE,
                        deadline -> {
                            Deadline own = deadline.within(config.limits().time());
                            return keep.apply(ordinary.make(source.bytes(), format, variant, own));
                        });
        switch (admission) {
            case Admission.Taken(var ticket) -> {
                var _ =
                        ticket.outcome()
                                .thenAccept(making -> {
                                    source.release();
                                    ended.accept(making);
                                });
            }
            case Admission.Refused refused -> source.release();
        }
        return admission;
    }

    /**
     * One variant of one source.
     *
     * @param digest of the source
     */
    record Job(String uri, String digest, Variant variant) {}

    @Override
    public void close() {
        transcoder.close();
        formats.close();
    }
}
