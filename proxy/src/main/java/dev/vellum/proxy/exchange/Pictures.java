package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.Portrait;
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
        return services.variants().isPresent() && Variants.concerns(stored.response());
    }

    /**
     * Chooses the form of a picture that goes out.
     *
     * @param action as of {@link Variants#portray}
     */
    void portray(CacheKey key, Stored stored, Consumer<Portrait> action) {
        Variants variants = services.variants().orElseThrow();
        variants.portray(
                key,
                stored,
                question.request(),
                offer(),
                loop,
                portrait -> {
                    told = portrait.told();
                    saved = portrait.saved();
                    action.accept(portrait);
                });
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
        return Variants.firstView(head, offer());
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
                    .portray(key.get(), source, question.request(), offer(), loop, ignored -> {});
        }
    }
}
