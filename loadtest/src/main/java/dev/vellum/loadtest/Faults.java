package dev.vellum.loadtest;

import java.util.SplittableRandom;

/**
 * How often an origin fails, and in which way. Thread-safe.
 *
 * @param percent of its responses, 0 to 100
 * @param seed of the choice
 */
record Faults(int percent, SplittableRandom seed) {

    /** What an origin does with one request. */
    enum Fault {
        NONE,
        /** 503, which says nothing about the object. */
        UNAVAILABLE,
        /** The connection ends before the response. */
        SILENCE,
        /** The connection is reset in the midst of the content. */
        RESET,
        /** The content stops for a second, then goes on. */
        STALL
    }

    /** Those that go wrong in that percentage, by that seed. */
    static Faults of(int percent, long seed) {
        return new Faults(percent, new SplittableRandom(seed));
    }

    Fault next() {
        synchronized (seed) {
            return seed.nextInt(100) < percent
                    ? Fault.values()[1 + seed.nextInt(Fault.values().length - 1)]
                    : Fault.NONE;
        }
    }
}
