package dev.vellum.proxy.origin;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The parent proxy. Once it could not be reached, whoever has another way takes that for a while:
 * otherwise every request would wait for a connection first. Thread-safe.
 */
public final class Parent implements Upstream {

    private static final Duration REST = Duration.ofSeconds(10);

    private final OriginAddress address;
    private final LongSupplier nanoTime;

    /** When it was out of reach; null if it was not lately. */
    private final AtomicReference<@Nullable Long> lost = new AtomicReference<>();

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Parent(OriginAddress address, LongSupplier nanoTime) {
        this.address = address;
        this.nanoTime = nanoTime;
    }

    /** A request did not get there, however often it was tried. */
    public void lose() {
        lost.set(nanoTime.getAsLong());
    }

    /** Whether it is better left alone. */
    public boolean isLost() {
        Long since = lost.get();
        return since != null && nanoTime.getAsLong() - since < REST.toNanos();
    }

    @Override
    public @Nullable OriginAddress next(Set<OriginAddress> tried) {
        return tried.contains(address) ? null : address;
    }

    @Override
    public void answered(OriginAddress address) {
        if (lost.get() != null) {
            lost.set(null);
        }
    }

    @Override
    public void failed(OriginAddress address) {}

    @Override
    public boolean configured() {
        return true;
    }

    @Override
    public boolean toProxy() {
        return true;
    }
}
