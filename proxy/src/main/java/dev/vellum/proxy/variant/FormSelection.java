package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Choice;
import dev.vellum.proxy.picture.Haste;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.Stored;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Choosing the form of a picture for one request: as long as something better may be in the store
 * it is looked for, in memory and then on disk; what is there goes out, and what is missing is made
 * for the next. Used on the client's loop.
 */
final class FormSelection {

    private final Variants variants;
    private final Presentation presentation;
    private final Source source;
    private final VariantIndex index;
    private final RequestHead request;
    private final Offer offer;
    private final EventExecutor loop;
    private final Consumer<SelectedForm> action;
    private final Supplier<Patience> patience;
    private final Set<Variant> lookedFor = new HashSet<>(2);
    private @Nullable Patience asked;
    private boolean held;

    FormSelection(
            Variants variants,
            Presentation presentation,
            Source source,
            VariantIndex index,
            RequestHead request,
            Offer offer,
            Supplier<Patience> patience,
            EventExecutor loop,
            Consumer<SelectedForm> action) {
        this.variants = variants;
        this.presentation = presentation;
        this.source = source;
        this.index = index;
        this.request = request;
        this.offer = offer;
        this.patience = patience;
        this.loop = loop;
        this.action = action;
    }

    void begin() {
        String ifRange = request.fields().combined("If-Range");
        if (!request.fields().contains("Range") || !request.method().equals("GET")) {
            choose();
        } else if (ifRange == null) {
            // whoever resumes without saying what has the origin's bytes
            original(Bypass.RANGE.label(), false);
        } else {
            resume(EntityTag.parse(ifRange));
        }
        variants.toPrepare(index, offer).ifPresent(this::prepare);
    }

    /** A part of what the client has, or all of what it had better have. */
    private void resume(@Nullable EntityTag has) {
        if (has != null && has.equals(source.stored().response().terms().entityTag())) {
            original(Bypass.RANGE.label(), false);
            return;
        }
        Optional<Variant> known = has == null ? Optional.empty() : index.byTag(has.opaque());
        Stored file = known.isEmpty() ? null : variants.inMemory(source, index, known.get());
        if (known.isPresent() && file != null) {
            send(known.get(), file, false);
        } else {
            choose();
        }
    }

    private void choose() {
        while (true) {
            Choice choice = index.choose(request.fields(), offer);
            Variant wanted = choice.wanted().orElse(null);
            if (wanted != null && !index.isUnderWay(wanted) && lookedFor.add(wanted)) {
                if (waitsForDisk(wanted)) {
                    return;
                }
            } else if (choice instanceof Choice.Send(Variant variant, var better, var vary)) {
                Stored file = variants.inMemory(source, index, variant);
                if (file != null) {
                    better.ifPresent(missing -> variants.make(source, index, missing, Haste.NONE));
                    send(variant, file, isByDate());
                    return;
                }
                index.forget(variant);
            } else if (choice instanceof Choice.SendOriginal(Bypass reason, var better, var vary)) {
                // what is in the queue already is no reason to wait longer for it
                boolean worthIt = better.isPresent() && isSoonerThere(better.get());
                Optional<Bypass> refused =
                        better.flatMap(missing -> variants.make(source, index, missing, haste()));
                if (better.isEmpty() || refused.isPresent() || !worthIt || !hold(better.get())) {
                    original(refused.orElse(reason).label(), isByDate());
                }
                return;
            }
        }
    }

    private Patience patience() {
        Patience known = asked;
        Patience told = known == null ? patience.get() : known;
        asked = told;
        return told;
    }

    /** What is made of latents is waited for. */
    private Haste haste() {
        return source.master().isPresent() && !patience().haste().isAny()
                ? new Haste(1)
                : patience().haste();
    }

    private Duration most(Variant missing) {
        return source.master().isPresent() || offer.isPlaceholder()
                ? variants.hold() // else the picture would have to be fetched again
                : patience().forOriginal(source.length(), variants.saving(missing));
    }

    /** Whether a form that is yet to be made takes less time than the bytes it saves. */
    private boolean isSoonerThere(Variant missing) {
        return variants.expected(index, missing, haste()).compareTo(most(missing)) <= 0;
    }

    /** Whether this goes on when a better form is there. */
    private boolean hold(Variant missing) {
        CompletableFuture<Void> made = index.making(missing);
        Duration most = most(missing);
        if (held || made == null) {
            return false;
        }
        held = true;
        AtomicBoolean goesOn = new AtomicBoolean();
        Runnable once =
                () -> {
                    if (goesOn.compareAndSet(false, true)) {
                        lookedFor.clear();
                        choose();
                    }
                };
        Future<?> timer = loop.schedule(once, most.toNanos(), TimeUnit.NANOSECONDS);
        var _ =
                made.thenRun(() ->
                        loop.execute(() -> {
                            timer.cancel(false);
                            once.run();
                        }));
        return true;
    }

    /** Whether this goes on when what is on disk is in memory. */
    private boolean waitsForDisk(Variant wanted) {
        Stored known = variants.inMemory(source, index, wanted);
        if (known != null) {
            variants.found(source, index, wanted, known.response());
            return false;
        }
        return variants.load(source, wanted, request, loop, found -> onLoaded(wanted, found))
                != ResponseStore.Load.NOTHING;
    }

    private void onLoaded(Variant wanted, Optional<Stored> found) {
        Optional<Stored> current = found.filter(file -> variants.isCurrent(source, file));
        current.ifPresent(file -> variants.found(source, index, wanted, file.response()));
        // what memory has no room for still answers this request
        Choice choice = index.choose(request.fields(), offer);
        if (current.isPresent()
                && choice instanceof Choice.Send(Variant variant, var better, var vary)
                && variant.equals(wanted)
                && better.isEmpty()) {
            send(variant, current.get(), isByDate());
        } else {
            choose();
        }
    }

    /** RFC 9110 section 13.1.5: a date does not tell the forms apart. */
    private boolean isByDate() {
        String ifRange = request.fields().combined("If-Range");
        return ifRange != null && EntityTag.parse(ifRange) == null;
    }

    /** Has a variant made that others may ask for, unless it is in the store. */
    private void prepare(Variant missing) {
        Stored known = variants.inMemory(source, index, missing);
        if (known != null) {
            variants.found(source, index, missing, known.response());
        } else if (variants.load(source, missing, request, loop, found -> prepare(missing, found))
                == ResponseStore.Load.NOTHING) {
            prepare(missing, Optional.empty());
        }
    }

    private void prepare(Variant missing, Optional<Stored> found) {
        found.filter(file -> variants.isCurrent(source, file))
                .ifPresentOrElse(
                        file -> variants.found(source, index, missing, file.response()),
                        () -> variants.make(source, index, missing, Haste.NONE));
    }

    private void send(Variant variant, Stored file, boolean whole) {
        Stored presented = presentation.present(source, index, variant, file, offer);
        long saved = source.length() - file.response().content().length();
        action.accept(new SelectedForm(presented, true, variant.form().mediaType(), saved, whole));
    }

    private void original(String told, boolean whole) {
        if (offer.isPlaceholder()) {
            presentation.nothing(source, told, action);
            return;
        }
        if (source.master().isPresent()) {
            variants.wantOriginal(source);
        }
        boolean soonBetter =
                (told.equals(Bypass.NOT_YET.label()) || told.equals(Bypass.OVERLOADED.label()))
                        && Negotiation.asksForLatents(request.fields(), offer);
        Stored shown = presentation.original(source, index, offer, told, soonBetter);
        action.accept(new SelectedForm(shown, true, told, 0, whole));
    }
}
