package dev.vellum.proxy.store.purge;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock for fetches and purges that never goes back, whatever happens to the machine's: what was
 * asked for before a purge is told from what was asked for after it by these times alone.
 */
final class FetchClock implements InstantSource {

    private final InstantSource source;
    private final AtomicReference<Instant> last;

    /**
     * @param floor no time before it is told
     */
    FetchClock(InstantSource source, Instant floor) {
        this.source = source;
        this.last = new AtomicReference<>(floor);
    }

    @Override
    public Instant instant() {
        return last.accumulateAndGet(
                source.instant(), (known, now) -> now.isAfter(known) ? now : known);
    }

    /** A time after all that were told; those told from now on are not before it. */
    Instant next() {
        Instant now = source.instant();
        return last.updateAndGet(known -> now.isAfter(known) ? now : known.plusNanos(1));
    }
}
