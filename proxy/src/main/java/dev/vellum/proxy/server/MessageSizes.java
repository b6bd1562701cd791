package dev.vellum.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/**
 * How much a connection has still to send: parts of files count as what they hold, so that they are
 * held back, and seen to move, as buffers are.
 */
final class MessageSizes implements MessageSizeEstimator {

    @Override
    public Handle newHandle() {
        Handle standard = DefaultMessageSizeEstimator.DEFAULT.newHandle();
        // buffers first: whether they are a FileRegion is a search through all their interfaces
        return message ->
                message instanceof ByteBuf bytes
                        ? bytes.readableBytes()
                        : message instanceof FileRegion part
                                ? (int) part.count()
                                : standard.size(message);
    }
}
