package dev.vellum.proxy.store.disk;

import dev.vellum.proxy.store.disk.DiskIndex.Place;
import dev.vellum.proxy.store.disk.DiskIndex.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A part of the index: open addressing with linear probing. Resources are digests, so their low
 * bits are the slot.
 */
final class IndexStripe {

    /** Variants of one resource that are found; beyond them the oldest is forgotten. */
    static final int VARIANTS = 16;

    private static final int INITIAL = 16;
    private static final int USED = 1 << 31;

    private static final Comparator<Place> LATEST_FIRST =
            Comparator.comparingInt(Place::segment).thenComparingInt(Place::offset).reversed();

    private long[] resources = new long[INITIAL];
    private int[] variants = new int[INITIAL];

    /** 0 where the slot is free. */
    private int[] segments = new int[INITIAL];

    private int[] offsets = new int[INITIAL];

    /** With {@link #USED} added once the entry was found. */
    private int[] lengths = new int[INITIAL];

    private int size;

    synchronized int size() {
        return size;
    }

    synchronized void clear() {
        resources = new long[INITIAL];
        variants = new int[INITIAL];
        segments = new int[INITIAL];
        offsets = new int[INITIAL];
        lengths = new int[INITIAL];
        size = 0;
    }

    synchronized boolean contains(long resource) {
        for (int i = slot(resource); segments[i] != 0; i = next(i)) {
            if (resources[i] == resource) {
                return true;
            }
        }
        return false;
    }

    synchronized List<Place> find(long resource) {
        List<Place> places = new ArrayList<>(1);
        for (int i = slot(resource); segments[i] != 0; i = next(i)) {
            if (resources[i] == resource) {
                places.add(place(i));
                lengths[i] |= USED;
            }
        }
        places.sort(LATEST_FIRST);
        return places;
    }

    synchronized void put(DiskKey key, Place place) {
        int count = 0;
        int oldest = -1;
        for (int i = slot(key.resource()); segments[i] != 0; i = next(i)) {
            if (resources[i] != key.resource()) {
                continue;
            }
            if (variants[i] == key.variant()) {
                set(i, key, place);
                return;
            }
            count++;
            if (oldest < 0 || LATEST_FIRST.compare(place(i), place(oldest)) > 0) {
                oldest = i;
            }
        }
        if (count >= VARIANTS) {
            set(oldest, key, place);
            return;
        }
        if (4 * (size + 1) > 3 * segments.length) {
            grow();
        }
        insert(key, place);
    }

    synchronized void remove(long resource, Place place) {
        int at = indexOf(resource, place);
        if (at >= 0) {
            removeAt(at);
        }
    }

    synchronized boolean removeAll(long resource) {
        boolean any = false;
        int i = slot(resource);
        while (segments[i] != 0) {
            if (resources[i] == resource) {
                removeAt(i);
                any = true;
            } else {
                i = next(i);
            }
        }
        return any;
    }

    synchronized Standing standing(long resource, Place place) {
        int at = indexOf(resource, place);
        if (at < 0) {
            return Standing.VOID;
        }
        return (lengths[at] & USED) != 0 ? Standing.USED : Standing.IDLE;
    }

    private int indexOf(long resource, Place place) {
        for (int i = slot(resource); segments[i] != 0; i = next(i)) {
            if (resources[i] == resource
                    && segments[i] == place.segment()
                    && offsets[i] == place.offset()) {
                return i;
            }
        }
        return -1;
    }

    private void insert(DiskKey key, Place place) {
        int i = slot(key.resource());
        while (segments[i] != 0) {
            i = next(i);
        }
        set(i, key, place);
        size++;
    }

    private void set(int i, DiskKey key, Place place) {
        resources[i] = key.resource();
        variants[i] = key.variant();
        segments[i] = place.segment();
        offsets[i] = place.offset();
        lengths[i] = place.length();
    }

    private Place place(int i) {
        return new Place(segments[i], offsets[i], lengths[i] & ~USED);
    }

    /**
     * Closes the gap by moving back what was displaced past it (Knuth, volume 3, algorithm 6.4R).
     */
    private void removeAt(int gap) {
        int mask = segments.length - 1;
        for (int i = next(gap); segments[i] != 0; i = next(i)) {
            int home = slot(resources[i]);
            if (((i - home) & mask) >= ((i - gap) & mask)) {
                resources[gap] = resources[i];
                variants[gap] = variants[i];
                segments[gap] = segments[i];
                offsets[gap] = offsets[i];
                lengths[gap] = lengths[i];
                gap = i;
            }
        }
        segments[gap] = 0;
        size--;
    }

    private void grow() {
        long[] oldResources = resources;
        int[] oldVariants = variants;
        int[] oldSegments = segments;
        int[] oldOffsets = offsets;
        int[] oldLengths = lengths;
        int capacity = 2 * oldSegments.length;
        clear();
        resources = new long[capacity];
        variants = new int[capacity];
        segments = new int[capacity];
        offsets = new int[capacity];
        lengths = new int[capacity];
        for (int i = 0; i < oldSegments.length; i++) {
            if (oldSegments[i] != 0) {
                insert(
                        new DiskKey(oldResources[i], oldVariants[i]),
                        new Place(oldSegments[i], oldOffsets[i], oldLengths[i]));
            }
        }
    }

    private int slot(long resource) {
        return (int) resource & (segments.length - 1);
    }

    private int next(int i) {
        return (i + 1) & (segments.length - 1);
    }
}
