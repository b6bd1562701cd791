package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.KeepAlive;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.limits.Timeouts;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.net.Leftovers;
import dev.vellum.proxy.net.ProgressWatch;
import dev.vellum.proxy.wire.BodyEnd;
import dev.vellum.proxy.wire.Framing;
import dev.vellum.proxy.wire.Http1Writer;
import dev.vellum.proxy.wire.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One HTTP/1 connection to an origin or a parent, carrying one exchange at a time. */
final class Http1OriginConnection extends ChannelInboundHandlerAdapter implements OriginConnection {

    /*
     * An exchange begins with begin() and is over when both its request and its response have
     * ended; then the connection goes back to its pool, or is closed where the response, or what
     * came behind it, says that it cannot be trusted with another. Bytes that arrive while no
     * exchange is under way close it: they can belong to no request of ours (RFC 9112 section 9.2).
     * onFailure is the last that a listener hears.
     */

    private final Channel channel;
    private final OriginPool pool;
    private final OriginAddress address;
    private final Framing.ResponseReader reader;
    private final Limits limits;
    private final Timeouts timeouts;
    private @Nullable Listener listener;
    private @Nullable Future<?> firstByte;
    private @Nullable ProgressWatch sending;
    private @Nullable ProgressWatch receiving;
    private boolean chunked;
    private boolean requestEnded;
    private boolean answered;
    private boolean reused;
    private long received;
    private Duration idle;

    Http1OriginConnection(
            Channel channel,
            OriginPool pool,
            OriginAddress address,
            Limits limits,
            Timeouts timeouts) {
        this.channel = channel;
        this.pool = pool;
        this.address = address;
        this.limits = limits;
        this.timeouts = timeouts;
        this.idle = timeouts.originIdle();
        this.reader = Framing.responses(channel.pipeline(), limits);
        channel.pipeline().addLast("origin", this);
    }

    @Override
    public OriginAddress address() {
        return address;
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public boolean answered() {
        return answered;
    }

    /** How long it may wait for its next exchange. */
    Duration idle() {
        return idle;
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    boolean open() {
        return channel.isActive();
    }

    @Override
    public void begin(RequestHead head, boolean toProxy, boolean chunked, Listener listener) {
        this.listener = listener;
        this.chunked = chunked;
        this.requestEnded = false;
        this.answered = false;
        this.received = 0;
        reader.expect(head.method(), head.fields().contains("Upgrade"));
        RequestHead framed =
                chunked ? head.with(head.fields().plus("Transfer-Encoding", "chunked")) : head;
        ByteBuf bytes = channel.alloc().ioBuffer(512);
        Http1Writer.request(framed, toProxy, bytes);
        Channels.write(channel, bytes);
    }

    @Override
    public boolean data(ByteBuf data) {
        if (sending == null) {
            sending =
                    new ProgressWatch(
                            channel.eventLoop(),
                            timeouts.stall(),
                            0,
                            () -> fail(Failure.ORIGIN_WRITE_TIMEOUT));
            sending.heldBack(true);
        }
        if (chunked) {
            ByteBuf start = channel.alloc().ioBuffer(16);
            Http1Writer.chunkStart(data.readableBytes(), start);
            Channels.write(channel, start);
            Channels.write(channel, data);
            ByteBuf end = channel.alloc().ioBuffer(2);
            Http1Writer.chunkEnd(end);
            Channels.writeAndFlush(channel, end);
        } else {
            Channels.writeAndFlush(channel, data);
        }
        return channel.isWritable();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void end(Fields trailers) {
        if (chunked) {
            ByteBuf last = channel.alloc().ioBuffer(64);
            Http1Writer.lastChunk(trailers, last);
            Channels.write(channel, last);
        }
        channel.flush();
        requestEnded = true;
        stopSending();
        if (receiving == null) {
            firstByte =
                    channel.eventLoop()
                            .schedule(
                                    () -> fail(Failure.RESPONSE_TIMEOUT),
                                    timeouts.firstByte().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void pause() {
        channel.config().setAutoRead(false);
        if (receiving != null) {
            receiving.heldBack(true);
        }
    }

    @Override
    public void resume() {
        channel.config().setAutoRead(true);
        if (receiving != null) {
            receiving.heldBack(false);
        }
    }

    @Override
    public void abandon() {
        listener = null;
        close();
    }

    @Override
    public void putBack() {
        pool.release(this);
    }

    @Override
    public Channel detach() {
        listener = null;
        stopTimers();
        pool.forget(this);
        channel.config().setAutoRead(false);
        channel.pipeline().addLast("leftovers", new Leftovers());
        channel.pipeline().remove(this);
        // last, as it passes on what it has read too far
        Framing.remove(channel.pipeline());
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Listener current = listener;
        if (current == null) {
            ReferenceCountUtil.release(message);
            close();
            return;
        }
        switch (message) {
            case ResponseHead head -> head(head, current);
            case ByteBuf data -> data(data, current);
            case BodyEnd end -> end(end, current);
            case Rejected(var failure, var why) -> fail(failure);
            default -> throw new IllegalStateException("message: " + message.getClass());
        }
    }

    private void head(ResponseHead head, Listener current) {
        answered = true;
        if (head.status() / 100 == 1 && head.status() != 101) {
            current.onInformational(head);
            return;
        }
        if (firstByte != null) {
            firstByte.cancel(false);
        }
        idle = KeepAlive.idle(head.fields(), timeouts.originIdle());
        // a body without a length may be a stream of rare events: only silence ends it
        long rate = head.fields().contains("Content-Length") ? limits.slowestRate().bytes() : 0;
        receiving =
                new ProgressWatch(
                        channel.eventLoop(),
                        timeouts.stall(),
                        rate,
                        () -> fail(Failure.ORIGIN_IDLE));
        current.onHead(head);
    }

    private void data(ByteBuf data, Listener current) {
        try {
            received += data.readableBytes();
            if (receiving != null) {
                receiving.progressed(data.readableBytes());
            }
            if (received > limits.responseBodyBytes().bytes()) {
                fail(Failure.RESPONSE_BODY_TOO_LARGE);
            } else {
                current.onData(data);
            }
        } finally {
            data.release();
        }
    }

    private void end(BodyEnd end, Listener current) {
        stopTimers();
        listener = null;
        resume();
        reused = true;
        if (end.reusable() && requestEnded) {
            pool.release(this);
        } else {
            close();
        }
        current.onEnd(end.trailers());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (listener != null) {
            listener.onBatch();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(answered ? Failure.RESPONSE_INCOMPLETE : Failure.ORIGIN_CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            fail(answered ? Failure.RESPONSE_INCOMPLETE : Failure.ORIGIN_CLOSED);
        } else if (cause.getCause() instanceof SSLException) {
            // an alert: TLS 1.3 servers judge our certificate when the handshake is over for us
            fail(answered ? Failure.RESPONSE_INCOMPLETE : Failure.ORIGIN_TLS);
        } else {
            fail(Failure.INTERNAL);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            if (sending != null) {
                sending.heldBack(true);
            }
            if (listener != null && !requestEnded) {
                listener.onWritable();
            }
        } else if (sending != null) {
            sending.heldBack(false);
        }
    }

    private void fail(Failure failure) {
        Listener current = listener;
        listener = null;
        close();
        if (current != null) {
            current.onFailure(failure);
        }
    }

    void close() {
        stopTimers();
        pool.forget(this);
        Channels.close(channel);
    }

    private void stopTimers() {
        stopSending();
        if (firstByte != null) {
            firstByte.cancel(false);
            firstByte = null;
        }
        if (receiving != null) {
            receiving.stop();
            receiving = null;
        }
    }

    private void stopSending() {
        if (sending != null) {
            sending.stop();
            sending = null;
        }
    }
}
