package dev.vellum.proxy.h2;

/** What the peer has set (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1). */
final class PeerSettings {

    private final boolean ofServer;
    private final Hpack hpack;
    private final StreamTable streams;
    private int streamWindow = Wire.FIRST_WINDOW;
    private long mostStreams = Long.MAX_VALUE;

    /**
     * A peer that has set nothing yet.
     *
     * @param ofServer whether the peer is one
     */
    PeerSettings(boolean ofServer, Hpack hpack, StreamTable streams) {
        this.ofServer = ofServer;
        this.hpack = hpack;
        this.streams = streams;
    }

    /** Bytes that a new stream may send. */
    int streamWindow() {
        return streamWindow;
    }

    /** Streams that we may have open. */
    long mostStreams() {
        return mostStreams;
    }

    /** Takes one setting; those that are not known are ignored. */
    void set(int id, long value) throws ProtocolError {
        switch (id) {
            case Wire.HEADER_TABLE_SIZE -> hpack.peerTable(value);
            case Wire.ENABLE_PUSH -> check(value <= (ofServer ? 0 : 1), "ENABLE_PUSH out of range");
            case Wire.MAX_CONCURRENT_STREAMS -> mostStreams = value;
            case Wire.INITIAL_WINDOW_SIZE -> streamWindow(value);
            case Wire.MAX_FRAME_SIZE ->
                    check(
                            value >= Wire.LEAST_FRAME_SIZE && value <= Wire.MOST_FRAME_SIZE,
                            "MAX_FRAME_SIZE out of range");
            case Wire.ENABLE_CONNECT_PROTOCOL, Wire.NO_RFC7540_PRIORITIES ->
                    check(value <= 1, "setting that is neither 0 nor 1");
            default -> {}
        }
    }

    /** Section 6.9.2: open streams' windows change by as much, and may become negative. */
    private void streamWindow(long value) throws ProtocolError {
        if (value > Integer.MAX_VALUE) {
            throw overflow("INITIAL_WINDOW_SIZE out of range");
        }
        long change = value - streamWindow;
        streamWindow = (int) value;
        for (Http2Stream stream : streams.all()) {
            try {
                stream.widen(change);
            } catch (ProtocolError ofOneStream) {
                throw overflow("window larger than 2^31 - 1");
            }
        }
    }

    private static ProtocolError overflow(String reason) {
        return ProtocolError.connection(ErrorCode.FLOW_CONTROL_ERROR, reason);
    }

    private static void check(boolean holds, String otherwise) throws ProtocolError {
        if (!holds) {
            throw ProtocolError.brokenRule(otherwise);
        }
    }
}
