package dev.vellum.proxy.origin;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The origins of one route, asked in turn. One that failed several times in a row is set aside for
 * a while; when all are aside they are asked anyway, as a guess is better than a refusal.
 */
public final class Balanced implements Upstream {

    private final RouteConfig config;
    private final LongSupplier nanoTime;
    private final List<Standing> standings;
    private final AtomicInteger turn = new AtomicInteger();

    private static final class Standing {
        final OriginAddress address;
        final AtomicInteger failures = new AtomicInteger();
        volatile boolean aside;
        volatile long asideUntil;

        Standing(OriginAddress address) {
            this.address = address;
        }
    }

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Balanced(RouteConfig config, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.standings = config.origins().stream().map(Standing::new).toList();
    }

    /** What it was made from. */
    public RouteConfig config() {
        return config;
    }

    @Override
    public @Nullable OriginAddress next(Set<OriginAddress> tried) {
        int first = Math.floorMod(turn.getAndIncrement(), standings.size());
        OriginAddress guess = null;
        for (int i = 0; i < standings.size(); i++) {
            Standing standing = standings.get((first + i) % standings.size());
            if (tried.contains(standing.address)) {
                continue;
            }
            if (healthy(standing)) {
                return standing.address;
            }
            guess = guess == null ? standing.address : guess;
        }
        return guess;
    }

    private boolean healthy(Standing standing) {
        return !standing.aside || nanoTime.getAsLong() - standing.asideUntil >= 0;
    }

    /** Whether {@code address} is asked in its turn now. */
    public boolean healthy(OriginAddress address) {
        return healthy(standing(address));
    }

    @Override
    public void answered(OriginAddress address) {
        Standing standing = standing(address);
        standing.failures.set(0);
        standing.aside = false;
    }

    @Override
    public void failed(OriginAddress address) {
        Standing standing = standing(address);
        if (standing.failures.incrementAndGet() >= config.health().failures()) {
            standing.asideUntil = nanoTime.getAsLong() + config.health().asideFor().toNanos();
            standing.aside = true;
        }
    }

    private Standing standing(OriginAddress address) {
        for (Standing standing : standings) {
            if (standing.address.equals(address)) {
                return standing;
            }
        }
        throw new IllegalArgumentException(
                "address: " + address + " (expected: one of " + config.origins() + ")");
    }

    @Override
    public boolean configured() {
        return true;
    }

    @Override
    public boolean toProxy() {
        return false;
    }

    @Override
    public String hostHeader() {
        return config.hostHeader();
    }
}
