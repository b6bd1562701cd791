package dev.vellum.proxy.store.shared;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A place in the stream of the fleet's purges, as Redis numbers it. Only Redis gives numbers, so
 * they are in one order whatever the clocks of the proxies say.
 *
 * @param millis at least 0
 * @param sequence within the same millisecond, at least 0
 */
record Position(long millis, long sequence) implements Comparable<Position> {

    static final Position START = new Position(0, 0);
    static final int BYTES = 2 * Long.BYTES;

    /** The position of a text such as {@code 1526919030474-55}. */
    static Position parse(String text) {
        int dash = text.indexOf('-');
        return new Position(
                Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    static Position read(ByteBuffer in) {
        return new Position(in.getLong(), in.getLong());
    }

    void write(ByteBuffer out) {
        out.putLong(millis).putLong(sequence);
    }

    /** A time in the same order. More than a million purges in a millisecond count as one. */
    Instant instant() {
        return Instant.ofEpochMilli(millis).plusNanos(Math.min(sequence, 999_999));
    }

    @Override
    public int compareTo(Position other) {
        int byMillis = Long.compare(millis, other.millis);
        return byMillis != 0 ? byMillis : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return millis + "-" + sequence;
    }
}
