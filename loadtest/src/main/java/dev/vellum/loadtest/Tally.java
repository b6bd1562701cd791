package dev.vellum.loadtest;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What clients have seen. Thread-safe. */
final class Tally {

    /** What a client may do. */
    enum Kind {
        GET,
        RANGE,
        CONDITIONAL,
        HEAD,
        ABORT
    }

    private static final int MOST_FAILURES = 20;

    private final ConcurrentMap<Kind, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder excused = new LongAdder();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Histogram micros = new ConcurrentHistogram(2);

    /** A request that went as it should. */
    void right(Kind kind, boolean hit, long content, long took) {
        counter(kind).increment();
        hits.add(hit ? 1 : 0);
        bytes.add(content);
        micros.recordValue(took / 1000);
    }

    /** One that could not, since the origin was in trouble. */
    void excused() {
        excused.increment();
    }

    long excuses() {
        return excused.sum();
    }

    /** One that did not. */
    void wrong(String what) {
        failed.increment();
        if (failures.size() < MOST_FAILURES) {
            failures.add(what);
        }
    }

    long requests(Kind kind) {
        return counter(kind).sum();
    }

    private LongAdder counter(Kind kind) {
        return requests.computeIfAbsent(kind, _ -> new LongAdder());
    }

    long requests() {
        long sum = 0;
        for (LongAdder each : requests.values()) {
            sum += each.sum();
        }
        return sum;
    }

    long hits() {
        return hits.sum();
    }

    /** Content bytes that were looked at, each of them. */
    long bytes() {
        return bytes.sum();
    }

    long failed() {
        return failed.sum();
    }

    /** The first of them. */
    List<String> failures() {
        return failures;
    }

    /** Microseconds below which that share of the requests took, from 0 to 100. */
    long percentile(double percent) {
        return micros.getValueAtPercentile(percent);
    }
}
