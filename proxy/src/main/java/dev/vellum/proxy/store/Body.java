package dev.vellum.proxy.store;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one response, off-heap, written once by the fetch that owns it while any number of
 * {@link BodyReader readers} follow.
 */
public final class Body {

    /*
     * Ownership: a body starts with one owner, the fetch. The memory tier and every reader own it
     * too. An owner that comes late races the last release, so tryAcquire may fail; to the caller
     * that is a miss. Chunks are released with the last owner. Slices that readers hand out hold
     * their chunk by themselves until they are sent.
     *
     * Growing: while the body grows, everything but the owner count is guarded by this object's
     * monitor; nobody is called while it is held. Once a kept body is complete it is settled: the
     * chunks never change again and are read without a lock, published by the volatile write.
     *
     * Keeping: a kept body holds every byte from the first, because it is to be stored or because
     * readers may still join. A passing body holds only what some reader has still to read: the
     * fetch asks ahead() how far the fastest reader is behind and waits; a reader that falls behind
     * by more than the allowance is cut, so that it can neither stall the others nor hold memory.
     */

    /** Where a body stands. */
    public enum State {
        /** Bytes are still arriving. */
        GROWING,
        /** The last byte and the trailers are here. */
        COMPLETE,
        /** Broken off: what was read so far must not pass for the whole. */
        FAILED
    }

    private final Chunks source;
    private final long expected;
    private final AtomicInteger owners = new AtomicInteger(1);
    private final List<ByteBuf> chunks = new ArrayList<>(1);
    private final List<BodyReader> readers = new ArrayList<>(1);
    private boolean keeping;
    private long allowance = Long.MAX_VALUE;
    private long start;
    private long length;
    private Fields trailers = Fields.of();
    private @Nullable Failure failure;
    private @Nullable Runnable onRead;
    private volatile State state = State.GROWING;
    private volatile boolean settled;
    private int asked;

    /**
     * An empty body that its caller owns.
     *
     * @param expected length in bytes if it is known, else -1; only decides how chunks are sized
     * @param keeping whether every byte is held until the body is released
     */
    public Body(Chunks source, long expected, boolean keeping) {
        this.source = source;
        this.expected = expected;
        this.keeping = keeping;
    }

    /** Adds an owner; false if the body was released meanwhile. */
    public boolean tryAcquire() {
        int count = owners.get();
        while (count > 0) {
            if (owners.compareAndSet(count, count + 1)) {
                return true;
            }
            count = owners.get();
        }
        return false;
    }

    /** Ends one ownership. */
    public void release() {
        int left = owners.decrementAndGet();
        if (left == 0) {
            synchronized (this) {
                chunks.forEach(source::release);
                chunks.clear();
            }
        } else if (left < 0) {
            throw new IllegalStateException("owners: " + left + " (expected: >= 0)");
        }
    }

    /**
     * A reader that starts at the first byte, or null if the body is gone or broken, or its
     * beginning is no longer held.
     *
     * @param loop where {@code onMore} runs
     * @param onMore told, once each time after the reader ran dry, that there is more to read or
     *     that the body ended
     */
    public @Nullable BodyReader reader(EventExecutor loop, Runnable onMore) {
        if (!tryAcquire()) {
            return null;
        }
        BodyReader reader = new BodyReader(this, loop, onMore);
        if (settled) {
            return reader;
        }
        synchronized (this) {
            if (start == 0 && state != State.FAILED) {
                readers.add(reader);
                return reader;
            }
        }
        release();
        return null;
    }

    /**
     * Copies what is readable in {@code bytes}; the caller keeps its ownership of them, and calls
     * {@link #wake} when there is nothing more for now.
     */
    public synchronized void append(ByteBuf bytes) {
        while (bytes.isReadable()) {
            ByteBuf last = chunks.isEmpty() ? null : chunks.getLast();
            if (last == null || !last.isWritable()) {
                last = source.allocate(nextCapacity());
                chunks.add(last);
            }
            int count = Math.min(bytes.readableBytes(), last.writableBytes());
            last.writeBytes(bytes, count);
            length += count;
        }
        dropWhatAllRead();
    }

    /** Tells the readers that ran dry that there is more. */
    public void wake() {
        BodyReader[] waiting;
        synchronized (this) {
            waiting = takeWaiting();
        }
        wake(waiting);
    }

    private int nextCapacity() {
        long rest = expected - length;
        return rest > 0 ? (int) Math.min(rest, Chunks.SIZE) : Chunks.SIZE;
    }

    /**
     * Ends the body whole.
     *
     * @param beforeWaking run when the body is whole and before any waiting reader is told, so that
     *     whoever asks after having got the whole finds it where this puts it
     */
    public void complete(Fields trailers, Runnable beforeWaking) {
        synchronized (this) {
            this.trailers = trailers;
            trimLast();
            state = State.COMPLETE;
            settled = keeping;
        }
        beforeWaking.run();
        wake();
    }

    /** A last chunk that is half empty is copied to its size: most bodies are one small chunk. */
    private void trimLast() {
        if (!keeping || chunks.isEmpty()) {
            return;
        }
        ByteBuf last = chunks.getLast();
        if (last.readableBytes() <= last.capacity() / 2) {
            ByteBuf exact = source.allocate(last.readableBytes());
            exact.writeBytes(last, 0, last.readableBytes());
            chunks.set(chunks.size() - 1, exact);
            source.release(last);
        }
    }

    /** Breaks the body off: every reader, present and future, is to reset its client. */
    public void fail(Failure cause) {
        BodyReader[] waiting;
        synchronized (this) {
            failure = cause;
            state = State.FAILED;
            waiting = takeWaiting();
        }
        wake(waiting);
    }

    /**
     * Stops holding what all readers have read; readers that join later are refused.
     *
     * @param allowance bytes by which a reader may lag before it is cut, at least {@link
     *     Chunks#SIZE}
     */
    public synchronized void pass(long allowance) {
        if (settled) {
            return;
        }
        keeping = false;
        this.allowance = Math.max(allowance, Chunks.SIZE);
        dropWhatAllRead();
    }

    /** Whether every byte from the first is held. */
    public synchronized boolean keeping() {
        return keeping;
    }

    /** What to run, on the reader's thread, after a reader advanced or left; null for nothing. */
    public synchronized void onRead(@Nullable Runnable action) {
        onRead = action;
    }

    /** Bytes that the fastest reader has still to read; 0 if nobody reads. */
    public synchronized long ahead() {
        long fastest = -1;
        for (BodyReader reader : readers) {
            fastest = Math.max(fastest, reader.position());
        }
        return fastest < 0 ? 0 : length - fastest;
    }

    /** How many readers a growing body has. */
    public synchronized int readers() {
        return readers.size();
    }

    /** Bytes written so far. */
    public long length() {
        if (settled) {
            return length;
        }
        synchronized (this) {
            return length;
        }
    }

    /** A copy of all bytes of a complete body; empty if it is gone. */
    public byte[] bytes() {
        return bytes(Integer.MAX_VALUE);
    }

    /**
     * A copy of the first bytes of a complete body; empty if it is gone.
     *
     * @param most bytes
     */
    public byte[] bytes(int most) {
        // a complete body never wakes anyone, so no loop is needed
        BodyReader reader = reader(ImmediateEventExecutor.INSTANCE, () -> {});
        if (reader == null) {
            return new byte[0];
        }
        try (reader) {
            byte[] copy = new byte[(int) Math.min(most, length())];
            int at = 0;
            while (at < copy.length) {
                ByteBuf slice = reader.next(copy.length - at);
                if (slice == null) {
                    throw new IllegalStateException("state: " + state + " (expected: COMPLETE)");
                }
                int count = slice.readableBytes();
                slice.readBytes(copy, at, count).release();
                at += count;
            }
            return copy;
        }
    }

    /** Bytes of memory held. */
    public synchronized long footprint() {
        long sum = 0;
        for (ByteBuf chunk : chunks) {
            sum += chunk.capacity();
        }
        return sum;
    }

    /** How often this has been asked, this time included; about, where loops ask at once. */
    int asked() {
        return ++asked;
    }

    /** Where the body stands; once not {@code GROWING} it never changes. */
    public State state() {
        return state;
    }

    /** The trailer section of a complete body. */
    public synchronized Fields trailers() {
        return trailers;
    }

    /** Why the body failed; null unless it did. */
    public synchronized @Nullable Failure failure() {
        return failure;
    }

    /** Called by a reader: a slice at its position that the caller owns, or null. */
    @Nullable ByteBuf slice(BodyReader reader, int limit) {
        if (settled) {
            return reader.advance(sliceAt(reader.position(), limit), false);
        }
        ByteBuf slice;
        Runnable action;
        synchronized (this) {
            if (reader.position() < start || state == State.FAILED) {
                return null;
            }
            slice = reader.advance(sliceAt(reader.position(), limit), state == State.GROWING);
            if (slice != null) {
                dropWhatAllRead();
            }
            action = slice == null ? null : onRead;
        }
        if (action != null) {
            action.run();
        }
        return slice;
    }

    private @Nullable ByteBuf sliceAt(long position, int limit) {
        long available = Math.min(limit, length - position);
        if (available <= 0) {
            return null;
        }
        long offset = position - start;
        ByteBuf chunk = chunks.get((int) (offset / Chunks.SIZE));
        int at = (int) (offset % Chunks.SIZE);
        return chunk.retainedSlice(at, (int) Math.min(available, chunk.writerIndex() - at));
    }

    void left(BodyReader reader) {
        Runnable action;
        synchronized (this) {
            readers.remove(reader);
            dropWhatAllRead();
            action = settled ? null : onRead; // nobody writes any more
        }
        if (action != null) {
            action.run();
        }
        release();
    }

    private void dropWhatAllRead() {
        if (keeping || readers.isEmpty()) {
            return;
        }
        long slowest = length;
        for (BodyReader reader : readers) {
            if (length - reader.position() > allowance) {
                reader.cut();
            } else {
                slowest = Math.min(slowest, reader.position());
            }
        }
        // the last chunk stays, as it may still be filled
        while (chunks.size() > 1 && slowest - start >= Chunks.SIZE) {
            source.release(chunks.removeFirst());
            start += Chunks.SIZE;
        }
    }

    private BodyReader[] takeWaiting() {
        return readers.stream().filter(BodyReader::takeWaiting).toArray(BodyReader[]::new);
    }

    private static void wake(BodyReader[] waiting) {
        for (BodyReader reader : waiting) {
            reader.wake();
        }
    }
}
