package dev.vellum.proxy.exchange;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Numbers for requests: none comes twice in 2<sup>64</sup>, and from one alone nobody can tell the
 * next, so that ids say nothing about how busy the proxy is. Thread-safe.
 */
public final class RequestIds implements LongSupplier {

    /** Odd, so that adding it visits every value; 2<sup>64</sup> divided by the golden ratio. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final AtomicLong state;

    /** Ids that follow from {@code seed}. */
    public RequestIds(long seed) {
        state = new AtomicLong(seed);
    }

    /** SplitMix64 (Steele, Lea and Flood 2014): a bijection of the state. */
    @Override
    public long getAsLong() {
        long mixed = state.addAndGet(STEP);
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
