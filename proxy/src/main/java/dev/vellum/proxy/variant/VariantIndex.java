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
import dev.vellum.proxy.variant.Presentation.Presented;
import java.lang.ref.WeakReference;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** Kinds of requests whose choice is kept. */
    private static final int CHOICES = 16;

    /** Characters that are heeded of a request whose choice is kept. */
    private static final int HEEDED_LENGTH = 512;

    private final PictureHeader header;
    private final Map<Variant, Held> held = new LinkedHashMap<>();
    private final Map<Variant, Bypass> bypassed = new LinkedHashMap<>();
    private final Map<Variant, CompletableFuture<Void>> making = new HashMap<>();
    private volatile Shelf shelf;
    private volatile @Nullable Original original;
    private volatile boolean originalWanted;
    private final AtomicInteger uses = new AtomicInteger();

    /** A variant in the store. */
    private static final class Held {
        private final Variant variant;
        private final long length;

        /** The text between the quotes of its entity tag. */
        private final String tag;

        private volatile WeakReference<Presented> last = new WeakReference<>(null);
        private volatile @Nullable CacheKey key;

        /** What {@link #uses} was when it was used last. */
        private volatile int used;

        Held(Variant variant, long length, String tag, int used) {
            this.variant = variant;
            this.length = length;
            this.tag = tag;
            this.used = used;
        }
    }

    /**
     * What can be chosen from, and what was made of it.
     *
     * @param held as many as there are in stock
     * @param chosen by what is heeded of a request, of which there are few kinds
     */
    private record Shelf(
            Stock stock,
            List<Held> held,
            Map<List<String>, Chosen> chosen,
            AtomicReference<@Nullable Missing> missing) {
        static Shelf of(Stock stock, List<Held> held) {
            return new Shelf(stock, held, new ConcurrentHashMap<>(4), new AtomicReference<>());
        }
    }

    /** A choice, and what else it depends on than what the request says. */
    private record Chosen(Offer offer, Choice choice) {}

    /** What usual browsers lack under an offer. */
    private record Missing(Offer offer, Optional<Variant> variant) {}

    /** What the head depends on that the picture itself goes out with. */
    record Plain(Offer offer, String told, boolean forNow) {}

    /** The picture itself as it went out last. */
    private record Original(Plain plain, WeakReference<Presented> as) {}

    VariantIndex(PictureHeader header) {
        this.header = header;
        this.shelf = Shelf.of(Stock.untouched(header.format(), header.width()), List.of());
    }

    PictureHeader header() {
        return header;
    }

    /** Counts a request for the picture; true for every {@code often}th. */
    boolean isUsedAgain(int often) {
        return uses.incrementAndGet() % often == 0;
    }

    /** What can be chosen from. */
    Stock stock() {
        return shelf.stock;
    }

    /** As {@link Negotiation#choose}, from what is there; most requests are like one before. */
    Choice choose(Fields request, Offer offer) {
        Shelf from = shelf;
        List<String> heeded = Negotiation.heeded(request);
        Chosen known = from.chosen.get(heeded);
        if (known != null && known.offer.equals(offer)) {
            return known.choice;
        }
        Choice choice = Negotiation.choose(request, from.stock, offer);
        if (isShort(heeded)) {
            if (from.chosen.size() >= CHOICES) {
                from.chosen.clear();
            }
            from.chosen.put(heeded, new Chosen(offer, choice));
        }
        return choice;
    }

    /** Whoever sends more than browsers do is not worth the memory. */
    private static boolean isShort(List<String> heeded) {
        int length = 0;
        for (String text : heeded) {
            length += text.length();
        }
        return length <= HEEDED_LENGTH;
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
        held.put(variant, new Held(variant, length, tag, uses.get()));
        bypassed.remove(variant);
        Optional<Variant> least = held.size() > MOST ? leastUsed(variant) : Optional.empty();
        least.ifPresent(held::remove);
        restock();
        return least;
    }

    /** By how many uses of the picture ago it was, so that the count may overflow. */
    private Optional<Variant> leastUsed(Variant but) {
        int now = uses.get();
        return held.values().stream()
                .filter(one -> !one.variant.equals(but))
                .max(Comparator.comparingInt(one -> now - one.used))
                .map(one -> one.variant);
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
        Stock stock = new Stock(header.format(), header.width(), bytes, bypassed);
        shelf = Shelf.of(stock, List.copyOf(held.values()));
    }

    /** Those that are chosen are the very ones in stock, which are few. */
    @SuppressWarnings("ReferenceEquality") // first; what is equal but not the same is found after
    private @Nullable Held held(Variant variant) {
        List<Held> all = shelf.held;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).variant == variant) {
                return all.get(i);
            }
        }
        for (Held one : all) {
            if (one.variant.equals(variant)) {
                return one;
            }
        }
        return null;
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
    CacheKey keyOf(Source source, Variant variant) {
        Held one = held(variant);
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
    Optional<Variant> byTag(String tag) {
        return shelf.held.stream()
                .filter(one -> one.tag.equals(tag))
                .map(one -> one.variant)
                .findFirst();
    }

    /**
     * What {@link #present} kept for this very source and this very file; null if it is another.
     */
    @Nullable Stored presented(Variant variant, Stored source, Stored file) {
        Held one = held(variant);
        if (one == null) {
            return null;
        }
        one.used = uses.get();
        Presented last = one.last.get();
        return last != null && last.source() == source && last.shown().body() == file.body()
                ? last.shown()
                : null;
    }

    /** Keeps a variant with the head that it has as long as its source is this. */
    void present(Variant variant, Presented presented) {
        Held one = held(variant);
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
