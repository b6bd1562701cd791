package dev.vellum.proxy.h2;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection's streams and their states (RFC 9113 section 5.1): which are open, which have not
 * begun, and how those ended that are over.
 */
final class StreamTable {

    private final boolean begunByPeer;
    private final IntObjectMap<Http2Stream> open = new IntObjectHashMap<>();
    private final ClosedStreams closed = new ClosedStreams();
    private int last;

    /**
     * An empty table.
     *
     * @param begunByPeer whether it is the peer who begins streams, as clients do
     */
    StreamTable(boolean begunByPeer) {
        this.begunByPeer = begunByPeer;
    }

    @Nullable Http2Stream find(int id) {
        return open.get(id);
    }

    int openStreams() {
        return open.size();
    }

    List<Http2Stream> all() {
        return List.copyOf(open.values());
    }

    void add(Http2Stream stream) {
        open.put(stream.id(), stream);
        last = Math.max(last, stream.id());
    }

    /** Takes a stream out; false if it is not in. */
    boolean remove(Http2Stream stream) {
        return open.remove(stream.id()) != null;
    }

    /** A stream is over. */
    void over(int id, ClosedStreams.How how) {
        closed.add(id, how);
    }

    /** The last stream that the peer began, 0 if none: what GOAWAY speaks of (section 6.8). */
    int lastOfPeer() {
        return begunByPeer ? last : 0;
    }

    /** Whether a stream has not begun yet; even numbers never do, for nobody pushes here. */
    boolean isIdle(int id) {
        return id % 2 == 0 || id > last;
    }

    /**
     * Judges the peer's fields on a stream that is not open (sections 5.1 and 5.1.1).
     *
     * @return whether it begins now; if not, what came is to be ignored
     */
    boolean begins(int id) throws ProtocolError {
        if (!begunByPeer) {
            judgeFrame(id);
            return false;
        }
        if (id % 2 == 0) {
            throw ProtocolError.brokenRule("stream of an even number");
        }
        if (id > last) {
            last = id;
            return true;
        }
        return switch (closed.find(id)) {
            case RESET -> false;
            case ENDED -> throw closed("fields on a closed stream");
            case UNKNOWN -> throw ProtocolError.brokenRule("stream number lower than one before");
        };
    }

    /** A frame of a stream that is not open: an error unless we have just reset it. */
    void judgeFrame(int id) throws ProtocolError {
        if (isIdle(id)) {
            throw ProtocolError.brokenRule("frame of a stream that has not begun");
        }
        if (closed.find(id) != ClosedStreams.How.RESET) {
            throw closed("frame of a closed stream");
        }
    }

    private static ProtocolError closed(String reason) {
        return ProtocolError.connection(ErrorCode.STREAM_CLOSED, reason);
    }
}
