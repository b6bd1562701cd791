package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.Unpooled;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Pictures and their variants as they go out: with the head of the source, and what the form
 * changes in it. A head is serialised once, as long as its source's is the same. Thread-safe.
 */
final class Presentation {

    private final Chunks chunks;
    private final Function<StoredResponse, byte[]> readyHead;

    /**
     * What goes out in place of a source. Indexes hold it weakly: they outlive what the store has
     * dropped, and heads are large.
     */
    record Presented(Stored source, Stored shown) {}

    /**
     * @param chunks of bodies that are made here
     * @param readyHead serialises the head of what goes out
     */
    Presentation(Chunks chunks, Function<StoredResponse, byte[]> readyHead) {
        this.chunks = chunks;
        this.readyHead = readyHead;
    }

    /** Everyone gets the original, so that nothing varies. */
    Stored asItIs(Stored stored, Bypass reason, AtomicReference<WeakReference<Presented>> last) {
        Presented known = last.get().get();
        if (known != null && known.source() == stored) {
            return known.shown();
        }
        StoredResponse told = Derived.original(stored.response(), List.of(), reason.label());
        Stored shown = stored.with(told, readyHead.apply(told));
        last.set(new WeakReference<>(new Presented(stored, shown)));
        return shown;
    }

    /** A variant as it goes out; the same as long as its source's head is the same. */
    Stored present(Source source, VariantIndex index, Variant variant, Stored file, Offer offer) {
        Stored known = index.presented(variant, source.stored(), file);
        if (known != null) {
            return known;
        }
        StoredResponse response =
                Derived.variant(
                        source.stored().response(),
                        file.response(),
                        Negotiation.vary(offer),
                        variant.form().mediaType());
        if (offer.isPlaceholder()) {
            response = Derived.lasting(response);
        } else if (offer.placeholders()) {
            response = Derived.linked(response, source.key().pathAndQuery());
        }
        Stored presented = new Stored(response, file.body(), readyHead.apply(response));
        index.present(variant, new Presented(source.stored(), presented));
        return presented;
    }

    /**
     * The picture itself as it goes out; the same as long as its head is the same.
     *
     * @param told why it is not another form
     * @param forNow whether something better is soon there for whoever asks
     */
    Stored original(Source source, VariantIndex index, Offer offer, String told, boolean forNow) {
        VariantIndex.Plain plain = new VariantIndex.Plain(offer, told, forNow);
        Stored known = index.presented(plain, source.stored());
        if (known != null) {
            return known;
        }
        StoredResponse response =
                Derived.original(source.stored().response(), Negotiation.vary(offer), told);
        if (offer.placeholders()) {
            response = Derived.linked(response, source.key().pathAndQuery());
        }
        if (forNow) {
            response = Derived.forNow(response);
        }
        Stored shown = source.stored().with(response, readyHead.apply(response));
        index.present(plain, new Presented(source.stored(), shown));
        return shown;
    }

    /** In place of a placeholder that there is none of. */
    void nothing(Source source, String told, Consumer<SelectedForm> action) {
        Body pixel = new Body(chunks, Derived.NOTHING.length, true);
        pixel.append(Unpooled.wrappedBuffer(Derived.NOTHING));
        pixel.complete(Fields.of(), () -> {});
        StoredResponse response = Derived.nothing(source.stored().response(), told);
        action.accept(
                new SelectedForm(new Stored(response, pixel, new byte[0]), false, told, 0, true));
        pixel.release();
    }
}
