package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.latent.DecodedPictures;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.Patience;
import dev.vellum.proxy.variant.SelectedForm;
import dev.vellum.proxy.variant.Variants;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What one exchange does about pictures: another form of a stored one goes out, and a new one goes
 * out as it comes while better forms are made. Used on the client's loop.
 */
final class Pictures {

    private final Services services;
    private final Question question;
    private final EventExecutor loop;
    private boolean firstView;
    private boolean waited;
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
                || (services.variants().isPresent() && Variants.concerns(stored.response()));
    }

    /**
     * Chooses the form of a picture that goes out.
     *
     * @param action as of {@link Variants#select}
     * @param otherwise called instead where it can be shown only after it is asked for anew
     */
    void select(CacheKey key, Stored stored, Consumer<SelectedForm> action, Runnable otherwise) {
        if (areLatents(stored.response().head())) {
            decode(key, stored, action, otherwise);
            return;
        }
        Variants variants = services.variants().orElseThrow();
        variants.select(
                key,
                stored,
                question.request(),
                offer(),
                patience(),
                loop,
                selected -> {
                    told = selected.told();
                    saved = selected.saved();
                    action.accept(selected);
                });
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
                                case DecodedPictures.Showing.Shown(var selected) -> {
                                    told = selected.told();
                                    action.accept(selected);
                                }
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
                        || "on".equalsIgnoreCase(request.first("Save-Data"));
        return waits ? Patience.with(request, services.hold()) : Patience.NONE;
    }

    /**
     * Whether a response that is being stored is to go out only when it is whole: as pixels, or
     * perhaps in a form that is sooner there.
     */
    boolean waitFor(StoredResponse response) {
        boolean mayWait =
                !waited && question.request().method().equals("GET") && response.isComplete();
        boolean waits =
                mayWait
                        && (areLatents(response.head())
                                || (services.variants().isPresent()
                                        && Variants.identifies(response.head())
                                        && patience().most().isPositive()));
        waited |= waits;
        return waits;
    }

    private Offer offer() {
        return services.offer();
    }

    /** The head of a response that goes out while it is being stored. */
    ResponseHead streamed(StoredResponse response, ResponseHead head) {
        if (services.variants().isEmpty()
                || !response.isComplete()
                || !Variants.identifies(response.head())) {
            return head;
        }
        firstView = true;
        told = Summary.FIRST_VIEW;
        return Variants.firstView(head, question.request(), offer());
    }

    /** The response was sent whole: what would have been better is made for the next. */
    void sent(Optional<CacheKey> key) {
        if (!firstView || key.isEmpty()) {
            return;
        }
        List<Stored> stored = services.store().find(key.get());
        Stored source = services.store().select(key.get(), stored, question.forwarded());
        if (source != null && concern(source)) {
            services.variants()
                    .orElseThrow()
                    .select(
                            key.get(),
                            source,
                            question.request(),
                            offer(),
                            Patience.NONE,
                            loop,
                            ignored -> {});
        }
    }
}
