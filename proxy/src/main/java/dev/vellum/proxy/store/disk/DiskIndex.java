package dev.vellum.proxy.store.disk;

import java.util.List;

/**
 * Where each response is on disk: a multimap from resource to places, in primitive columns, since
 * there may be millions of them. Thread-safe.
 */
final class DiskIndex {

    /** Memory for one entry at the least load, in bytes. */
    static final int BYTES_PER_ENTRY = 64;

    /** Enough for a stripe to grow in well under a millisecond while an event loop waits for it. */
    private static final int STRIPE_BITS = 8;

    private final IndexStripe[] stripes = new IndexStripe[1 << STRIPE_BITS];

    /**
     * A record's place.
     *
     * @param segment number of the file, from 1
     * @param offset of its first byte
     * @param length in bytes
     */
    record Place(int segment, int offset, int length) {}

    /** How a record stands when its segment is the oldest. */
    enum Standing {
        /** Replaced or removed. */
        VOID,
        /** Not found by anyone since it was written. */
        IDLE,
        /** Found since it was written. */
        USED
    }

    DiskIndex() {
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new IndexStripe();
        }
    }

    boolean contains(long resource) {
        return stripe(resource).contains(resource);
    }

    /** Places of all variants, latest first, which are marked as used. */
    List<Place> find(long resource) {
        return stripe(resource).find(resource);
    }

    /**
     * Enters a record, in place of the same variant, or of the oldest one if there are too many.
     */
    void put(DiskKey key, Place place) {
        stripe(key.resource()).put(key, place);
    }

    /** Forgets the record if it is still at {@code place}. */
    void remove(long resource, Place place) {
        stripe(resource).remove(resource, place);
    }

    /** Forgets all variants; whether there were any. */
    boolean removeAll(long resource) {
        return stripe(resource).removeAll(resource);
    }

    Standing standing(DiskKey key, Place place) {
        return stripe(key.resource()).standing(key.resource(), place);
    }

    void clear() {
        for (IndexStripe stripe : stripes) {
            stripe.clear();
        }
    }

    int size() {
        int sum = 0;
        for (IndexStripe stripe : stripes) {
            sum += stripe.size();
        }
        return sum;
    }

    private IndexStripe stripe(long resource) {
        return stripes[(int) (resource >>> (64 - STRIPE_BITS))];
    }
}
