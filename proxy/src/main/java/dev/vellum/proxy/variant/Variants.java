package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CachePolicy;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Admission;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Eligibility;
import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Haste;
import dev.vellum.proxy.picture.LatentCoder;
import dev.vellum.proxy.picture.Making;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.picture.vips.VipsException;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Standing;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other forms of stored pictures. Everything that goes wrong here means that the original goes out.
 * Thread-safe.
 */
public final class Variants implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Variants.class);

    /** Requests for a picture after which it may get a form that none of them asked for. */
    private static final int OFTEN = 8;

    private final VariantJobs jobs;
    private final KnownSources sources;
    private final ResponseStore store;
    private final VariantStore files;
    private final Function<StoredResponse, byte[]> readyHead;

    private final Originals originals;
    private final Refinements refinements;
    private final Presentation presentation;

    Variants(
            VariantJobs jobs,
            Originals originals,
            ResponseStore store,
            Chunks chunks,
            CachePolicy policy,
            String name,
            Function<StoredResponse, byte[]> readyHead) {
        this.jobs = jobs;
        this.sources = new KnownSources(jobs.config());
        this.originals = originals;
        this.store = store;
        this.files = new VariantStore(store, chunks, policy, name);
        this.readyHead = readyHead;
        this.presentation = new Presentation(chunks, readyHead);
        this.refinements = new Refinements(jobs, files, store.purges().clock(), this::hold);
    }

    /**
     * Variants with this machine's libvips; empty, and a line in the log, where pictures are to go
     * out as they came or libvips does not work.
     *
     * @param coder makes latents, if a model is at hand
     * @param originals what becomes of those that there are latents of
     * @param name of this proxy, which stands in the variants' entity tags
     * @param readyHead serialises the head of what goes out
     */
    public static Optional<Variants> open(
            PictureConfig config,
            Optional<LatentCoder> coder,
            Originals originals,
            ResponseStore store,
            Chunks chunks,
            CachePolicy policy,
            String name,
            Function<StoredResponse, byte[]> readyHead) {
        if (!config.on()) {
            return Optional.empty();
        }
        try {
            Optional<VariantJobs> jobs = VariantJobs.open(config.withinHeap(), coder);
            if (jobs.isEmpty()) {
                LOG.warn("pictures go out as they came: no libvips found");
            }
            return jobs.map(opened ->
                    new Variants(opened, originals, store, chunks, policy, name, readyHead));
        } catch (VipsException | IllegalArgumentException broken) {
            LOG.warn("pictures go out as they came: {}", String.valueOf(broken.getMessage()));
            return Optional.empty();
        }
    }

    /** Whether the bytes of a response are to be identified, because it may be a picture. */
    public static boolean identifies(ResponseHead head) {
        return Eligibility.obstacle(head).isEmpty();
    }

    /** Whether another form of a stored response may go out. */
    public static boolean concerns(StoredResponse response) {
        return !Source.digest(response).isEmpty();
    }

    /** The head of a picture that goes out while it comes in. */
    public static ResponseHead firstView(ResponseHead head, RequestHead request, Offer offer) {
        return Derived.firstView(
                head,
                Negotiation.vary(offer),
                Bypass.NOT_YET.label(),
                Negotiation.asksForLatents(request.fields(), offer));
    }

    /**
     * Chooses what goes out, and has something better made where that is worth it.
     *
     * @param key what {@code stored} is stored under
     * @param stored one that this {@link #concerns}
     * @param patience how long it may be held back; asked where something is to be made
     * @param action told on {@code loop}; before this returns unless something is to be fetched
     *     from disk, or waited for. A body is to be acquired before it returns.
     */
    public void select(
            CacheKey key,
            Stored stored,
            RequestHead request,
            Offer offer,
            Supplier<Patience> patience,
            EventExecutor loop,
            Consumer<SelectedForm> action) {
        Source source = Source.of(key, stored);
        sources.whenKnown(
                source,
                loop,
                known -> select(source, known, request, offer, patience, loop, action));
    }

    private void select(
            Source source,
            KnownSources.Known known,
            RequestHead request,
            Offer offer,
            Supplier<Patience> patience,
            EventExecutor loop,
            Consumer<SelectedForm> action) {
        switch (known) {
            case KnownSources.Known.Unsuitable(var reason, var last)
                    when offer.isPlaceholder() && reason != Bypass.TINY ->
                    presentation.nothing(source, reason.label(), action);
            case KnownSources.Known.Unsuitable(var reason, var last) ->
                    action.accept(
                            new SelectedForm(
                                    presentation.asItIs(source.stored(), reason, last),
                                    true,
                                    reason.label(),
                                    0,
                                    false));
            case KnownSources.Known.Picture(var index) -> {
                new FormSelection(
                                this,
                                presentation,
                                source,
                                index,
                                request,
                                offer,
                                patience,
                                loop,
                                action)
                        .begin();
                replace(source, index, offer);
            }
        }
    }

    /** Has latents made that are to take the place of an original. */
    private void replace(Source source, VariantIndex index, Offer offer) {
        if (!originals.stay() && source.master().isEmpty() && !index.originalWanted()) {
            originals
                    .successor(offer, index.stock())
                    .ifPresent(latents -> make(source, index, latents, Haste.NONE));
        }
    }

    /** How long a request waits for what is made of latents. */
    Duration hold() {
        return originals.patience();
    }

    /** What took the place of a picture does not do for someone: next time it is to stay. */
    void wantOriginal(Source source) {
        sources.wantOriginal(source);
    }

    /** A variant in memory that is not purged; null if there is none. */
    @Nullable Stored inMemory(Source source, VariantIndex index, Variant variant) {
        Stored master = source.master().isPresent() ? inPlace(source, variant) : null;
        if (master != null) {
            return master;
        }
        for (Stored found : store.find(index.keyOf(source, variant))) {
            if (isCurrent(source, found)) {
                return found;
            }
        }
        // latents may have taken the place of the picture since it was looked up
        return source.master().isPresent() || originals.stay()
                ? null
                : store.find(source.key()).stream()
                        .filter(now -> Source.digest(now.response()).equals(source.digest()))
                        .map(now -> inPlace(Source.of(source.key(), now), variant))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    private @Nullable Stored inPlace(Source source, Variant variant) {
        return source.master()
                .filter(master -> master.variant().equals(variant))
                .map(master -> files.file(source, master))
                .orElse(null);
    }

    /** What purges the source, but for being confirmed, purges what was made of it before. */
    boolean isCurrent(Source source, Stored variant) {
        return store.purges().standing(source.key(), variant.response()) != Standing.PURGED
                && !store.purges()
                        .isPurged(
                                new Purge.Target.Source(source.digest()),
                                variant.response().requestTime());
    }

    /** As {@link ResponseStore#load}. */
    ResponseStore.Load load(
            Source source,
            Variant variant,
            RequestHead request,
            EventExecutor loop,
            Consumer<Optional<Stored>> action) {
        return store.load(source.keyOf(variant), request, readyHead, loop, action);
    }

    /** What was found in the store is noted in the index. */
    void found(Source source, VariantIndex index, Variant variant, StoredResponse response) {
        Optional<Bypass> why = VariantStore.bypass(response);
        if (why.isPresent()) {
            index.bypass(variant, why.get());
        } else {
            hold(source, index, variant, response);
        }
    }

    private void hold(Source source, VariantIndex index, Variant variant, StoredResponse response) {
        String tag = VariantStore.tag(response);
        index.hold(variant, response.content().length(), tag)
                .ifPresent(least -> store.remove(source.keyOf(least)));
    }

    /**
     * Has a variant made, unless that is under way.
     *
     * @param haste of whoever waits for it
     * @return why not
     */
    Optional<Bypass> make(Source source, VariantIndex index, Variant variant, Haste haste) {
        if (!index.begin(variant)) {
            return Optional.empty();
        }
        VariantJobs.Job job =
                new VariantJobs.Job(source.key().uri(), source.digest(), variant, false);
        Instant begun = store.purges().clock().instant();
        Admission admission =
                jobs.make(
                        job,
                        source.stored().body(),
                        source.master().map(Master::lost),
                        index.header(),
                        haste,
                        making -> keep(source, index, variant, making, begun),
                        making -> ended(source, index, variant, haste, making, begun));
        if (haste.isAny()) {
            refinements.giveWay();
        }
        return switch (admission) {
            case Admission.Taken taken -> Optional.empty();
            case Admission.Refused(var reason) -> {
                index.end(variant);
                if (reason == Bypass.TOO_MANY_PIXELS || reason == Bypass.NOT_ACCEPTED) {
                    index.bypass(variant, reason);
                }
                yield Optional.of(reason);
            }
        };
    }

    /** Stores what was made, in the place of the source where that is to go. */
    private Making keep(
            Source source, VariantIndex index, Variant variant, Making making, Instant begun) {
        boolean replaces =
                originals.giveWayTo(variant)
                        && !index.originalWanted()
                        && source.master().isEmpty();
        return replaces
                        && making instanceof Making.Made made
                        && files.substitute(source, index.header(), made, begun)
                ? making
                : files.keep(source, variant, making, begun);
    }

    /** What a picture that was asked for often lacks, once in a while when there is no work. */
    Optional<Variant> toPrepare(VariantIndex index, Offer offer) {
        boolean idle = index.isUsedAgain(OFTEN) && reservedBytes() == 0;
        return idle ? index.missing(offer) : Optional.empty();
    }

    /** How long it takes until a variant is made that is asked for now. */
    Duration expected(VariantIndex index, Variant variant, Haste haste) {
        return jobs.expected(index.header(), variant, haste);
    }

    /** Share of an original that a variant usually saves. */
    double saving(Variant variant) {
        return jobs.saving(variant.form());
    }

    private void ended(
            Source source,
            VariantIndex index,
            Variant variant,
            Haste haste,
            Making making,
            Instant begun) {
        switch (making) {
            case Making.Made made -> {
                hold(source, index, variant, files.response(source, variant, made, begun));
                if (haste.isAny()
                        && variant.form() instanceof Form.Latents
                        && jobs.refinesLatents()
                        && originals.stay()
                        && source.master().isEmpty()) {
                    refinements.add(
                            new Refinements.Hasty(source, index, variant, made.file().length));
                }
            }
            case Making.Bypassed(var reason, var detail) -> {
                if (reason.isOfTheSource()) {
                    sources.unsuitable(source, reason);
                } else if (reason != Bypass.CANCELLED && reason != Bypass.OVERLOADED) {
                    index.bypass(variant, reason);
                }
            }
        }
        index.end(variant);
        refinements.whenIdle();
    }

    /** Jobs that wait for a worker. */
    public long waitingJobs() {
        return jobs.transcoder().waitingJobs();
    }

    /** Jobs that workers did, whatever came of them. */
    public long workedJobs() {
        return jobs.transcoder().workedJobs();
    }

    /** Bytes set aside for jobs that wait or run. */
    public long reservedBytes() {
        return jobs.transcoder().reservedBytes();
    }

    @Override
    public void close() {
        jobs.close();
    }
}
