package dev.vellum.proxy.h2;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which stream sends next (RFC 9218 section 10): the most urgent; among equals one after the other
 * in the order they were asked for, but incremental ones in turns; where both are there, each kind
 * in turn.
 */
final class Scheduler {

    private final Level[] levels = new Level[8];

    private static final class Level {
        final TreeMap<Integer, Http2Stream> whole = new TreeMap<>();
        final Deque<Http2Stream> incremental = new ArrayDeque<>();
        boolean incrementalNext;
    }

    Scheduler() {
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new Level();
        }
    }

    /** Adds a stream that is not in it. */
    void add(Http2Stream stream) {
        Level level = levels[stream.priority().urgency()];
        if (stream.priority().incremental()) {
            level.incremental.addLast(stream);
        } else {
            level.whole.put(stream.id(), stream);
        }
    }

    /** Takes a stream out, if it is in it with the priority that it has. */
    void remove(Http2Stream stream) {
        Level level = levels[stream.priority().urgency()];
        if (stream.priority().incremental()) {
            level.incremental.remove(stream);
        } else {
            level.whole.remove(stream.id());
        }
    }

    /** Takes the next out; null if none is in it. */
    @Nullable Http2Stream poll() {
        for (Level level : levels) {
            boolean fromIncremental =
                    !level.incremental.isEmpty()
                            && (level.incrementalNext || level.whole.isEmpty());
            if (fromIncremental) {
                level.incrementalNext = false;
                return level.incremental.pollFirst();
            }
            if (!level.whole.isEmpty()) {
                level.incrementalNext = true;
                return level.whole.pollFirstEntry().getValue();
            }
        }
        return null;
    }
}
