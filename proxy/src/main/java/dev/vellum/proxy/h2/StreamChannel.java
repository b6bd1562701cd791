package dev.vellum.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One stream as a connection of its own, for what does not care what carries its bytes: a tunnel.
 * It is registered with the loop of its stream's connection, and open when it is made.
 */
public final class StreamChannel extends AbstractChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    /** What the channel does to its stream. */
    public interface Carrier {

        /** Sends bytes, whose owner the stream becomes. */
        void write(ByteBuf data);

        /** Whether more should be written now; if not, {@link #writable} is to be called later. */
        boolean sendable();

        void flush();

        /** So many bytes were taken. */
        void taken(int bytes);

        /** Nothing more is written, nor wanted. */
        void end();
    }

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final Carrier carrier;
    private final EventLoop loop;
    private final SocketAddress local;
    private final SocketAddress remote;
    private final Deque<ByteBuf> arrived = new ArrayDeque<>();
    private boolean reading;
    private boolean ended;
    private boolean open = true;

    /** A channel over {@code carrier}; used on {@code loop}. */
    public StreamChannel(
            Carrier carrier, EventLoop loop, SocketAddress local, SocketAddress remote) {
        super(null);
        this.carrier = carrier;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        config.setAutoRead(false);
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(32 * 1024, 64 * 1024));
        var _ = loop.register(this);
    }

    // ---- what the stream tells

    /** Bytes have come; the channel becomes their owner. */
    public void arrive(ByteBuf data) {
        if (!open) {
            carrier.taken(data.readableBytes());
            data.release();
            return;
        }
        arrived.add(data);
        if (reading) {
            deliver();
        }
    }

    /** No more bytes will come. */
    public void endArrivals() {
        ended = true;
        if (arrived.isEmpty()) {
            shut();
        }
    }

    /** The stream is gone. */
    public void lose() {
        ended = true;
        shut();
    }

    /** The stream takes more. */
    public void writable() {
        ((StreamUnsafe) unsafe()).flushAgain();
    }

    private void shut() {
        unsafe().close(voidPromise());
    }

    private void deliver() {
        reading = false;
        for (ByteBuf data = arrived.poll(); data != null; data = arrived.poll()) {
            carrier.taken(data.readableBytes());
            pipeline().fireChannelRead(data);
        }
        pipeline().fireChannelReadComplete();
        if (ended) {
            shut();
        }
    }

    // ---- what Netty asks

    @Override
    protected void doBeginRead() {
        reading = true;
        if (!arrived.isEmpty() || ended) {
            // not within the read that asks for more: a pipeline reads as long as it is answered
            loop.execute(() -> {
                if (reading && open) {
                    deliver();
                }
            });
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (carrier.sendable()) {
            Object message = out.current();
            if (message == null) {
                break;
            }
            if (message instanceof ByteBuf data) {
                carrier.write(data.retain());
            }
            out.remove();
        }
        carrier.flush();
    }

    @Override
    protected void doClose() {
        open = false;
        for (ByteBuf data = arrived.poll(); data != null; data = arrived.poll()) {
            carrier.taken(data.readableBytes());
            ReferenceCountUtil.release(data);
        }
        carrier.end();
    }

    private final class StreamUnsafe extends AbstractUnsafe {

        @Override
        public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a stream is connected already"));
        }

        void flushAgain() {
            flush0();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop candidate) {
        return candidate.equals(loop);
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a stream is not bound");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
