package dev.vellum.proxy.h2;

import io.netty.buffer.ByteBuf;

/**
 * What each frame does, given the state of its stream (RFC 9113 sections 5 and 6), and what it
 * costs its sender.
 */
final class ReceivedFrames implements FrameSink {

    /** The cost of a request that was asked for and is cancelled. */
    static final int CANCELLED = 4;

    /** The cost of a frame that brings nobody anything. */
    private static final int IDLE = 1;

    private final Http2Connection connection;
    private final StreamTable streams;
    private final PeerSettings peer;
    private final Hpack hpack;
    private final FrameWriter writer;
    private final Inflow inflow;
    private final Outflow outflow;
    private final Patience patience;

    ReceivedFrames(
            Http2Connection connection,
            StreamTable streams,
            PeerSettings peer,
            Hpack hpack,
            FrameWriter writer,
            Inflow inflow,
            Outflow outflow,
            Patience patience) {
        this.connection = connection;
        this.streams = streams;
        this.peer = peer;
        this.hpack = hpack;
        this.writer = writer;
        this.inflow = inflow;
        this.outflow = outflow;
        this.patience = patience;
    }

    // ---- streams

    @Override
    public void onData(int id, ByteBuf data, int flow, boolean end) throws ProtocolError {
        boolean granted = inflow.take(flow);
        Http2Stream stream = streams.find(id);
        if (granted && stream != null && !stream.remoteEnded()) {
            if (!data.isReadable() && !end) {
                spendFor(data);
            }
            stream.receive(data, flow, end);
            return;
        }
        data.release();
        inflow.grant(flow);
        if (!granted) {
            throw ProtocolError.connection(
                    ErrorCode.FLOW_CONTROL_ERROR, "more than the connection's window");
        }
        if (stream != null) {
            throw ended(id);
        }
        streams.judgeFrame(id);
        patience.spend(IDLE);
    }

    private void spendFor(ByteBuf data) throws ProtocolError {
        try {
            patience.spend(IDLE);
        } catch (ProtocolError enough) {
            data.release();
            throw enough;
        }
    }

    @Override
    public void onHeaders(int id, ByteBuf block, boolean end, int dependency) throws ProtocolError {
        // whatever becomes of it: the next block is read by what this one leaves in the table
        FieldBlock fields = hpack.decode(id, block);
        Http2Stream stream = streams.find(id);
        if (stream == null && !streams.begins(id)) {
            return;
        }
        if (dependency == id) {
            throw dependsOnItself(id);
        }
        if (stream == null) {
            connection.onOpened(id, fields, end);
        } else if (stream.remoteEnded()) {
            throw ended(id);
        } else {
            stream.receive(fields, end);
        }
    }

    private static ProtocolError ended(int id) {
        return ProtocolError.stream(
                id, ErrorCode.STREAM_CLOSED, "frame behind the end of its stream");
    }

    /** RFC 7540 section 5.3.1, which clients that know RFC 9113 only do not come near. */
    private static ProtocolError dependsOnItself(int id) {
        return ProtocolError.malformed(id, "stream that depends on itself");
    }

    @Override
    public void onPriority(int id, int dependency) throws ProtocolError {
        patience.spend(IDLE);
        if (dependency == id) {
            // a stream that is not there cannot be reset
            throw streams.find(id) == null
                    ? ProtocolError.brokenRule("stream that depends on itself")
                    : dependsOnItself(id);
        }
    }

    @Override
    public void onReset(int id, ErrorCode code) throws ProtocolError {
        if (streams.isIdle(id)) {
            throw ProtocolError.brokenRule("RST_STREAM of a stream that has not begun");
        }
        Http2Stream stream = streams.find(id);
        // some clients reset every stream when they have all of it
        patience.spend(stream == null ? IDLE : CANCELLED);
        if (stream != null) {
            connection.onReset(stream, code);
        }
    }

    @Override
    public void onWindowUpdate(int id, int increment) throws ProtocolError {
        patience.spend(IDLE);
        if (id == 0) {
            outflow.widen(increment);
            return;
        }
        if (streams.isIdle(id)) {
            throw ProtocolError.brokenRule("WINDOW_UPDATE of a stream that has not begun");
        }
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            stream.widen(increment);
        }
    }

    @Override
    public void onPriorityUpdate(int id, String value) throws ProtocolError {
        patience.spend(IDLE);
        connection.onPriorityUpdate(id, value);
    }

    // ---- the connection

    @Override
    public void onSetting(int id, long value) throws ProtocolError {
        peer.set(id, value);
    }

    @Override
    public void onSettingsEnd() throws ProtocolError {
        patience.spend(IDLE);
        writer.settingsAck();
        connection.onSettings();
    }

    @Override
    public void onSettingsAck() throws ProtocolError {
        patience.spend(IDLE);
    }

    @Override
    public void onPing(long data, boolean ack) throws ProtocolError {
        patience.spend(IDLE);
        if (ack) {
            connection.onPong();
        } else {
            writer.ping(data, true);
        }
    }

    @Override
    public void onGoAway(int last, ErrorCode code) {
        connection.onGoAway(last);
    }

    @Override
    public void onUnknown() throws ProtocolError {
        patience.spend(IDLE);
    }
}
