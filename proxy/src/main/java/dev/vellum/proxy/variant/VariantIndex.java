package dev.vellum.proxy.variant;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Choice;
import dev.vellum.proxy.picture.Negotiation;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.PictureHeader;
import dev.vellum.proxy.picture.Stock;
import dev.vellum.proxy.picture.Variant;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.Variants.Presented;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one source: the picture's header, the variants that were seen in the store,
 * those that are of no use, those under way. A hint, not the truth: the store may have dropped a
 * variant since. Thread-safe.
 */
final class VariantIndex {

    /** Variants of one source; beyond them the least used goes. */
    static final int MOST = 16;

    private final PictureHeader header;
    private final Map<Variant, Held> held = new LinkedHashMap<>(8, 0.75f, true);
    private final Map<Variant, Bypass> bypassed = new LinkedHashMap<>();
    private final Map<Variant, CompletableFuture<Void>> making = new HashMap<>();
    private volatile Shelf shelf;
    private volatile @Nullable Original original;
    private volatile boolean originalWanted;
    private int uses;

    /** A variant in the store. */
    private static final class Held {
        private final long length;

        /** The text between the quotes of its entity tag. */
        private final String tag;

        private WeakReference<Presented> last = new WeakReference<>(null);
        private @Nullable CacheKey key;

        Held(long length, String tag) {
            this.length = length;
            this.tag = tag;
        }
    }

    /** What can be chosen from, and what was last made of it. */
    private record Shelf(
            Stock stock,
            AtomicReference<@Nullable Chosen> last,
            AtomicReference<@Nullable Missing> missing) {
        static Shelf of(Stock stock) {
            return new Shelf(stock, new AtomicReference<>(), new AtomicReference<>());
        }
    }

    /** A choice, and what else it depends on. */
    private record Chosen(Offer offer, List<String> heeded, Choice choice) {}

    /** What usual browsers lack under an offer. */
    private record Missing(Offer offer, Optional<Variant> variant) {}

    /** What the head depends on that the picture itself goes out with. */
    record Plain(Offer offer, String told, boolean forNow) {}

    /** The picture itself as it went out last. */
    private record Original(Plain plain, WeakReference<Presented> as) {}

    VariantIndex(PictureHeader header) {
        this.header = header;
        this.shelf = Shelf.of(Stock.untouched(header.format(), header.width()));
    }

    PictureHeader header() {
        return header;
    }

    /** Counts a request for the picture; true for every {@code often}th. */
    synchronized boolean isUsedAgain(int often) {
        uses = (uses + 1) % often;
        return uses == 0;
    }

    /** What can be chosen from. */
    Stock stock() {
        return shelf.stock;
    }

    /** As {@link Negotiation#choose}, from what is there; most requests are like the one before. */
    Choice choose(Fields request, Offer offer) {
        Shelf from = shelf;
        List<String> heeded = Negotiation.heeded(request);
        Chosen known = from.last.get();
        if (known != null && known.heeded.equals(heeded) && known.offer.equals(offer)) {
            return known.choice;
        }
        Choice choice = Negotiation.choose(request, from.stock, offer);
        from.last.set(new Chosen(offer, heeded, choice));
        return choice;
    }

    /** As {@link Negotiation#missing}, of what is there; read once for each change of that. */
    Optional<Variant> missing(Offer offer) {
        Shelf from = shelf;
        Missing known = from.missing.get();
        if (known == null || !known.offer.equals(offer)) {
            known = new Missing(offer, Negotiation.missing(from.stock, offer));
            from.missing.set(known);
        }
        return known.variant;
    }

    /**
     * A variant is in the store.
     *
     * @return the least used of too many, which is to leave it
     */
    synchronized Optional<Variant> hold(Variant variant, long length, String tag) {
        held.put(variant, new Held(length, tag));
        bypassed.remove(variant);
        Optional<Variant> least =
                held.size() > MOST
                        ? Optional.of(held.keySet().iterator().next())
                        : Optional.empty();
        least.ifPresent(held::remove);
        restock();
        return least;
    }

    /** A variant turned out to be of no use. */
    synchronized void bypass(Variant variant, Bypass reason) {
        bypassed.put(variant, reason);
        restock();
    }

    /** A variant is not in the store any more. */
    synchronized void forget(Variant variant) {
        held.remove(variant);
        restock();
    }

    private void restock() {
        Map<Variant, Long> bytes = new LinkedHashMap<>();
        held.forEach((variant, one) -> bytes.put(variant, one.length));
        shelf = Shelf.of(new Stock(header.format(), header.width(), bytes, bypassed));
    }

    /** Someone asked for what only the original can give: it had better stay. */
    void wantOriginal() {
        originalWanted = true;
    }

    boolean originalWanted() {
        return originalWanted;
    }

    /** Whether the caller is to make a variant, and to tell of its end. */
    synchronized boolean begin(Variant variant) {
        return making.putIfAbsent(variant, new CompletableFuture<>()) == null;
    }

    /** Done when a variant that is being made is there, or will not be; null if none is made. */
    synchronized @Nullable CompletableFuture<Void> making(Variant variant) {
        return making.get(variant);
    }

    /** Whether someone makes a variant: then it is nowhere yet. */
    synchronized boolean isUnderWay(Variant variant) {
        return making.containsKey(variant);
    }

    /** Nobody makes a variant any more. */
    void end(Variant variant) {
        CompletableFuture<Void> made;
        synchronized (this) {
            made = making.remove(variant);
        }
        if (made != null) {
            made.complete(null);
        }
    }

    /** As {@link Source#keyOf}, made once for what is held. */
    synchronized CacheKey keyOf(Source source, Variant variant) {
        Held one = held.get(variant);
        CacheKey known = one == null ? null : one.key;
        if (known != null) {
            return known;
        }
        CacheKey key = source.keyOf(variant);
        if (one != null) {
            one.key = key;
        }
        return key;
    }

    /** The variant that has an entity tag, if it is known. */
    synchronized Optional<Variant> byTag(String tag) {
        return held.entrySet().stream()
                .filter(entry -> entry.getValue().tag.equals(tag))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * What {@link #present} kept for this very source and this very file; null if it is another.
     */
    synchronized @Nullable Stored presented(Variant variant, Stored source, Stored file) {
        Held one = held.get(variant); // which counts as a use
        Presented last = one == null ? null : one.last.get();
        return last != null && last.source() == source && last.shown().body() == file.body()
                ? last.shown()
                : null;
    }

    /** Keeps a variant with the head that it has as long as its source is this. */
    synchronized void present(Variant variant, Presented presented) {
        Held one = held.get(variant);
        if (one != null) {
            one.last = new WeakReference<>(presented);
        }
    }

    /** What {@link #present(Plain, Presented)} kept for this very source; null if it is another. */
    @Nullable Stored presented(Plain plain, Stored source) {
        Original known = original;
        Presented last = known != null && known.plain.equals(plain) ? known.as.get() : null;
        return last != null && last.source() == source ? last.shown() : null;
    }

    /** Keeps the picture itself with the head that it goes out with. */
    void present(Plain plain, Presented presented) {
        original = new Original(plain, new WeakReference<>(presented));
    }
}
