package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.Services;
import dev.vellum.proxy.h2.ErrorCode;
import dev.vellum.proxy.h2.FieldBlock;
import dev.vellum.proxy.h2.Http2Connection;
import dev.vellum.proxy.h2.MessageReader;
import dev.vellum.proxy.h2.ProtocolError;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.net.Channels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/2 connection from a client: an exchange for each of its streams, all at once. */
final class Http2ClientConnection extends Http2Connection implements Served {

    private static final Logger LOG = LoggerFactory.getLogger(Http2ClientConnection.class);

    private static final int MOST_STREAMS = 128;
    private static final int MOST_EARLY_PRIORITIES = 64;

    /** How long a client may take to learn that we are going away (RFC 9113 section 6.8). */
    private static final Duration NOTICE = Duration.ofMillis(500);

    private final InetSocketAddress address;
    private final boolean secure;
    private final @Nullable Inside inside;
    private final Opener opener;
    private final Services services;
    private final Supplier<Serving> serving;
    private final ClientCounts counts;
    private final ClientCounts.Share share;
    private final Map<Integer, String> earlyPriorities = new LinkedHashMap<>();
    private long idleSince = System.nanoTime();
    private int answered;
    private boolean draining;
    private boolean refusing;
    private boolean closeWhenIdle;

    Http2ClientConnection(
            Channel channel,
            InetSocketAddress address,
            boolean secure,
            @Nullable Inside inside,
            Opener opener,
            Supplier<Serving> serving,
            ClientCounts counts) {
        super(
                channel,
                Side.SERVER,
                serving.get().services().limits(),
                serving.get().services().timeouts());
        this.address = address;
        this.secure = secure;
        this.inside = inside;
        this.opener = opener;
        this.services = serving.get().services();
        this.serving = serving;
        this.counts = counts;
        this.share = counts.share(address.getAddress());
    }

    InetSocketAddress address() {
        return address;
    }

    boolean secure() {
        return secure;
    }

    @Nullable Inside inside() {
        return inside;
    }

    Opener opener() {
        return opener;
    }

    Services services() {
        return services;
    }

    Serving serving() {
        return serving.get();
    }

    Channel transport() {
        return channel();
    }

    // ---- requests

    @Override
    protected int mostStreams() {
        return MOST_STREAMS;
    }

    @Override
    protected void onOpened(int id, FieldBlock fields, boolean end) throws ProtocolError {
        if (refusing) {
            ignore(id);
            return;
        }
        if (openStreams() >= MOST_STREAMS) {
            throw ProtocolError.refused(id);
        }
        MessageReader.Request read = MessageReader.request(fields, services.limits().headerCount());
        if (read instanceof MessageReader.Request.Malformed(var why)) {
            services.journal().refused(Failure.MALFORMED_REQUEST);
            throw ProtocolError.malformed(id, why);
        }
        Http2ClientStream stream = new Http2ClientStream(this, id, share, counts);
        register(stream);
        String early = earlyPriorities.remove(id);
        if (early != null) {
            stream.prioritise(early);
        }
        stream.begin(read, end);
        if (++answered >= services.limits().requestsPerConnection()) {
            drain();
        }
    }

    @Override
    protected void onPriorityUpdate(int id, String value) {
        if (stream(id) instanceof Http2ClientStream known) {
            known.prioritise(value);
        } else if (isIdle(id) && earlyPriorities.size() < MOST_EARLY_PRIORITIES) {
            earlyPriorities.put(id, value);
        }
    }

    @Override
    protected void onStreamClosed() {
        if (openStreams() == 0) {
            idleSince = System.nanoTime();
            if (closeWhenIdle) {
                Channels.closeAfterFlush(channel());
            }
        }
    }

    @Override
    protected void onPeerError(String reason) {
        LOG.debug("{}: {}", address, reason);
    }

    @Override
    protected void onSettings() {}

    @Override
    protected void onPong() {
        if (draining) {
            refuseFromHere();
        }
    }

    /** The client wants no more: it will close when it has what it wants. */
    @Override
    protected void onGoAway(int lastStream) {
        closeWhenIdle = true;
        onStreamClosed();
    }

    // ---- ends

    @Override
    protected void onLook(long now) {
        if (openStreams() == 0 && now - idleSince > timeouts().keepAlive().toNanos()) {
            shutDown(ErrorCode.NO_ERROR);
        }
    }

    @Override
    protected void onClosed() {}

    @Override
    public EventLoop loop() {
        return channel().eventLoop();
    }

    /**
     * RFC 9113 section 6.8: first that no stream will be taken, then, when the client must know,
     * which was the last.
     */
    @Override
    public void drain() {
        if (!draining) {
            draining = true;
            writeGoAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            ping();
            Channels.later(channel(), NOTICE, this::refuseFromHere);
        }
    }

    private void refuseFromHere() {
        if (!refusing && !closing()) {
            refusing = true;
            writeGoAway(lastStream(), ErrorCode.NO_ERROR);
            closeWhenIdle = true;
            onStreamClosed();
        }
    }

    /** In its time: the client may have sent a request that it is to be told of. */
    @Override
    public void closeIfIdle() {
        drain();
    }

    @Override
    public void abort() {
        Channels.close(channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)
                && !(cause.getCause() instanceof javax.net.ssl.SSLException)) {
            // a peer that breaks off is no news; anything else is a fault of ours
            LOG.error("closing the connection of {}", address, cause);
        }
        Channels.close(channel());
    }
}
