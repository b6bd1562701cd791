package dev.vellum.proxy.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What is done to a channel without waiting for it. A write that fails closes the channel or is
 * told to {@code exceptionCaught}, a close ends in {@code channelInactive}: nobody needs the
 * futures.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class Channels {

    private Channels() {}

    /** Writes, without flushing. */
    public static void write(Channel channel, Object message) {
        channel.write(message, channel.voidPromise());
    }

    /** Writes and flushes. */
    public static void writeAndFlush(Channel channel, Object message) {
        channel.writeAndFlush(message, channel.voidPromise());
    }

    /** Closes at once; what was not flushed is lost. */
    public static void close(Channel channel) {
        channel.close();
    }

    /** Closes at once, without what a handler would say in parting: close_notify of TLS. */
    public static void cut(Channel channel) {
        channel.unsafe().close(channel.voidPromise());
    }

    /** Closes when all that was written is out, or cannot be. */
    public static void closeAfterFlush(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Runs {@code action} when the channel is closed. */
    public static void onClose(Channel channel, Runnable action) {
        channel.closeFuture().addListener(closed -> action.run());
    }

    /** Runs {@code action} on the channel's loop later. */
    public static void later(Channel channel, Duration delay, Runnable action) {
        channel.eventLoop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
