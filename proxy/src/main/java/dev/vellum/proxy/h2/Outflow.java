package dev.vellum.proxy.h2;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What leaves a connection, and when: content in the scheduler's order, within the window that the
 * peer grants the connection (RFC 9113 section 5.2) and while the channel takes it. All that was
 * written leaves when the batch of reads, or the task, that caused it is over.
 */
final class Outflow {

    /** What a peer earns by taking a frame of content. */
    private static final int FRAME_TAKEN = 2;

    private final Channel channel;
    private final Patience patience;
    private final Scheduler scheduler = new Scheduler();
    private long window = Wire.FIRST_WINDOW;
    private boolean inBatch;
    private boolean flushDue;
    private boolean flushPlanned;
    private boolean pumping;

    Outflow(Channel channel, Patience patience) {
        this.channel = channel;
        this.patience = patience;
    }

    /** The peer grants the connection more. */
    void widen(int bytes) throws ProtocolError {
        window += bytes;
        if (window > Integer.MAX_VALUE) {
            throw ProtocolError.connection(
                    ErrorCode.FLOW_CONTROL_ERROR, "window larger than 2^31 - 1");
        }
    }

    /** The stream has something to send, and may. */
    void schedule(Http2Stream stream) {
        scheduler.add(stream);
    }

    void unschedule(Http2Stream stream) {
        scheduler.remove(stream);
    }

    /** Reads begin that belong together. */
    void beginBatch() {
        inBatch = true;
    }

    void endBatch() {
        inBatch = false;
        flush();
    }

    /** Lets out what was written, when the batch of reads or the task that caused it is over. */
    void flushSoon() {
        flushDue = true;
        if (!inBatch && !flushPlanned) {
            flushPlanned = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        pump();
        if (flushDue) {
            flushDue = false;
            channel.flush();
        }
    }

    /** Hands out the right to send, while there is any. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (window > 0 && channel.isWritable()) {
                @Nullable Http2Stream next = scheduler.poll();
                if (next == null) {
                    return;
                }
                next.unscheduled();
                if (next.maySend()) {
                    window -= next.writeSome((int) Math.min(window, Wire.LEAST_FRAME_SIZE));
                    patience.earn(FRAME_TAKEN);
                    flushDue = true;
                }
            }
        } finally {
            pumping = false;
        }
    }
}
