package dev.vellum.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Resident memory over a run, in bytes, at equal intervals. */
final class Resident {

    /** A shorter run only warms up: compilers and caches still fill. */
    static final Duration LEAST = Duration.ofMinutes(3);

    private static final double MORE = 1.05;

    private final List<Long> samples = new ArrayList<>();

    void add(long bytes) {
        samples.add(bytes);
    }

    long latest() {
        return samples.isEmpty() ? 0 : samples.getLast();
    }

    /** The greatest in one third of the run, 0 to 2. */
    long most(int third) {
        int from = samples.size() * third / 3;
        int to = samples.size() * (third + 1) / 3;
        return samples.subList(from, to).stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Whether the last third took hardly more than the one before it. */
    boolean isLevel() {
        return most(2) <= most(1) * MORE;
    }
}
