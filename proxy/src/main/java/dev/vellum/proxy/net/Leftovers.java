package dev.vellum.proxy.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds what arrives while the handlers of a pipeline change hands, bytes that a removed decoder
 * had read too far among them, and passes it on as soon as the current task is over.
 */
public final class Leftovers extends ChannelInboundHandlerAdapter {

    private final Deque<Object> messages = new ArrayDeque<>();

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.executor()
                .execute(() -> {
                    if (!context.isRemoved()) {
                        context.pipeline().remove(this);
                    }
                });
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        for (Object message = messages.poll(); message != null; message = messages.poll()) {
            context.fireChannelRead(message);
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        messages.add(message);
    }
}
