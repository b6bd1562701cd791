package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Cost;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.LatentCoder;
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
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes variants in the background, each in the form that it has. Thread-safe. */
final class VariantJobs implements AutoCloseable {

    /** A variant that has waited longer is asked for anew by whoever wants it then. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final PictureConfig config;
    private final PictureFormats formats;
    private final VariantMaker maker;
    private final Optional<LatentCoder> coder;
    private final Transcoder transcoder;

    VariantJobs(PictureConfig config, PictureFormats formats, Optional<LatentCoder> coder) {
        this.config = config;
        this.formats = formats;
        this.coder = coder;
        this.maker = new VariantMaker(formats, config.guard(), config.efforts());
        this.transcoder =
                Transcoder.start(config.transcoder(), System::nanoTime, formats::leaveThread);
    }

    /** Jobs with this machine's libvips; empty where there is none, or none that works. */
    static Optional<VariantJobs> open(PictureConfig config, Optional<LatentCoder> coder)
            throws VipsException {
        Optional<Path> library = VipsLocation.find();
        return library.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new VariantJobs(
                                config,
                                new PictureFormats(Vips.load(library.get()), config.limits()),
                                coder));
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
        Work work = work(variant, header, source.length());
        if (work == null) {
            return new Admission.Refused(Bypass.NOT_ACCEPTED);
        }
        if (!source.tryAcquire()) {
            return new Admission.Refused(Bypass.CANCELLED);
        }
        Admission admission =
                transcoder.submit(
                        job,
                        work.cost(),
                        PATIENCE,
                        deadline -> {
                            Deadline own = deadline.within(config.limits().time());
                            return keep.apply(work.way().apply(source.bytes(), own));
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

    /** How long making a variant takes, should nothing else be made. */
    Duration expected(PictureHeader header, Variant variant) {
        Work work = work(variant, header, 0);
        return work == null ? PATIENCE : work.cost().time();
    }

    /** What makes a variant, and what that will take. */
    private record Work(Cost cost, BiFunction<byte[], Deadline, Making> way) {}

    /** Null for latents of a model that is not at hand. */
    private @Nullable Work work(Variant variant, PictureHeader header, long sourceBytes) {
        return switch (variant.form()) {
            case Form.Ordinary(var format) ->
                    new Work(
                            Cost.of(header, sourceBytes, format, config.efforts()),
                            (source, deadline) -> maker.make(source, format, variant, deadline));
            case Form.Latents latents ->
                    coder.filter(one -> one.form().equals(latents))
                            .map(one ->
                                    new Work(
                                            Cost.ofLatents(header, sourceBytes, one.trials()),
                                            (source, deadline) ->
                                                    maker.make(source, one, variant, deadline)))
                            .orElse(null);
        };
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
