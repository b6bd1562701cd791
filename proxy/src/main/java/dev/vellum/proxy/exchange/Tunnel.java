package dev.vellum.proxy.exchange;

import dev.vellum.proxy.net.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Two connections of one loop joined: bytes of one go to the other, neither faster than the other
 * takes them; when one ends the other is closed after what it still has to get.
 */
final class Tunnel {

    private final Channel client;
    private final Channel server;
    private final Runnable onEnd;
    private final Future<?> idleCheck;
    private boolean moved;
    private boolean over;
    private long toClient;

    private Tunnel(Channel client, Channel server, Duration idle, Runnable onEnd) {
        this.client = client;
        this.server = server;
        this.onEnd = onEnd;
        long half = Math.max(1, idle.toMillis() / 2);
        this.idleCheck =
                client.eventLoop()
                        .scheduleAtFixedRate(this::checkIdle, half, half, TimeUnit.MILLISECONDS);
    }

    /**
     * Joins them.
     *
     * @param idle how long both may stay silent, to within a half
     */
    static Tunnel join(Channel client, Channel server, Duration idle, Runnable onEnd) {
        Tunnel tunnel = new Tunnel(client, server, idle, onEnd);
        client.pipeline().addLast("tunnel", tunnel.new Side(server, false));
        server.pipeline().addLast("tunnel", tunnel.new Side(client, true));
        client.config().setAutoRead(true);
        server.config().setAutoRead(true);
        if (!client.isActive() || !server.isActive()) {
            tunnel.close();
        }
        return tunnel;
    }

    /** Bytes handed to the client's connection. */
    long toClient() {
        return toClient;
    }

    private void checkIdle() {
        if (!moved) {
            close();
        }
        moved = false;
    }

    private void close() {
        if (!over) {
            over = true;
            idleCheck.cancel(false);
            closeAfterFlush(client);
            closeAfterFlush(server);
            onEnd.run();
        }
    }

    private static void closeAfterFlush(Channel channel) {
        if (channel.isActive()) {
            Channels.closeAfterFlush(channel);
        }
    }

    private final class Side extends ChannelInboundHandlerAdapter {

        private final Channel other;
        private final boolean otherIsClient;

        Side(Channel other, boolean otherIsClient) {
            this.other = other;
            this.otherIsClient = otherIsClient;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf bytes && !over) {
                moved = true;
                if (otherIsClient) {
                    toClient += bytes.readableBytes();
                }
                Channels.write(other, bytes);
                if (!other.isWritable()) {
                    context.channel().config().setAutoRead(false);
                }
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            other.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                other.config().setAutoRead(true);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            close();
        }
    }
}
