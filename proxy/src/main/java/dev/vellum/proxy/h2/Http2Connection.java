package dev.vellum.proxy.h2;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.net.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
     * Frames are written as they are made, but for content, which the scheduler hands out while the
     * connection takes it. All leave together when the batch of reads that caused them is over.
     */

    /** Bytes that all streams together may get beyond what was used up. */
    private static final int CONNECTION_WINDOW = 1024 * 1024;

    private static final int STREAM_WINDOW = 256 * 1024;

    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final int COST_OF_CANCELLING = 4;

    private final Channel channel;
    private final Limits limits;
    private final Timeouts timeouts;
    private final Hpack hpack;
    private final FrameReader reader;
    private final Scheduler scheduler = new Scheduler();
    private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();
    private final ClosedStreams closedStreams = new ClosedStreams();
    private final Patience patience = new Patience(System::nanoTime);

    private int prefaceLeft;
    private int lastStream;
    private long sendWindow = Wire.FIRST_WINDOW;
    private int receiveWindow = CONNECTION_WINDOW;
    private int owed;
    private int peerStreamWindow = Wire.FIRST_WINDOW;
    private long peerStreams = Long.MAX_VALUE;
    private long blockSince;
    private long pending;
    private long pendingSince;
    private @Nullable Future<?> timer;
    private boolean inRead;
    private boolean flushDue;
    private boolean flushPlanned;
    private boolean pumping;
    private boolean closing;

    /** Which side we are. */
    protected enum Side {
        SERVER,
        CLIENT
    }

    private final Side side;

    protected Http2Connection(Channel channel, Side side, Limits limits, Timeouts timeouts) {
        this.channel = channel;
        this.side = side;
        this.limits = limits;
        this.timeouts = timeouts;
        this.hpack = new Hpack(limits);
        this.reader =
                new FrameReader(
                        new Frames(), channel.alloc(), (int) (2 * limits.headerBytes().bytes()));
        this.prefaceLeft = side == Side.SERVER ? Wire.prefaceLength() : 0;
    }

    private static Duration period(Timeouts timeouts) {
        Duration shortest = timeouts.requestHeader();
        for (Duration other : List.of(timeouts.keepAlive(), timeouts.stall())) {
            shortest = shortest.compareTo(other) < 0 ? shortest : other;
        }
        return Duration.ofMillis(Math.max(1, shortest.toMillis() / 4));
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
        return streams.size();
    }

    /** The last stream that the peer began. */
    protected final int lastStream() {
        return lastStream;
    }

    /** Streams that the peer lets us have open. */
    protected final long peerStreams() {
        return peerStreams;
    }

    protected final boolean closing() {
        return closing;
    }

    final int peerStreamWindow() {
        return peerStreamWindow;
    }

    final int ownStreamWindow() {
        return STREAM_WINDOW;
    }

    /** Takes a new stream in. */
    protected final void register(Http2Stream stream) {
        streams.put(stream.id(), stream);
    }

    protected final @Nullable Http2Stream stream(int id) {
        return streams.get(id);
    }

    /** What the peer does costs us something. */
    protected final void spend(int cost) throws ProtocolError {
        patience.spend(cost);
    }

    /** Refuses the peer's stream before it is one. */
    protected static ProtocolError refuse(int stream) {
        return ProtocolError.stream(stream, ErrorCode.REFUSED_STREAM, "too many streams");
    }

    /** The peer's stream is not answered, nor what comes for it judged. */
    protected final void ignore(int stream) {
        closedStreams.add(stream, true);
    }

    /** What is no message ends its stream. */
    protected static ProtocolError malformed(int stream, String reason) {
        return ProtocolError.stream(stream, ErrorCode.PROTOCOL_ERROR, reason);
    }

    /** What is no message of a stream that we began. */
    protected static ProtocolError brokenRule(String reason) {
        return ProtocolError.connection(ErrorCode.PROTOCOL_ERROR, reason);
    }

    // ---- reading

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        long period = period(timeouts).toMillis();
        timer =
                channel.eventLoop()
                        .scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
        ByteBuf out = channel.alloc().ioBuffer(128);
        if (side == Side.CLIENT) {
            out.writeBytes(Wire.preface());
        }
        int[] settings =
                side == Side.SERVER
                        ? new int[] {
                            Wire.MAX_CONCURRENT_STREAMS,
                            mostStreams(),
                            Wire.INITIAL_WINDOW_SIZE,
                            STREAM_WINDOW,
                            Wire.MAX_HEADER_LIST_SIZE,
                            (int) limits.headerBytes().bytes(),
                            Wire.ENABLE_CONNECT_PROTOCOL,
                            1,
                            Wire.NO_RFC7540_PRIORITIES,
                            1
                        }
                        : new int[] {
                            Wire.ENABLE_PUSH,
                            0,
                            Wire.INITIAL_WINDOW_SIZE,
                            STREAM_WINDOW,
                            Wire.MAX_HEADER_LIST_SIZE,
                            (int) limits.headerBytes().bytes()
                        };
        Wire.frameHeader(out, settings.length * 3, Wire.SETTINGS, 0, 0);
        for (int i = 0; i < settings.length; i += 2) {
            out.writeShort(settings[i]);
            out.writeInt(settings[i + 1]);
        }
        Wire.frameHeader(out, 4, Wire.WINDOW_UPDATE, 0, 0);
        out.writeInt(CONNECTION_WINDOW - Wire.FIRST_WINDOW);
        Channels.writeAndFlush(channel, out);
    }

    /** Streams that a client may have open at once. */
    protected abstract int mostStreams();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        inRead = true;
        super.channelRead(context, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        inRead = false;
        onBatch();
        flushNow();
        super.channelReadComplete(context);
    }

    /** All that has arrived so far was told. */
    protected void onBatch() {}

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            if (readPreface(in)) {
                boolean began = reader.inBlock();
                while (!closing && reader.read(in)) {
                    began = false;
                }
                blockSince = reader.inBlock() ? began ? blockSince : System.nanoTime() : 0;
            }
        } catch (ProtocolError broken) {
            onError(broken);
        }
    }

    private boolean readPreface(ByteBuf in) throws ProtocolError {
        while (prefaceLeft > 0 && in.isReadable()) {
            if (!Wire.isPreface(Wire.prefaceLength() - prefaceLeft, in.readByte())) {
                throw ProtocolError.connection(ErrorCode.PROTOCOL_ERROR, "no preface");
            }
            prefaceLeft--;
        }
        return prefaceLeft == 0;
    }

    private void onError(ProtocolError error) {
        onPeerError(String.valueOf(error.getMessage()));
        if (error.stream() == 0) {
            shutDown(error.code());
            return;
        }
        Http2Stream stream = streams.get(error.stream());
        try {
            patience.spend(COST_OF_CANCELLING);
        } catch (ProtocolError enough) {
            shutDown(enough.code());
            return;
        }
        if (stream != null) {
            reset(stream, error.code());
            stream.onBroken(error.code());
        } else {
            closedStreams.add(error.stream(), true);
            writeReset(error.stream(), error.code());
        }
    }

    // ---- frames

    private final class Frames implements FrameSink {

        @Override
        public void onData(int id, ByteBuf data, int flow, boolean end) throws ProtocolError {
            receiveWindow -= flow;
            Http2Stream stream = streams.get(id);
            if (receiveWindow < 0 || stream == null || stream.remoteEnded()) {
                data.release();
                grant(flow);
            }
            if (receiveWindow < 0) {
                throw ProtocolError.connection(
                        ErrorCode.FLOW_CONTROL_ERROR, "more than the connection's window");
            }
            if (stream == null) {
                judgeFrameOf(id);
                patience.spend(1);
                return;
            }
            if (stream.remoteEnded()) {
                throw streamClosed(id);
            }
            if (!data.isReadable() && !end) {
                try {
                    patience.spend(1);
                } catch (ProtocolError enough) {
                    data.release();
                    throw enough;
                }
            }
            stream.receive(data, flow, end);
        }

        @Override
        public void onHeaders(int id, ByteBuf block, boolean end, int dependency)
                throws ProtocolError {
            FieldBlock fields = hpack.decode(id, block);
            Http2Stream stream = streams.get(id);
            if (stream == null && !begins(id)) {
                return;
            }
            if (dependency == id) {
                throw malformed(id, "stream that depends on itself");
            }
            if (stream == null) {
                onOpened(id, fields, end);
            } else if (stream.remoteEnded()) {
                throw streamClosed(id);
            } else {
                stream.receive(fields, end);
            }
        }

        /** Whether a stream begins here; false if its frames are to be ignored. */
        private boolean begins(int id) throws ProtocolError {
            if (side == Side.CLIENT || id % 2 == 0) {
                if (side == Side.CLIENT) {
                    judgeFrameOf(id);
                    return false;
                }
                throw brokenRule("stream of an even number");
            }
            if (id > lastStream) {
                lastStream = id;
                return true;
            }
            return switch (closedStreams.find(id)) {
                case RESET -> false;
                case ENDED ->
                        throw ProtocolError.connection(
                                ErrorCode.STREAM_CLOSED, "fields on a closed stream");
                case UNKNOWN -> throw brokenRule("stream number lower than one before");
            };
        }

        /** A frame of a stream that is not there: an error unless it was just reset by us. */
        private void judgeFrameOf(int id) throws ProtocolError {
            if (isIdle(id)) {
                throw brokenRule("frame of a stream that has not begun");
            }
            if (closedStreams.find(id) != ClosedStreams.How.RESET) {
                throw ProtocolError.connection(ErrorCode.STREAM_CLOSED, "frame of a closed stream");
            }
        }

        private ProtocolError streamClosed(int id) {
            return ProtocolError.stream(
                    id, ErrorCode.STREAM_CLOSED, "frame behind the end of its stream");
        }

        @Override
        public void onPriority(int id, int dependency) throws ProtocolError {
            patience.spend(1);
            if (dependency == id) {
                throw streams.containsKey(id)
                        ? malformed(id, "stream that depends on itself")
                        : brokenRule("stream that depends on itself");
            }
        }

        @Override
        public void onReset(int id, ErrorCode code) throws ProtocolError {
            if (isIdle(id)) {
                throw brokenRule("RST_STREAM of a stream that has not begun");
            }
            Http2Stream stream = streams.get(id);
            // some clients reset every stream when they have all of it
            patience.spend(stream == null ? 1 : COST_OF_CANCELLING);
            if (stream != null) {
                streams.remove(id);
                closedStreams.add(id, false);
                stream.close();
                stream.onBroken(code);
                onStreamClosed();
            }
        }

        @Override
        public void onSetting(int id, long value) throws ProtocolError {
            switch (id) {
                case Wire.HEADER_TABLE_SIZE -> hpack.peerTable(value);
                case Wire.ENABLE_PUSH -> {
                    if (value > 1 || (value == 1 && side == Side.CLIENT)) {
                        throw brokenRule("ENABLE_PUSH out of range");
                    }
                }
                case Wire.MAX_CONCURRENT_STREAMS -> peerStreams = value;
                case Wire.INITIAL_WINDOW_SIZE -> peerStreamWindow(value);
                case Wire.MAX_FRAME_SIZE -> {
                    if (value < Wire.LEAST_FRAME_SIZE || value > Wire.MOST_FRAME_SIZE) {
                        throw brokenRule("MAX_FRAME_SIZE out of range");
                    }
                }
                case Wire.ENABLE_CONNECT_PROTOCOL, Wire.NO_RFC7540_PRIORITIES -> {
                    if (value > 1) {
                        throw brokenRule("setting that is neither 0 nor 1");
                    }
                }
                default -> {}
            }
        }

        private void peerStreamWindow(long value) throws ProtocolError {
            if (value > Integer.MAX_VALUE) {
                throw ProtocolError.connection(
                        ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE out of range");
            }
            long change = value - peerStreamWindow;
            peerStreamWindow = (int) value;
            for (Http2Stream stream : streams.values()) {
                try {
                    stream.widen(change);
                } catch (ProtocolError overflow) {
                    throw ProtocolError.connection(
                            ErrorCode.FLOW_CONTROL_ERROR, "window larger than 2^31 - 1");
                }
            }
        }

        @Override
        public void onSettingsEnd() throws ProtocolError {
            patience.spend(1);
            ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER);
            Wire.frameHeader(out, 0, Wire.SETTINGS, Wire.ACK, 0);
            write(out);
            onSettings();
        }

        @Override
        public void onSettingsAck() throws ProtocolError {
            patience.spend(1);
        }

        @Override
        public void onPing(long data, boolean ack) throws ProtocolError {
            patience.spend(1);
            if (ack) {
                onPong();
            } else {
                writePing(data, Wire.ACK);
            }
        }

        @Override
        public void onGoAway(int last, ErrorCode code) {
            Http2Connection.this.onGoAway(last);
        }

        @Override
        public void onWindowUpdate(int id, int increment) throws ProtocolError {
            patience.spend(1);
            if (id == 0) {
                sendWindow += increment;
                if (sendWindow > Integer.MAX_VALUE) {
                    throw ProtocolError.connection(
                            ErrorCode.FLOW_CONTROL_ERROR, "window larger than 2^31 - 1");
                }
                return;
            }
            if (isIdle(id)) {
                throw brokenRule("WINDOW_UPDATE of a stream that has not begun");
            }
            Http2Stream stream = streams.get(id);
            if (stream != null) {
                stream.widen(increment);
            }
        }

        @Override
        public void onPriorityUpdate(int id, String value) throws ProtocolError {
            patience.spend(1);
            if (side == Side.CLIENT) {
                throw brokenRule("PRIORITY_UPDATE by a server");
            }
            Http2Connection.this.onPriorityUpdate(id, value);
        }

        @Override
        public void onUnknown() throws ProtocolError {
            patience.spend(1);
        }
    }

    /** Whether a stream has not begun yet. */
    protected boolean isIdle(int id) {
        return id % 2 == 0 || id > lastStream;
    }

    // ---- writing

    private void write(ByteBuf out) {
        Channels.write(channel, out);
        flushSoon();
    }

    /** Lets out what was written, when the batch of reads or the task that caused it is over. */
    final void flushSoon() {
        flushDue = true;
        if (!inRead && !flushPlanned) {
            flushPlanned = true;
            channel.eventLoop().execute(this::flushNow);
        }
    }

    private void flushNow() {
        flushPlanned = false;
        pump();
        if (flushDue) {
            flushDue = false;
            channel.flush();
        }
    }

    final void schedule(Http2Stream stream) {
        scheduler.add(stream);
    }

    final void unschedule(Http2Stream stream) {
        scheduler.remove(stream);
    }

    /** Hands out the right to send, while there is any. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (sendWindow > 0 && channel.isWritable()) {
                Http2Stream next = scheduler.poll();
                if (next == null) {
                    return;
                }
                next.unscheduled();
                if (next.maySend()) {
                    sendWindow -= next.writeSome((int) Math.min(sendWindow, Wire.LEAST_FRAME_SIZE));
                    patience.earn(2);
                    flushDue = true;
                }
            }
        } finally {
            pumping = false;
        }
    }

    final void writeHeaders(int stream, String[] pseudo, Fields fields, boolean end) {
        ByteBuf out = channel.alloc().ioBuffer(512);
        out.writeZero(Wire.FRAME_HEADER);
        hpack.encode(stream, pseudo, fields, out);
        int length = out.readableBytes() - Wire.FRAME_HEADER;
        int flags = end ? Wire.END_STREAM : 0;
        if (length <= Wire.LEAST_FRAME_SIZE) {
            int written = out.writerIndex();
            out.writerIndex(0);
            Wire.frameHeader(out, length, Wire.HEADERS, flags | Wire.END_HEADERS, stream);
            out.writerIndex(written);
            write(out);
            return;
        }
        out.skipBytes(Wire.FRAME_HEADER);
        boolean first = true;
        while (out.isReadable()) {
            int size = Math.min(out.readableBytes(), Wire.LEAST_FRAME_SIZE);
            boolean last = size == out.readableBytes();
            ByteBuf frame = channel.alloc().ioBuffer(Wire.FRAME_HEADER + size);
            Wire.frameHeader(
                    frame,
                    size,
                    first ? Wire.HEADERS : Wire.CONTINUATION,
                    (first ? flags : 0) | (last ? Wire.END_HEADERS : 0),
                    stream);
            frame.writeBytes(out, size);
            write(frame);
            first = false;
        }
        out.release();
    }

    final void writeData(int stream, ByteBuf data, boolean end) {
        ByteBuf header = channel.alloc().ioBuffer(Wire.FRAME_HEADER);
        Wire.frameHeader(
                header, data.readableBytes(), Wire.DATA, end ? Wire.END_STREAM : 0, stream);
        Channels.write(channel, header);
        Channels.write(channel, data);
    }

    /** An empty frame that ends a stream; it needs no window. */
    final void writeEnd(int stream) {
        ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER);
        Wire.frameHeader(out, 0, Wire.DATA, Wire.END_STREAM, stream);
        write(out);
    }

    final void writeWindowUpdate(int stream, int increment) {
        writeNumber(Wire.WINDOW_UPDATE, stream, increment);
    }

    private void writeReset(int stream, ErrorCode code) {
        writeNumber(Wire.RST_STREAM, stream, code.number());
    }

    private void writeNumber(int type, int stream, int number) {
        ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER + 4);
        Wire.frameHeader(out, 4, type, 0, stream);
        out.writeInt(number);
        write(out);
    }

    /** Asks for a sign of life. */
    protected final void ping() {
        writePing(1, 0);
    }

    private void writePing(long data, int flags) {
        ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER + 8);
        Wire.frameHeader(out, 8, Wire.PING, flags, 0);
        out.writeLong(data);
        write(out);
    }

    /** Says that streams behind {@code last} will not be answered. */
    protected final void writeGoAway(int last, ErrorCode code) {
        ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER + 8);
        Wire.frameHeader(out, 8, Wire.GOAWAY, 0, 0);
        out.writeInt(last);
        out.writeInt(code.number());
        write(out);
    }

    /** Bytes of content are used up: the connection may get as many more. */
    final void grant(int bytes) {
        owed += bytes;
        if (owed >= CONNECTION_WINDOW / 2 && !closing) {
            writeWindowUpdate(0, owed);
            receiveWindow += owed;
            owed = 0;
        }
    }

    // ---- ends

    final void closeIfEnded(Http2Stream stream) {
        if (stream.bothEnded() && streams.remove(stream.id()) != null) {
            closedStreams.add(stream.id(), false);
            stream.close();
            patience.earn(1);
            onStreamClosed();
        }
    }

    final void withdraw(Http2Stream stream) {
        if (streams.remove(stream.id()) != null) {
            stream.close();
            onStreamClosed();
        }
    }

    final void reset(Http2Stream stream, ErrorCode code) {
        if (streams.remove(stream.id()) != null) {
            closedStreams.add(stream.id(), true);
            stream.close();
            writeReset(stream.id(), code);
            onStreamClosed();
        }
    }

    /** Says why, lets go of all streams and closes. */
    protected final void shutDown(ErrorCode code) {
        if (closing) {
            return;
        }
        writeGoAway(lastStream, code);
        closing = true;
        breakStreams(code);
        channel.flush();
        // what the peer still sends is read and thrown away, so that it gets to see why
        Channels.later(channel, LINGER, () -> Channels.close(channel));
    }

    private void breakStreams(ErrorCode code) {
        for (Http2Stream stream : List.copyOf(streams.values())) {
            if (streams.remove(stream.id()) != null) {
                stream.close();
                stream.onBroken(code);
            }
        }
        onClosed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = channel.isWritable();
        // a peer that does not read is not read from: its frames would only make more to write
        channel.config().setAutoRead(writable);
        if (writable) {
            flushSoon();
        }
    }

    private void look() {
        long now = System.nanoTime();
        long stall = timeouts.stall().toNanos();
        if (blockSince != 0 && now - blockSince > timeouts.requestHeader().toNanos()) {
            shutDown(ErrorCode.ENHANCE_YOUR_CALM);
            return;
        }
        if (notRead(now, stall)) {
            Channels.cut(channel);
            return;
        }
        long least = limits.slowestRate().bytes() * Math.max(1, timeouts.stall().toSeconds());
        for (Http2Stream stream : List.copyOf(streams.values())) {
            if (stream.stalled(now, stall, least)) {
                stream.onStalled();
            }
        }
        onLook(now);
    }

    /** Whether the peer has read nothing for so long. */
    private boolean notRead(long now, long stall) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        if (left == 0 || left != pending) {
            pending = left;
            pendingSince = now;
            return false;
        }
        return now - pendingSince > stall;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        stopLooking();
        boolean first = !closing;
        closing = true;
        if (first) {
            breakStreams(ErrorCode.CANCEL);
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
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
