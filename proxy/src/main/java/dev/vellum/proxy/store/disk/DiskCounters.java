package dev.vellum.proxy.store.disk;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens in the disk tier, and logs when it goes off and on. */
public final class DiskCounters implements DiskEvents {

    private static final Logger LOG = LoggerFactory.getLogger(DiskCounters.class);

    private final LongAdder storedResponses = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();
    private final LongAdder evictedResponses = new LongAdder();
    private final LongAdder corruptRecords = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    @Override
    public void stored(long bytes) {
        storedResponses.increment();
        storedBytes.add(bytes);
    }

    @Override
    public void dropped(Drop reason) {
        dropped.increment();
    }

    @Override
    public void evicted(int responses, long bytes) {
        evictedResponses.add(responses);
    }

    @Override
    public void corrupt() {
        corruptRecords.increment();
    }

    @Override
    public void turnedOff(String reason) {
        LOG.error("the disk store is off: {}", reason);
    }

    @Override
    public void turnedOn() {
        LOG.info("the disk store is on");
    }

    /** Responses written. */
    public long storedResponses() {
        return storedResponses.sum();
    }

    /** Bytes of bodies written. */
    public long storedBytes() {
        return storedBytes.sum();
    }

    /** Responses that went to make room. */
    public long evictedResponses() {
        return evictedResponses.sum();
    }

    /** Records that were not what was written. */
    public long corruptRecords() {
        return corruptRecords.sum();
    }

    /** Responses that were not written, for whatever reason. */
    public long dropped() {
        return dropped.sum();
    }
}
