package dev.vellum.proxy.h2;

import io.netty.buffer.ByteBuf;

/** Takes frames, each known to be well-formed in itself (RFC 9113 section 6). */
interface FrameSink {

    /**
     * Content.
     *
     * @param data the sink becomes its owner
     * @param flow bytes that count for flow control, padding among them
     */
    void onData(int stream, ByteBuf data, int flow, boolean end) throws ProtocolError;

    /**
     * A whole field block, still compressed.
     *
     * @param block stays the caller's
     * @param dependency the stream that this one depends on (RFC 7540 section 5.3.1), or -1
     */
    void onHeaders(int stream, ByteBuf block, boolean end, int dependency) throws ProtocolError;

    void onPriority(int stream, int dependency) throws ProtocolError;

    void onReset(int stream, ErrorCode code) throws ProtocolError;

    /** One parameter of a SETTINGS frame; then {@link #onSettingsEnd}. */
    void onSetting(int id, long value) throws ProtocolError;

    void onSettingsEnd() throws ProtocolError;

    void onSettingsAck() throws ProtocolError;

    void onPing(long data, boolean ack) throws ProtocolError;

    void onGoAway(int lastStream, ErrorCode code) throws ProtocolError;

    /** A window grows. */
    void onWindowUpdate(int stream, int increment) throws ProtocolError;

    /** RFC 9218 section 7.1. */
    void onPriorityUpdate(int stream, String value) throws ProtocolError;

    /** A frame of a type that is not known, to be ignored. */
    void onUnknown() throws ProtocolError;
}
