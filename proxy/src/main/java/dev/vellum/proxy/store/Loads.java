package dev.vellum.proxy.store;

import dev.vellum.proxy.http.CacheKey;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Who waits for responses that are being brought to memory; one load for each resource. */
final class Loads {

    private final Map<CacheKey, List<Waiter>> waiting = new HashMap<>();

    /**
     * Who is told when a load is over.
     *
     * @param action runs on {@code loop}
     */
    record Waiter(EventExecutor loop, Consumer<Optional<Stored>> action) {}

    /** Whether the waiter is the first, who is to load. */
    synchronized boolean begin(CacheKey key, Waiter waiter) {
        List<Waiter> others = waiting.get(key);
        if (others != null) {
            others.add(waiter);
            return false;
        }
        waiting.put(key, new ArrayList<>(List.of(waiter)));
        return true;
    }

    /** Tells all waiters, and ends the caller's ownership of the body. */
    void end(CacheKey key, Optional<Stored> stored) {
        List<Waiter> waiters;
        synchronized (this) {
            waiters = waiting.remove(key);
        }
        for (Waiter waiter : waiters == null ? List.<Waiter>of() : waiters) {
            tell(waiter, stored);
        }
        stored.ifPresent(held -> held.body().release());
    }

    /** Tells all waiters but the first, who knows, that there is nothing. */
    void endForOthers(CacheKey key) {
        List<Waiter> waiters;
        synchronized (this) {
            waiters = waiting.remove(key);
        }
        if (waiters != null) {
            waiters.subList(1, waiters.size()).forEach(waiter -> tell(waiter, Optional.empty()));
        }
    }

    /** The waiter owns the body until its action is over. */
    private static void tell(Waiter waiter, Optional<Stored> stored) {
        if (stored.isPresent() && stored.get().body().tryAcquire()) {
            Body body = stored.get().body();
            try {
                waiter.loop()
                        .execute(() -> {
                            try {
                                waiter.action().accept(stored);
                            } finally {
                                body.release();
                            }
                        });
            } catch (RejectedExecutionException closing) {
                body.release();
            }
        } else {
            try {
                waiter.loop().execute(() -> waiter.action().accept(Optional.empty()));
            } catch (RejectedExecutionException closing) {
                // the loop has ended, and with it whoever waits there
            }
        }
    }
}
