package dev.vellum.proxy.store.shared;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.purge.Purge;
import dev.vellum.proxy.store.purge.Purges;
import dev.vellum.proxy.store.purge.Standing;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this proxy knows of the fleet's purges. A shared response says how far in their stream the
 * proxy that fetched it was when it asked the origin: purges from there on may concern it. So no
 * two clocks are ever compared.
 */
final class FleetPurges {

    /*
     * Two sets of epochs: the local ones, by this machine's clock, for what this machine stores; and
     * the fleet's, by position, for what comes from the others. A purge enters the fleet's first,
     * then the local ones: a response that is brought here with a time of request taken before it
     * was looked up is found out by one or the other, however late the purge arrives.
     *
     * A purge of our own has no position until Redis gave it one. Until then nothing is brought
     * here (underWay), since what it purges could not be told.
     */

    /** Application times that are remembered; what was asked for before counts from the start. */
    private static final int REMEMBERED = 10_000;

    private final Purges local;
    private final Purges fleet;
    private final NavigableMap<Instant, Position> applied = new TreeMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private Position last = Position.START;

    /**
     * @param last how far this proxy had applied them when it ended before
     */
    FleetPurges(Purges local, Position last) {
        this.local = local;
        this.fleet = Purges.inMemory(() -> Instant.EPOCH);
        this.last = last;
    }

    /** How far the stream was applied here. */
    synchronized Position last() {
        return last;
    }

    /** How far the stream was applied when something was asked for, or less. */
    synchronized Position at(Instant asked) {
        Map.Entry<Instant, Position> before = applied.lowerEntry(asked);
        return before == null ? Position.START : before.getValue();
    }

    /** A purge of another proxy, or of this one before it was started anew. */
    void learn(Map<Position, Purge> purges) throws IOException {
        purges.forEach((position, purge) -> fleet.purge(purge, position.instant()));
        Position reached = last();
        var unknown =
                purges.entrySet().stream()
                        .filter(entry -> entry.getKey().compareTo(reached) > 0)
                        .map(Map.Entry::getValue)
                        .toList();
        if (!unknown.isEmpty()) {
            local.purge(unknown);
        }
    }

    /** A purge of this proxy, which holds here already, has got its position. */
    void learnOwn(Position position, Purge purge) {
        fleet.purge(purge, position.instant());
    }

    /** All purges up to there are applied. */
    synchronized void reached(Position position) {
        if (position.compareTo(last) > 0) {
            last = position;
        }
        applied.put(local.clock().instant(), last);
        if (applied.size() > REMEMBERED) {
            applied.pollFirstEntry();
        }
    }

    /** The stream is another one: its positions start anew. */
    synchronized void forgetPosition() {
        last = Position.START;
    }

    /** Purges before this position are not known: everything that was asked for before is gone. */
    void learnAll(Position before) {
        fleet.purge(
                new Purge(new Purge.Target.Everything(), false), before.instant().minusNanos(1));
    }

    /** Purges on this machine, and lets nothing be brought here until {@link #endOwn}. */
    void beginOwn(Collection<Purge> wishes) throws IOException {
        underWay.incrementAndGet();
        local.purge(wishes);
    }

    void endOwn() {
        underWay.decrementAndGet();
    }

    /** Purges everything on this machine: what was missed cannot be told. */
    void missedSome() throws IOException {
        local.purge(java.util.List.of(new Purge(new Purge.Target.Everything(), false)));
    }

    /** How a shared response stands that was asked for when the stream was there. */
    Standing standing(CacheKey key, StoredResponse response, Position position) {
        return underWay.get() > 0
                ? Standing.PURGED
                : fleet.standing(key, response.askedAt(position.instant()));
    }

    /** Whether this machine has purged a response. */
    boolean isGone(CacheKey key, StoredResponse response) {
        return local.standing(key, response) == Standing.PURGED;
    }

    /** The time on this machine, by which responses brought here count as asked for. */
    Instant now() {
        return local.clock().instant();
    }
}
