package dev.vellum.proxy.h2;

import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.net.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP/2, either side of it (RFC 9113). Used on its loop.
 *
 * <p>What is granted to a peer is what was used up, so whoever does not take content holds back its
 * sender. What a peer does not take is not produced: a stream that has 64 KiB waiting asks for no
 * more, and a connection that cannot be written to is not read from.
 */
public abstract class Http2Connection extends ByteToMessageDecoder {

    /*
     * The parts, in the order in which bytes pass them: FrameReader makes frames of bytes,
     * ReceivedFrames decides by StreamTable what each does, PeerSettings and Inflow keep what was
     * agreed on; Http2Stream, of which each side has its own kind, makes messages; Outflow lets
     * them out in turn, and FrameWriter makes bytes of frames. Patience and StallWatch bound what
     * a peer may cost.
     */

    private static final Duration LINGER = Duration.ofSeconds(1);

    /** Which side we are. */
    protected enum Side {
        SERVER,
        CLIENT
    }

    private final Channel channel;
    private final Side side;
    private final Limits limits;
    private final Timeouts timeouts;
    private final Patience patience = new Patience(System::nanoTime);
    private final Hpack hpack;
    private final StreamTable streams;
    private final PeerSettings peer;
    private final Outflow outflow;
    private final FrameWriter writer;
    private final Inflow inflow;
    private final FrameReader reader;
    private @Nullable StallWatch watch;
    private boolean closing;

    @SuppressWarnings("this-escape") // to parts that use it when frames come
    protected Http2Connection(Channel channel, Side side, Limits limits, Timeouts timeouts) {
        this.channel = channel;
        this.side = side;
        this.limits = limits;
        this.timeouts = timeouts;
        hpack = new Hpack(limits);
        streams = new StreamTable(side == Side.SERVER);
        peer = new PeerSettings(side == Side.CLIENT, hpack, streams);
        outflow = new Outflow(channel, patience);
        writer = new FrameWriter(channel, hpack, outflow::flushSoon);
        inflow = new Inflow(writer);
        ReceivedFrames received =
                new ReceivedFrames(this, streams, peer, hpack, writer, inflow, outflow, patience);
        int mostBlockBytes = (int) (2 * limits.headerBytes().bytes());
        reader = new FrameReader(received, channel.alloc(), mostBlockBytes, side == Side.SERVER);
    }

    // ---- what a side does

    /**
     * A stream that the peer begins with its first field block. Only a server gets these.
     *
     * <p>The connection does not know the stream until it is {@link #register registered}.
     */
    protected abstract void onOpened(int stream, FieldBlock fields, boolean end)
            throws ProtocolError;

    /** RFC 9218 section 7.1; the stream may not have begun yet. */
    protected abstract void onPriorityUpdate(int stream, String value) throws ProtocolError;

    /** The peer wants no more streams; those behind {@code lastStream} it will not answer. */
    protected abstract void onGoAway(int lastStream);

    /** The peer has answered our last ping. */
    protected abstract void onPong();

    /** The peer's settings hold. */
    protected abstract void onSettings();

    /** A stream is over. */
    protected abstract void onStreamClosed();

    /** Now and then: whether the connection is still wanted. */
    protected abstract void onLook(long now);

    /** The connection is gone, or about to; after its streams were told. */
    protected abstract void onClosed();

    /** The peer broke the rules. */
    protected abstract void onPeerError(String reason);

    /** Streams that a client may have open at once. */
    protected abstract int mostStreams();

    /** All that has arrived so far was told. */
    protected void onBatch() {}

    // ---- what it is

    protected final Channel channel() {
        return channel;
    }

    protected final Limits limits() {
        return limits;
    }

    protected final Timeouts timeouts() {
        return timeouts;
    }

    /** Streams that are not over. */
    protected final int openStreams() {
        return streams.openStreams();
    }

    /** The last stream that the peer began. */
    protected final int lastStream() {
        return streams.lastOfPeer();
    }

    /** Whether a stream has not begun yet. */
    protected final boolean isIdle(int stream) {
        return streams.isIdle(stream);
    }

    /** Streams that the peer lets us have open. */
    protected final long peerStreams() {
        return peer.mostStreams();
    }

    protected final boolean closing() {
        return closing;
    }

    protected final @Nullable Http2Stream stream(int id) {
        return streams.find(id);
    }

    final PeerSettings peer() {
        return peer;
    }

    final FrameWriter writer() {
        return writer;
    }

    final Outflow outflow() {
        return outflow;
    }

    final Inflow inflow() {
        return inflow;
    }

    // ---- what a side may do

    /** Takes a new stream in. */
    protected final void register(Http2Stream stream) {
        streams.add(stream);
    }

    /** The peer's stream is not answered, nor what comes for it judged. */
    protected final void ignore(int stream) {
        streams.over(stream, ClosedStreams.How.RESET);
    }

    /** Asks for a sign of life. */
    protected final void ping() {
        writer.ping(1, false);
    }

    /** Says that streams behind {@code last} will not be answered. */
    protected final void writeGoAway(int last, ErrorCode code) {
        writer.goAway(last, code);
    }

    // ---- reading

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch = new StallWatch(channel, limits, timeouts, this::look);
        int fieldBytes = (int) limits.headerBytes().bytes();
        switch (side) {
            case SERVER ->
                    writer.settings(
                            Wire.MAX_CONCURRENT_STREAMS,
                            mostStreams(),
                            Wire.INITIAL_WINDOW_SIZE,
                            Inflow.STREAM_WINDOW,
                            Wire.MAX_HEADER_LIST_SIZE,
                            fieldBytes,
                            Wire.ENABLE_CONNECT_PROTOCOL,
                            1,
                            Wire.NO_RFC7540_PRIORITIES,
                            1);
            case CLIENT -> {
                writer.preface();
                writer.settings(
                        Wire.ENABLE_PUSH,
                        0,
                        Wire.INITIAL_WINDOW_SIZE,
                        Inflow.STREAM_WINDOW,
                        Wire.MAX_HEADER_LIST_SIZE,
                        fieldBytes);
            }
        }
        writer.windowUpdate(0, Inflow.CONNECTION_WINDOW - Wire.FIRST_WINDOW);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        outflow.beginBatch();
        super.channelRead(context, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        try {
            onBatch();
        } finally {
            outflow.endBatch();
        }
        super.channelReadComplete(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            boolean same = reader.inBlock();
            while (!closing && reader.read(in)) {
                same = false;
            }
            if (watch != null) {
                watch.read(reader.inBlock(), same);
            }
        } catch (ProtocolError broken) {
            onError(broken);
        }
    }

    private void onError(ProtocolError error) {
        onPeerError(String.valueOf(error.getMessage()));
        if (error.stream() == 0) {
            shutDown(error.code());
            return;
        }
        try {
            patience.spend(ReceivedFrames.CANCELLED);
        } catch (ProtocolError enough) {
            shutDown(enough.code());
            return;
        }
        Http2Stream stream = streams.find(error.stream());
        if (stream != null) {
            reset(stream, error.code());
            stream.onBroken(error.code());
        } else {
            streams.over(error.stream(), ClosedStreams.How.RESET);
            writer.reset(error.stream(), error.code());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = channel.isWritable();
        // a peer that does not read is not read from: its frames would only make more to write
        channel.config().setAutoRead(writable);
        if (writable) {
            outflow.flushSoon();
        }
    }

    // ---- ends of streams

    /** The peer has reset it. */
    final void onReset(Http2Stream stream, ErrorCode code) {
        streams.remove(stream);
        streams.over(stream.id(), ClosedStreams.How.ENDED);
        stream.close();
        stream.onBroken(code);
        onStreamClosed();
    }

    final void closeIfEnded(Http2Stream stream) {
        if (stream.bothEnded() && streams.remove(stream)) {
            streams.over(stream.id(), ClosedStreams.How.ENDED);
            stream.close();
            patience.earn(1);
            onStreamClosed();
        }
    }

    final void withdraw(Http2Stream stream) {
        if (streams.remove(stream)) {
            stream.close();
            onStreamClosed();
        }
    }

    final void reset(Http2Stream stream, ErrorCode code) {
        if (streams.remove(stream)) {
            streams.over(stream.id(), ClosedStreams.How.RESET);
            stream.close();
            writer.reset(stream.id(), code);
            onStreamClosed();
        }
    }

    // ---- the connection's end

    /** Says why, lets go of all streams and closes. */
    protected final void shutDown(ErrorCode code) {
        if (closing) {
            return;
        }
        writer.goAway(streams.lastOfPeer(), code);
        end(code);
        channel.flush();
        // what the peer still sends is read and thrown away, so that it gets to see why
        Channels.later(channel, LINGER, () -> Channels.close(channel));
    }

    private void end(ErrorCode code) {
        closing = true;
        inflow.close();
        for (Http2Stream stream : streams.all()) {
            if (streams.remove(stream)) {
                stream.close();
                stream.onBroken(code);
            }
        }
        onClosed();
    }

    private void look() {
        long now = System.nanoTime();
        StallWatch looking = watch;
        if (looking == null) {
            return;
        }
        if (looking.slowBlock(now)) {
            shutDown(ErrorCode.ENHANCE_YOUR_CALM);
            return;
        }
        if (looking.notRead(now)) {
            Channels.cut(channel);
            return;
        }
        for (Http2Stream stream : streams.all()) {
            if (looking.stalled(stream, now)) {
                stream.onStalled();
            }
        }
        onLook(now);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        stopLooking();
        if (!closing) {
            end(ErrorCode.CANCEL);
        }
        super.channelInactive(context);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        stopLooking();
        reader.close();
        hpack.close();
    }

    private void stopLooking() {
        if (watch != null) {
            watch.stop();
        }
    }
}
