package dev.vellum.proxy.origin;

import dev.vellum.proxy.h2.ErrorCode;
import dev.vellum.proxy.h2.FieldBlock;
import dev.vellum.proxy.h2.Http2Connection;
import dev.vellum.proxy.h2.ProtocolError;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.net.Channels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One HTTP/2 connection to an origin or a parent, shared by as many exchanges as it lets us. */
final class Http2OriginConnection extends Http2Connection {

    /** Streams begun before the far end has said how many it takes (RFC 9113 section 6.5.2). */
    private static final int STREAMS_AT_FIRST = 100;

    private static final int MOST_STREAMS = 1000;
    private static final int LAST_STREAM = 0x3fff_ffff;

    private final OriginPool pool;
    private final OriginAddress address;
    private final List<Http2OriginStream> touched = new ArrayList<>();
    private boolean settled;
    private boolean retired;
    private int nextStream = 1;
    private long idleSince = System.nanoTime();

    Http2OriginConnection(
            Channel channel,
            OriginPool pool,
            OriginAddress address,
            Limits limits,
            Timeouts timeouts) {
        super(channel, Side.CLIENT, limits, timeouts);
        this.pool = pool;
        this.address = address;
    }

    /** Begins to speak. */
    void install() {
        channel().pipeline().addLast("origin", this);
    }

    OriginAddress address() {
        return address;
    }

    EventLoop loop() {
        return channel().eventLoop();
    }

    Duration firstByte() {
        return timeouts().firstByte();
    }

    Duration stall() {
        return timeouts().stall();
    }

    long slowestRate() {
        return limits().slowestRate().bytes();
    }

    long mostBody() {
        return limits().responseBodyBytes().bytes();
    }

    int mostLines() {
        return limits().headerCount();
    }

    /** Whether it takes another exchange now. */
    boolean hasRoom() {
        long most = settled ? Math.min(peerStreams(), MOST_STREAMS) : STREAMS_AT_FIRST;
        return !closing()
                && !retired
                && channel().isActive()
                && nextStream < LAST_STREAM
                && openStreams() < most;
    }

    /** The way for another exchange; only if it {@link #hasRoom}. */
    Http2OriginStream open() {
        Http2OriginStream stream = new Http2OriginStream(this, nextStream, nextStream > 1);
        nextStream += 2;
        register(stream);
        return stream;
    }

    /** The stream got something in this batch of reads. */
    void touch(Http2OriginStream stream) {
        touched.add(stream);
    }

    /** The far end wants HTTP/1.1. */
    void fallBack() {
        pool.fallBack(this);
        retire();
    }

    /** Takes no more exchanges, and closes when those it has are over. */
    void retire() {
        retired = true;
        closeIfUnused();
    }

    /** Breaks off whatever is under way. */
    void close() {
        shutDown(ErrorCode.NO_ERROR);
    }

    private void closeIfUnused() {
        if (retired && openStreams() == 0) {
            shutDown(ErrorCode.NO_ERROR);
        }
    }

    // ---- what comes

    @Override
    protected void onBatch() {
        for (Http2OriginStream stream : List.copyOf(touched)) {
            stream.batch();
        }
        touched.clear();
    }

    @Override
    protected void onSettings() {
        settled = true;
        pool.roomAt(this);
    }

    @Override
    protected void onGoAway(int lastStream) {
        retired = true;
        pool.forget(this);
        for (int id = nextStream - 2; id > lastStream; id -= 2) {
            if (stream(id) instanceof Http2OriginStream unanswered) {
                unanswered.unanswered();
            }
        }
        closeIfUnused();
    }

    @Override
    protected void onStreamClosed() {
        idleSince = System.nanoTime();
        closeIfUnused();
        pool.roomAt(this);
    }

    @Override
    protected void onLook(long now) {
        if (openStreams() == 0 && now - idleSince > timeouts().originIdle().toNanos()) {
            close();
        }
    }

    @Override
    protected void onClosed() {
        retired = true;
        pool.forget(this);
    }

    @Override
    protected void onOpened(int stream, FieldBlock fields, boolean end) throws ProtocolError {
        throw ProtocolError.brokenRule("stream begun by a server");
    }

    @Override
    protected void onPriorityUpdate(int stream, String value) throws ProtocolError {
        throw ProtocolError.brokenRule("PRIORITY_UPDATE by a server");
    }

    @Override
    protected int mostStreams() {
        return 0;
    }

    @Override
    protected void onPong() {}

    @Override
    protected void onPeerError(String reason) {}

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // its streams hear of it when it is closed
        Channels.close(context.channel());
    }
}
