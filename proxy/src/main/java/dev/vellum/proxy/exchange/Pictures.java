package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.latent.DecodedPictures;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.AsItCame;
import dev.vellum.proxy.variant.Patience;
import dev.vellum.proxy.variant.SelectedForm;
import dev.vellum.proxy.variant.Variants;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange does about pictures: another form of a stored one goes out, and a new one goes
 * out as it comes while better forms are made. Used on the client's loop.
 */
final class Pictures {

    private final Services services;
    private final Question question;
    private final EventExecutor loop;
    private boolean firstView;
    private @Nullable Waiting waiting;
    private String told = "";
    private long saved;

    Pictures(Services services, Question question, EventExecutor loop) {
        this.services = services;
        this.question = question;
        this.loop = loop;
    }

    /** What became of a picture, as of {@link Summary}; empty where it was none. */
    String told() {
        return told;
    }

    /** Bytes that the client did not have to be sent. */
    long saved() {
        return saved;
    }

    /** Whether the form that goes out is to be chosen. */
    boolean concern(Stored stored) {
        return areLatents(stored.response().head())
                || (services.variants().isPresent()
                        && (Variants.concerns(stored.response())
                                || AsItCame.stored(stored.response()).isPresent()));
    }

    /**
     * Chooses the form of a picture that goes out.
     *
     * @param serve sends what was chosen, as of {@link Variants#select}; false if its bytes are
     *     gone
     * @param otherwise called where it can be shown only after it is asked for anew
     */
    void select(CacheKey key, Stored stored, Predicate<SelectedForm> serve, Runnable otherwise) {
        Consumer<SelectedForm> action =
                selected -> {
                    told = selected.told();
                    saved = selected.saved();
                    if (!serve.test(selected)) {
                        otherwise.run();
                    }
                };
        if (areLatents(stored.response().head())) {
            decode(key, stored, action, otherwise);
            return;
        }
        Optional<Bypass> untouched = AsItCame.stored(stored.response());
        if (untouched.isPresent()) {
            action.accept(AsItCame.told(stored, untouched.get()));
            return;
        }
        Variants variants = services.variants().orElseThrow();
        variants.select(key, stored, question.request(), offer(), this::patience, loop, action);
    }

    /** Whether a response from the parent holds latents that were asked for. */
    boolean areLatents(ResponseHead head) {
        return question.asksForLatents() && DecodedPictures.areLatents(head);
    }

    private void decode(
            CacheKey key, Stored latents, Consumer<SelectedForm> action, Runnable otherwise) {
        services.decoded()
                .orElseThrow()
                .show(
                        key,
                        latents,
                        question.request(),
                        loop,
                        showing -> {
                            switch (showing) {
                                case DecodedPictures.Showing.Shown(var selected) ->
                                        action.accept(selected);
                                case DecodedPictures.Showing.Unusable(var why, var damaged) -> {
                                    told = why.label();
                                    if (damaged) {
                                        services.store().remove(key);
                                    }
                                    question.forgoLatents();
                                    otherwise.run();
                                }
                            }
                        });
    }

    /** Whoever decodes latents, or asks to save, would rather wait than get more bytes. */
    private Patience patience() {
        Fields request = question.request().fields();
        boolean waits =
                Negotiation.asksForLatents(request, offer())
                        || offer().isPlaceholder()
                        || "on".equalsIgnoreCase(request.first("Save-Data"));
        return waits ? Patience.with(request, services.hold()) : Patience.NONE;
    }

    /**
     * Begins to wait for a response that is to go out only when it is whole: as pixels, or perhaps
     * in a form that is sooner there.
     *
     * @param whole called on the loop once it is stored, or will not be
     * @return whether it waits
     */
    boolean await(StoredResponse response, Body body, Runnable whole) {
        boolean waits = waiting == null && question.request().method().equals("GET");
        if (!waits || !response.isComplete() || !isWorthWaiting(response)) {
            return false;
        }
        waiting = Waiting.on(body, loop, whole);
        return true;
    }

    private boolean isWorthWaiting(StoredResponse response) {
        return areLatents(response.head())
                || (services.variants().isPresent()
                        && Variants.identifies(response.head())
                        && patience().most().isPositive());
    }

    /** The client is gone. */
    void cancel() {
        if (waiting != null) {
            waiting.cancel();
        }
    }

    /** What is stored for this request now. */
    Optional<Stored> stored(CacheKey key) {
        List<Stored> known = services.store().find(key);
        return Optional.ofNullable(services.store().select(key, known, question.forwarded()));
    }

    private Offer offer() {
        return question.offer();
    }

    /** The head of a response that goes out while it is being stored. */
    ResponseHead streamed(StoredResponse response, ResponseHead head) {
        if (services.variants().isEmpty()
                || !response.isComplete()
                || !Variants.identifies(response.head())) {
            return passed(head);
        }
        firstView = true;
        told = Summary.FIRST_VIEW;
        return Variants.firstView(head, question.request(), offer());
    }

    /** The head of a response that passes by. */
    ResponseHead passed(ResponseHead head) {
        if (services.variants().isEmpty() || !question.request().method().equals("GET")) {
            return head;
        }
        Optional<Bypass> why = AsItCame.passing(head);
        told = why.map(Bypass::label).orElse(told);
        return why.map(reason -> AsItCame.told(head, reason)).orElse(head);
    }

    /** The response was sent whole: what would have been better is made for the next. */
    void sent(@Nullable CacheKey key) {
        if (!firstView || key == null) {
            return;
        }
        stored(key)
                .filter(source -> Variants.concerns(source.response()))
                .ifPresent(source ->
                        services.variants()
                                .orElseThrow()
                                .select(
                                        key,
                                        source,
                                        question.request(),
                                        offer(),
                                        () -> Patience.NONE,
                                        loop,
                                        ignored -> {}));
    }
}
