package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Client;
import dev.vellum.proxy.exchange.Exchange;
import dev.vellum.proxy.exchange.LocalResponse;
import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HopByHop;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.net.Leftovers;
import dev.vellum.proxy.wire.BodyEnd;
import dev.vellum.proxy.wire.Framing;
import dev.vellum.proxy.wire.Http1Writer;
import dev.vellum.proxy.wire.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1 connection from a client: one exchange after the other, in the order of the requests.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Client, Served {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /*
     * What arrives is offered to the current state and queued if it must wait: a pipelined request
     * for the end of the exchange before it, content for an exchange that is ready for it. While
     * something is queued the connection is not read from, so a client is held back by TCP.
     *
     * An exchange is over when its response and its request have both ended. When the response ends
     * first, the rest of the request is read and thrown away, up to a point, so that the client gets
     * to see the response (RFC 9112 section 9.6).
     */

    private static final Duration LINGER = Duration.ofSeconds(2);

    private final Channel channel;
    private final InetSocketAddress address;
    private final boolean secure;
    private final @Nullable Inside inside;
    private final Opener opener;
    private final Services services;
    private final Supplier<Serving> serving;
    private final ClientCounts counts;
    private final ClientCounts.Share share;
    private final Deque<Object> queue = new ArrayDeque<>(0);
    private final ConnectionClock clock;
    private final RequestContent content;
    private final ResponseWriter writer;

    private Framing.@Nullable RequestReader reader;
    private @Nullable Exchange exchange;
    private boolean draining;
    private boolean closing;
    private int answered;

    /**
     * @param address where the client is
     * @param secure whether TLS is spoken
     * @param inside the tunnel that this is the inside of, if it is
     * @param opener goes on with tunnels that are opened
     * @param serving what a request that begins now is served with; limits and times of the
     *     connection itself stay those of its beginning
     */
    ClientConnection(
            Channel channel,
            InetSocketAddress address,
            boolean secure,
            @Nullable Inside inside,
            Opener opener,
            Supplier<Serving> serving,
            ClientCounts counts) {
        this.channel = channel;
        this.address = address;
        this.secure = secure;
        this.inside = inside;
        this.opener = opener;
        this.services = serving.get().services();
        this.serving = serving;
        this.counts = counts;
        this.share = counts.share(address.getAddress());
        this.content = new RequestContent(channel.eventLoop(), services, this::onSlowSender);
        this.writer = new ResponseWriter(channel);
        this.clock =
                new ConnectionClock(
                        channel, services.timeouts(), writer::readBegins, this::onTimeUp);
    }

    /** Puts this, and what it needs, into its channel's pipeline. */
    void install() {
        channel.pipeline().addLast("clock", clock);
        reader = Framing.requests(channel.pipeline(), services.limits(), scheme());
        channel.pipeline().addLast("client", this);
    }

    // ---- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (!queue.isEmpty() || !offer(message)) {
            queue.add(message);
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        writer.readComplete();
    }

    /** Whether {@code message} can be taken now. */
    private boolean offer(Object message) {
        return switch (message) {
            case RequestHead head -> exchange == null && begin(head);
            case ByteBuf data -> offerContent(data);
            case BodyEnd end -> {
                content.end();
                if (exchange != null && !writer.ended()) {
                    exchange.onBodyEnd(end.trailers());
                }
                finishIfDone();
                yield true;
            }
            case Rejected(var failure, var why) ->
                    (exchange == null || !content.ended()) && reject(failure);
            default -> throw new IllegalStateException("message: " + message.getClass());
        };
    }

    private boolean begin(RequestHead head) {
        clock.requestBegun();
        writer.next(head);
        content.next();
        writer.last(
                !HopByHop.isPersistent(head)
                        || draining
                        || ++answered >= services.limits().requestsPerConnection());
        if (!counts.begin(share)) {
            return reject(Failure.TOO_MANY_REQUESTS);
        }
        if (inside != null && !inside.admits(head)) {
            counts.end(share);
            return reject(Failure.MISDIRECTED);
        }
        Serving now = serving.get();
        Exchange begun =
                new Exchange(
                        now.services(),
                        now.pool(),
                        this,
                        head,
                        RequestContent.follows(head.fields()));
        exchange = begun;
        begun.run();
        return true;
    }

    private boolean offerContent(ByteBuf data) {
        Exchange current = exchange;
        if (current == null || writer.ended()) {
            boolean tooMuch = !content.mayDiscard(data.readableBytes());
            data.release();
            if (tooMuch) {
                closeNow();
            }
            return true;
        }
        if (!content.wanted()) {
            return false;
        }
        content.progressed(data.readableBytes());
        current.onBody(data);
        return true;
    }

    /** Answers what is no request, or one too many, and ends the connection. */
    private boolean reject(Failure failure) {
        services.journal().refused(failure);
        Exchange current = exchange;
        if (current != null) {
            exchange = null;
            counts.end(share);
            current.onGone();
        }
        if (writer.begun()) {
            reset();
            return true;
        }
        writer.refuse(LocalResponse.failure(failure, services.here().name(), List.of()));
        closing = true;
        lingerThenClose();
        return true;
    }

    private void finishIfDone() {
        if (exchange == null || !writer.ended()) {
            return;
        }
        if (!content.ended()) {
            if (writer.last()) {
                lingerThenClose();
            }
            return;
        }
        exchange = null;
        writer.idle();
        counts.end(share);
        if (writer.last()) {
            closing = true;
            Channels.closeAfterFlush(channel);
        } else {
            clock.requestEnded();
            if (reader != null) {
                reader.next();
            }
            takeQueued();
        }
    }

    private void takeQueued() {
        // not within an offer: the loop below is what calls it again
        if (!queue.isEmpty()) {
            channel.eventLoop().execute(this::drainQueue);
        }
    }

    private void drainQueue() {
        while (!queue.isEmpty() && !closing && offer(queue.peek())) {
            queue.poll();
        }
        if (queue.isEmpty() && !closing) {
            channel.config().setAutoRead(true);
        }
        if (closing) {
            releaseQueue();
        }
    }

    private void releaseQueue() {
        for (Object message = queue.poll(); message != null; message = queue.poll()) {
            ReferenceCountUtil.release(message);
        }
    }

    // ---- what the exchange sees

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public String scheme() {
        return secure ? "https" : "http";
    }

    @Override
    public void readBody() {
        content.ask();
        takeQueued();
    }

    @Override
    public void pauseBody() {
        content.pause();
    }

    @Override
    public void informational(ResponseHead head) {
        writer.informational(head);
    }

    @Override
    public @Nullable String admitted() {
        return inside == null ? null : inside.user();
    }

    @Override
    public void open(ResponseHead head, Interception.Opened opened, String user) {
        opener.open(tunnel(head), new Inside(opened, user));
    }

    @Override
    public boolean takesReadyHead() {
        return true;
    }

    @Override
    public ByteBuf headBuffer() {
        return writer.headBuffer();
    }

    @Override
    public void respond(ResponseHead head, long length) {
        writer.respond(head, length);
    }

    @Override
    public void respond(ByteBuf head) {
        writer.respond(head);
    }

    @Override
    public void data(ByteBuf data) {
        writer.data(data);
    }

    @Override
    public boolean takesFiles() {
        return !secure && channel instanceof EpollSocketChannel;
    }

    @Override
    public void data(FileRegion data) {
        writer.data(data);
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public void end(Fields trailers) {
        writer.end(trailers);
        finishIfDone();
        takeQueued();
    }

    @Override
    public void reset() {
        writer.cut();
        // so that even a client that takes the connection's end for the body's end sees an error
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        closing = true;
        Channels.cut(channel);
    }

    @Override
    public Channel tunnel(ResponseHead head) {
        ByteBuf out = writer.headBuffer();
        Http1Writer.response(head, out);
        Channels.writeAndFlush(channel, out);
        channel.config().setAutoRead(false);
        exchange = null;
        counts.end(share);
        content.stopWatching();
        clock.stop();
        channel.pipeline().addLast("leftovers", new Leftovers());
        for (Object message = queue.poll(); message != null; message = queue.poll()) {
            if (message instanceof ByteBuf bytes) {
                channel.pipeline().context(this).fireChannelRead(bytes);
            } else {
                ReferenceCountUtil.release(message);
            }
        }
        channel.pipeline().remove(this);
        channel.pipeline().remove(clock);
        // last, as it passes on what it has read too far
        Framing.remove(channel.pipeline());
        return channel;
    }

    // ---- ends

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && exchange != null) {
            exchange.onWritable();
        }
    }

    private void onTimeUp(ConnectionClock.Waiting waiting) {
        switch (waiting) {
            case FOR_REQUEST -> closeNow();
            case FOR_HEADER_TO_END -> reject(Failure.REQUEST_TIMEOUT);
            case FOR_CLIENT_TO_READ -> reset();
        }
    }

    private void onSlowSender() {
        if (exchange != null) {
            reject(Failure.REQUEST_TIMEOUT);
        }
    }

    @Override
    public void drain() {
        draining = true;
        writer.last(true);
    }

    @Override
    public void closeIfIdle() {
        if (exchange == null) {
            closeNow();
        }
    }

    @Override
    public void abort() {
        closeNow();
    }

    /**
     * Reads and throws away what still comes: with it unread, the client's end would be a reset.
     */
    private void lingerThenClose() {
        channel.flush();
        channel.config().setAutoRead(true);
        Channels.later(channel, LINGER, this::closeNow);
    }

    private void closeNow() {
        closing = true;
        Channels.close(channel);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        clock.stop();
        content.stopWatching();
        releaseQueue();
        Exchange current = exchange;
        if (current != null) {
            exchange = null;
            counts.end(share);
            current.onGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            // a peer that breaks off is no news; anything else is a fault of ours
            LOG.error("closing the connection of {}", context.channel().remoteAddress(), cause);
        }
        closeNow();
    }
}
