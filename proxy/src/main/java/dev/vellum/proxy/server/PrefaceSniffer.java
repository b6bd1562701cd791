package dev.vellum.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 from HTTP/1 by the first bytes of a connection: no method of HTTP/1 begins like
 * HTTP/2's preface, {@code PRI} (RFC 9113 section 11.6). Then it hands over what it has read.
 */
final class PrefaceSniffer extends ByteToMessageDecoder {

    private static final String START = "PRI";

    private final Consumer<Boolean> onFound;
    private @Nullable ChannelHandlerContext context;

    /**
     * @param onFound told once whether it is HTTP/2; it adds what reads the connection from here
     */
    PrefaceSniffer(Consumer<Boolean> onFound) {
        this.onFound = onFound;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
        int known = Math.min(in.readableBytes(), START.length());
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != START.charAt(i)) {
                found(here, false);
                return;
            }
        }
        if (known == START.length()) {
            found(here, true);
        }
    }

    /** Waits no longer: HTTP/1 it is. */
    void end() {
        ChannelHandlerContext here = context;
        if (here != null && !here.isRemoved() && here.channel().isActive()) {
            found(here, false);
        }
    }

    private void found(ChannelHandlerContext here, boolean http2) {
        onFound.accept(http2);
        here.pipeline().remove(this);
    }
}
