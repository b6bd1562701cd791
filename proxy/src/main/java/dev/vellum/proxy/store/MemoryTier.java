package dev.vellum.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stored responses in memory: a few variants for each key, weighed in bytes, the least useful
 * evicted.
 */
public final class MemoryTier implements AutoCloseable {

    /** Responses kept for one key; the oldest goes when another comes. */
    static final int VARIANTS = 16;

    private final Cache<CacheKey, Variants> cache;

    private record Variants(List<Stored> list, int weight) {
        static Variants of(List<Stored> list) {
            long weight = list.stream().mapToLong(Stored::weight).sum();
            return new Variants(List.copyOf(list), (int) Math.min(weight, Integer.MAX_VALUE));
        }
    }

    /**
     * @param bytes how much all stored responses may weigh together
     */
    public MemoryTier(long bytes) {
        cache =
                Caffeine.newBuilder()
                        .maximumWeight(bytes)
                        .weigher((CacheKey key, Variants variants) -> variants.weight())
                        .removalListener(MemoryTier::removed)
                        // releasing is short, and the bytes should be free when the weight is
                        .executor(Runnable::run)
                        .build();
    }

    private static void removed(
            @Nullable CacheKey key, @Nullable Variants variants, RemovalCause cause) {
        // what replaces a set of variants releases those that it leaves out
        if (variants != null && cause != RemovalCause.REPLACED) {
            variants.list().forEach(stored -> stored.body().release());
        }
    }

    /** Every response stored for {@code key}. */
    public List<Stored> find(CacheKey key) {
        Variants variants = cache.getIfPresent(key);
        return variants == null ? List.of() : variants.list();
    }

    /**
     * Stores a response in place of those that the same request would have got. The store acquires
     * the body; it is not stored if that fails.
     */
    public void put(CacheKey key, Stored stored) {
        if (!stored.body().tryAcquire()) {
            return;
        }
        change(
                key,
                list -> {
                    List<Stored> kept = new ArrayList<>();
                    kept.add(stored);
                    for (Stored other : list) {
                        if (kept.size() < VARIANTS
                                && !stored.response().supersedes(other.response())) {
                            kept.add(other);
                        }
                    }
                    return kept;
                });
    }

    /**
     * Puts {@code fresh}, with the same body, in the place of {@code old}, if that is still there.
     */
    public void replace(CacheKey key, Stored old, Stored fresh) {
        change(key, list -> list.stream().map(each -> each == old ? fresh : each).toList());
    }

    /**
     * Puts another form in the place of the responses that {@code which} is true of. The store
     * acquires its body.
     *
     * @param form of such a response; the same body each time
     * @return what is stored now; empty, and nothing done, where there is no such response
     */
    public Optional<Stored> substitute(
            CacheKey key, Predicate<StoredResponse> which, UnaryOperator<Stored> form) {
        AtomicReference<Stored> put = new AtomicReference<>();
        change(
                key,
                list ->
                        list.stream()
                                .map(each -> {
                                    if (put.get() != null || !which.test(each.response())) {
                                        return each;
                                    }
                                    Stored fresh = form.apply(each);
                                    if (!fresh.body().tryAcquire()) {
                                        return each;
                                    }
                                    put.set(fresh);
                                    return fresh;
                                })
                                .toList());
        return Optional.ofNullable(put.get());
    }

    /** Marks one response as to be confirmed before its next use, and returns it so. */
    public Stored outdate(CacheKey key, Stored stored) {
        Stored outdated = invalid(stored);
        replace(key, stored, outdated);
        return outdated;
    }

    /** Takes one response out. */
    public void remove(CacheKey key, Stored stored) {
        change(key, list -> list.stream().filter(each -> each != stored).toList());
    }

    /** Takes all responses for {@code key} out. */
    public void remove(CacheKey key) {
        cache.invalidate(key);
    }

    /** Marks all responses for {@code key} as to be confirmed before their next use. */
    public void invalidate(CacheKey key) {
        invalidate(key, response -> true);
    }

    /** Marks every response that {@code which} is true of; looks at all there are. */
    public void invalidateAll(Predicate<StoredResponse> which) {
        for (CacheKey key : cache.asMap().keySet()) {
            invalidate(key, which);
        }
    }

    private void invalidate(CacheKey key, Predicate<StoredResponse> which) {
        if (find(key).stream().noneMatch(stored -> which.test(stored.response()))) {
            return;
        }
        change(
                key,
                list ->
                        list.stream()
                                .map(each -> which.test(each.response()) ? invalid(each) : each)
                                .toList());
    }

    private static Stored invalid(Stored stored) {
        return new Stored(stored.response().invalidate(), stored.body(), stored.readyHead());
    }

    private void change(CacheKey key, UnaryOperator<List<Stored>> change) {
        List<Body> dropped = new ArrayList<>();
        cache.asMap()
                .compute(
                        key,
                        (ignored, variants) -> {
                            List<Stored> before = variants == null ? List.of() : variants.list();
                            List<Stored> after = change.apply(before);
                            if (after.isEmpty()) {
                                return null; // told to removed(), which releases them
                            }
                            for (Stored stored : before) {
                                if (after.stream().noneMatch(a -> a.body() == stored.body())) {
                                    dropped.add(stored.body());
                                }
                            }
                            return Variants.of(after);
                        });
        dropped.forEach(Body::release);
    }

    /** How many keys there are, about. */
    public long size() {
        return cache.estimatedSize();
    }

    /** Releases everything. */
    @Override
    public void close() {
        cache.invalidateAll();
        cache.cleanUp();
    }
}
