package dev.vellum.proxy.variant;

import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Cost;
import dev.vellum.proxy.picture.Deadline;
import dev.vellum.proxy.picture.Efforts;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.picture.Haste;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.Pace;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes variants in the background, each in the form that it has. Thread-safe. */
final class VariantJobs implements AutoCloseable {

    /** A variant that has waited longer is asked for anew by whoever wants it then. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Share of an original that a form is expected to save before that was measured. */
    private static final double USUAL_SAVING = 0.6;

    /** Jobs that may wait for each worker before all are hurried. */
    private static final int BACKLOG = 4;

    private final PictureConfig config;
    private final PictureFormats formats;
    private final VariantMaker maker;
    private final VariantMaker hurriedMaker;
    private final Optional<LatentCoder> coder;
    private final Optional<LatentCoder> patient;
    private final Transcoder transcoder;

    private final Map<Kind, Pace> paces = new ConcurrentHashMap<>();

    /** Jobs that take about as long, and save as much. */
    private record Kind(Form form, boolean hurried) {}

    VariantJobs(PictureConfig config, PictureFormats formats, Optional<LatentCoder> coder) {
        this.config = config;
        this.formats = formats;
        this.coder = coder;
        this.patient = coder.flatMap(LatentCoder::patient);
        this.maker = new VariantMaker(formats, config.guard(), config.efforts());
        this.hurriedMaker = new VariantMaker(formats, config.guard(), config.efforts().hurried());
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

    /** Whether latents that were made in haste can be made better. */
    boolean refinesLatents() {
        return patient.isPresent();
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
     * @param lost what {@code source} lost where it holds latents; empty where it is the picture
     * @param haste of whoever waits for it
     * @param keep run on the worker's thread with what was made; what it returns is the outcome
     * @param ended told of the outcome, which may be that it was not begun; not after a refusal
     */
    Admission make(
            Job job,
            Body source,
            Optional<VariantMaker.Lost> lost,
            PictureHeader header,
            Haste haste,
            UnaryOperator<Making> keep,
            Consumer<Making> ended) {
        Variant variant = job.variant();
        Work work = work(variant, lost, header, haste, source.length());
        if (work == null) {
            return new Admission.Refused(Bypass.NOT_ACCEPTED);
        }
        if (!source.tryAcquire()) {
            return new Admission.Refused(Bypass.CANCELLED);
        }
        Pace pace = pace(variant.form(), haste.isAny());
        Cost cost = new Cost(work.cost().bytes(), pace.expected(work.cost().time()));
        Admission admission =
                transcoder.submit(
                        job,
                        cost,
                        PATIENCE,
                        haste.isAny(),
                        deadline -> {
                            Deadline own = deadline.within(config.limits().time());
                            long begun = System.nanoTime();
                            Making making = work.way().apply(source.bytes(), own);
                            measure(variant.form(), haste, work.cost(), source, making, begun);
                            return keep.apply(making);
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

    /** What was refused early says nothing of the time that the rest takes. */
    private void measure(
            Form form, Haste haste, Cost cost, Body source, Making making, long begunNanos) {
        long saved =
                switch (making) {
                    case Making.Made made -> Math.max(0, source.length() - made.file().length);
                    case Making.Bypassed(var reason, var detail) ->
                            reason == Bypass.NOT_SMALLER || reason == Bypass.BELOW_FLOOR ? 0 : -1;
                };
        if (saved >= 0) {
            pace(form, haste.isAny()).took(cost.time(), System.nanoTime() - begunNanos);
            savings(form).saved(source.length(), saved);
        }
    }

    private Pace pace(Form form, boolean hurried) {
        return paces.computeIfAbsent(new Kind(form, hurried), ignored -> new Pace(USUAL_SAVING));
    }

    /** Which counts for those who wait, however it was made. */
    private Pace savings(Form form) {
        return pace(form, true);
    }

    /** How long it takes until a variant is made that is asked for now. */
    Duration expected(PictureHeader header, Variant variant, Haste haste) {
        Work work = work(variant, Optional.empty(), header, haste, 0);
        if (work == null) {
            return PATIENCE;
        }
        Duration own = pace(variant.form(), haste.isAny()).expected(work.cost().time());
        return own.plus(transcoder.expectedWait(own));
    }

    /** Share of an original that a form usually saves. */
    double saving(Form form) {
        return savings(form).saving();
    }

    /** What makes a variant, and what that will take. */
    private record Work(Cost cost, BiFunction<byte[], Deadline, Making> way) {}

    /** Null for latents of a model that is not at hand, and for what is made of such latents. */
    private @Nullable Work work(
            Variant variant,
            Optional<VariantMaker.Lost> lost,
            PictureHeader header,
            Haste haste,
            long sourceBytes) {
        return switch (variant.form()) {
            case Form.Ordinary(var format) when lost.isPresent() ->
                    coder.map(one ->
                                    new Work(
                                            Cost.of(header, sourceBytes, format, efforts(haste)),
                                            (source, deadline) ->
                                                    maker(haste)
                                                            .derive(
                                                                    source,
                                                                    one,
                                                                    lost.get(),
                                                                    format,
                                                                    variant,
                                                                    deadline)))
                            .orElse(null);
            case Form.Ordinary(var format) ->
                    new Work(
                            Cost.of(header, sourceBytes, format, efforts(haste)),
                            (source, deadline) ->
                                    maker(haste).make(source, format, variant, deadline));
            case Form.Placeholder(var format) ->
                    new Work(
                            Cost.of(header, sourceBytes, Format.PNG, config.efforts()),
                            (source, deadline) ->
                                    maker.placeholder(
                                            source,
                                            coder.filter(_ -> lost.isPresent()),
                                            format,
                                            variant,
                                            deadline));
            case Form.Latents latents ->
                    coder.filter(one -> one.form().equals(latents) && lost.isEmpty())
                            .map(one -> haste.isAny() ? one : patient.orElse(one))
                            .map(one ->
                                    new Work(
                                            Cost.ofLatents(header, sourceBytes, trials(one, haste)),
                                            (source, deadline) ->
                                                    maker.make(
                                                            source, one, variant, haste, deadline)))
                            .orElse(null);
        };
    }

    private Efforts efforts(Haste haste) {
        return haste.isAny() ? config.efforts().hurried() : config.efforts();
    }

    /** Many pictures a little smaller are worth more than one much smaller. */
    private VariantMaker maker(Haste haste) {
        boolean busy = transcoder.waitingJobs() > BACKLOG * config.transcoder().threads();
        return haste.isAny() || busy ? hurriedMaker : maker;
    }

    /** Who is in a hurry seldom needs more than two. */
    private static int trials(LatentCoder coder, Haste haste) {
        return haste.equals(Haste.NONE) ? coder.trials() : Math.min(2, coder.trials());
    }

    /**
     * One variant of one source.
     *
     * @param digest of the source
     * @param refines what was made before
     */
    record Job(String uri, String digest, Variant variant, boolean refines) {}

    @Override
    public void close() {
        transcoder.close();
        formats.close();
    }
}
