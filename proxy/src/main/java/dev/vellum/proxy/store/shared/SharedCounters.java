package dev.vellum.proxy.store.shared;

import java.util.concurrent.atomic.LongAdder;

/** What happens in the shared tier, for metrics. Thread-safe. */
public final class SharedCounters {

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final LongAdder corrupt = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    void noAnswer() {
        unanswered.increment();
    }

    void damaged() {
        corrupt.increment();
    }

    void stored(long bytes) {
        storedBytes.add(bytes);
    }

    void notStored() {
        dropped.increment();
    }

    /** Lookups that found a response. */
    public long hits() {
        return hits.sum();
    }

    /** Lookups that found nothing of use. */
    public long misses() {
        return misses.sum();
    }

    /** Lookups without an answer in time. */
    public long unanswered() {
        return unanswered.sum();
    }

    /** Records that were not what was written; each was a miss. */
    public long corrupt() {
        return corrupt.sum();
    }

    /** Bytes of bodies written. */
    public long storedBytes() {
        return storedBytes.sum();
    }

    /** Responses that were not written: queue full, or nobody there. */
    public long dropped() {
        return dropped.sum();
    }
}
