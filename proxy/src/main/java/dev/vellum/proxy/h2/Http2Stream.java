package dev.vellum.proxy.h2;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Priority;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One stream (RFC 9113 section 5): what it has still to send, within the windows that the peer
 * grants, and what it grants itself. Used on its connection's loop.
 */
public abstract class Http2Stream {

    /** Bytes that wait to be sent before more should, and where more may come again. */
    private static final int MOST_WAITING = 64 * 1024;

    private static final int FEW_WAITING = 32 * 1024;

    private final Http2Connection connection;
    private final int id;
    private Priority priority = Priority.DEFAULT;

    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean full;
    private boolean scheduled;
    private boolean endQueued;
    private @Nullable Fields trailers;
    private long sendWindow;
    private long sent;
    private long watchedSince;
    private long sentBefore;

    private int receiveWindow;
    private int owed;
    private long promised = -1;
    private long received;

    private boolean localEnded;
    private boolean remoteEnded;
    private boolean closed;

    protected Http2Stream(Http2Connection connection, int id) {
        this.connection = connection;
        this.id = id;
        this.sendWindow = connection.peer().streamWindow();
        this.receiveWindow = Inflow.STREAM_WINDOW;
    }

    // ---- what a stream does with what comes

    /** A field block other than the first of a request. */
    protected abstract void onFields(FieldBlock fields, boolean end) throws ProtocolError;

    /** Content, whose owner this becomes. */
    protected abstract void onData(ByteBuf data);

    /** The peer's side is whole, without trailers. */
    protected abstract void onEnd();

    /** It is over, before both sides ended; nothing more can be sent. */
    protected abstract void onBroken(ErrorCode code);

    /** It takes more, after {@link #sendable} said that it does not. */
    protected abstract void onSendable();

    /** Our side has ended, and the peer's has not. */
    protected abstract void onSent();

    /** It has had something to send for too long. */
    protected abstract void onStalled();

    // ---- what it is

    public final int id() {
        return id;
    }

    final Priority priority() {
        return priority;
    }

    /** Changes how soon its content is sent. */
    protected final void prioritise(Priority changed) {
        if (scheduled) {
            connection.outflow().unschedule(this);
            priority = changed;
            connection.outflow().schedule(this);
        } else {
            priority = changed;
        }
    }

    /** Whether our side has ended. */
    protected final boolean localEnded() {
        return localEnded;
    }

    /** Whether the peer's side has ended. */
    protected final boolean remoteEnded() {
        return remoteEnded;
    }

    protected final boolean closed() {
        return closed;
    }

    final void close() {
        closed = true;
        if (scheduled) {
            scheduled = false;
            connection.outflow().unschedule(this);
        }
        for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
            data.release();
        }
        waitingBytes = 0;
    }

    // ---- sending

    /** Sends a head; the last of this side if {@code end}. */
    protected final void sendHead(String[] pseudo, Fields fields, boolean end) {
        if (closed || localEnded) {
            return;
        }
        connection.writer().headers(id, pseudo, fields, end);
        if (end) {
            endLocal();
        }
    }

    /** Sends content, whose owner this becomes, when it may. */
    protected final void sendData(ByteBuf data) {
        if (closed || localEnded || endQueued || !data.isReadable()) {
            data.release();
            return;
        }
        waiting.add(data);
        waitingBytes += data.readableBytes();
        if (waitingBytes >= MOST_WAITING) {
            full = true;
        }
        schedule();
    }

    /** Ends this side behind what waits. */
    protected final void sendEnd(Fields behind) {
        if (closed || localEnded || endQueued) {
            return;
        }
        endQueued = true;
        trailers = behind.size() == 0 ? null : behind;
        if (waiting.isEmpty()) {
            finish();
        }
    }

    /** Whether more content should be sent now; if not, {@link #onSendable} tells when. */
    public final boolean sendable() {
        return !full && !closed;
    }

    /** Lets what was sent go out, soon. */
    protected final void flushStream() {
        connection.outflow().flushSoon();
    }

    private void finish() {
        if (trailers == null) {
            connection.writer().end(id);
        } else {
            connection.writer().headers(id, new String[0], trailers, true);
        }
        endLocal();
    }

    private void endLocal() {
        localEnded = true;
        if (remoteEnded) {
            connection.closeIfEnded(this);
        } else {
            onSent();
        }
    }

    final boolean maySend() {
        return !closed && !waiting.isEmpty() && sendWindow > 0;
    }

    private void schedule() {
        if (!scheduled && maySend()) {
            scheduled = true;
            connection.outflow().schedule(this);
        }
    }

    /** The scheduler has taken it out. */
    final void unscheduled() {
        scheduled = false;
    }

    /**
     * Writes one frame of content.
     *
     * @return its bytes
     */
    final int writeSome(int most) {
        ByteBuf first = waiting.element();
        int size = (int) Math.min(Math.min(most, sendWindow), first.readableBytes());
        ByteBuf part;
        if (size == first.readableBytes()) {
            waiting.remove();
            part = first;
        } else {
            part = first.readRetainedSlice(size);
        }
        waitingBytes -= size;
        sendWindow -= size;
        sent += size;
        boolean last = waiting.isEmpty() && endQueued;
        connection.writer().data(id, part, last && trailers == null);
        if (last && trailers == null) {
            endLocal();
        } else if (last) {
            finish();
        } else {
            if (full && waitingBytes <= FEW_WAITING) {
                full = false;
                onSendable();
            }
            schedule();
        }
        return size;
    }

    /** The peer grants more, or takes back. */
    final void widen(long bytes) throws ProtocolError {
        if (sendWindow + bytes > Integer.MAX_VALUE) {
            throw ProtocolError.stream(
                    id, ErrorCode.FLOW_CONTROL_ERROR, "window larger than 2^31 - 1");
        }
        sendWindow += bytes;
        schedule();
    }

    /** Whether what waits goes out too slowly, looked at now and then. */
    final boolean stalled(long now, long stallNanos, long leastBytes) {
        if (waiting.isEmpty()) {
            watchedSince = 0;
            return false;
        }
        if (watchedSince == 0) {
            watchedSince = now;
            sentBefore = sent;
            return false;
        }
        if (now - watchedSince <= stallNanos) {
            return false;
        }
        boolean slow = sent - sentBefore < Math.max(1, leastBytes);
        watchedSince = now;
        sentBefore = sent;
        return slow;
    }

    // ---- receiving

    /** What the peer's Content-Length says; -1 if it does not. */
    protected final void promised(long bytes) {
        promised = bytes;
    }

    final void receive(ByteBuf data, int flow, boolean end) throws ProtocolError {
        int bytes = data.readableBytes();
        receiveWindow -= flow;
        received += bytes;
        boolean wrong = promised >= 0 && (received > promised || (end && received != promised));
        if (receiveWindow < 0 || wrong) {
            data.release();
            connection.inflow().grant(flow);
            throw ProtocolError.stream(
                    id,
                    wrong ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR,
                    wrong ? "content of another length than promised" : "more than its window");
        }
        connection.inflow().grant(flow - bytes);
        grant(flow - bytes);
        if (end) {
            remoteEnded = true;
        }
        if (bytes > 0) {
            onData(data);
        } else {
            data.release();
        }
        if (end && !closed) {
            onEnd();
            connection.closeIfEnded(this);
        }
    }

    final void receive(FieldBlock fields, boolean end) throws ProtocolError {
        if (end) {
            if (promised >= 0 && received != promised) {
                throw ProtocolError.stream(
                        id, ErrorCode.PROTOCOL_ERROR, "content of another length than promised");
            }
            remoteEnded = true;
        }
        onFields(fields, end);
        if (end && !closed) {
            connection.closeIfEnded(this);
        }
    }

    /** The first block has ended the peer's side. */
    protected final void remoteEndedAtOnce() {
        remoteEnded = true;
    }

    /** Bytes of content are used up: this stream may get as many more. */
    protected final void grant(int bytes) {
        owed += bytes;
        if (owed >= Inflow.STREAM_WINDOW / 2 && !remoteEnded && !closed) {
            connection.writer().windowUpdate(id, owed);
            receiveWindow += owed;
            owed = 0;
        }
    }

    /** As {@link #grant}, for the connection as a whole. */
    protected final void grantConnection(int bytes) {
        connection.inflow().grant(bytes);
    }

    /** Takes back a stream of which nothing was sent; the peer never learns of it. */
    protected final void withdraw() {
        connection.withdraw(this);
    }

    /** Ends the stream at once, both sides. */
    protected final void reset(ErrorCode code) {
        if (!closed) {
            connection.reset(this, code);
        }
    }

    /** What comes is no message: to be thrown, it ends the stream. */
    protected final ProtocolError malformed(String reason) {
        return ProtocolError.malformed(id, reason);
    }

    final boolean bothEnded() {
        return localEnded && remoteEnded;
    }
}
