package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Reads an origin's responses. One is read for each {@link #expect}; bytes that come unasked, or
 * behind a response, are an answer to nobody: they close the connection, unread.
 */
final class ResponseDecoder extends MessageDecoder implements Framing.ResponseReader {

    /** Interim responses before a final one; more are an origin that never answers. */
    private static final int MOST_INTERIM = 32;

    private @Nullable ChannelHandlerContext context;
    private String method = "";
    private boolean upgrades;
    private boolean persistent;
    private boolean broken;
    private int interim;

    ResponseDecoder(Limits limits) {
        super(limits, Fault.HEAD_TOO_LARGE, true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void expect(String requested, boolean mayUpgrade) {
        ChannelHandlerContext here = context;
        if (here == null || !isIdle()) {
            throw new IllegalStateException(
                    "a response is being read (expected: one request at a time)");
        }
        method = requested;
        upgrades = mayUpgrade;
        interim = 0;
        start(here);
    }

    @Override
    boolean beforeHead(ByteBuf in) throws MalformedMessage {
        if (in.isReadable() && in.getByte(in.readerIndex()) != 'H') {
            throw MalformedMessage.syntax("response that does not start with HTTP");
        }
        return true;
    }

    @Override
    ReadHead readHead(SectionReader section) throws MalformedMessage {
        ResponseHead head = section.response();
        BodyLength length = BodyLength.of(head, method);
        persistent =
                head.version() == HttpVersion.HTTP_1_1
                        && !(length instanceof BodyLength.UntilClose)
                        && ConnectionOptions.isPersistent(head.version(), head.fields());
        if (BodyLength.isBare(head, method)) {
            return bare(head);
        }
        return new ReadHead(head.with(BodyLength.normalised(head.fields())), new Next.Body(length));
    }

    /** A length where none can be says that its sender may go on to send a body. */
    private ReadHead bare(ResponseHead head) throws MalformedMessage {
        if (head.status() == 101 && !upgrades) {
            throw MalformedMessage.syntax("101 that nobody asked for");
        }
        boolean stated =
                head.fields().contains("Transfer-Encoding")
                        || head.fields().contains("Content-Length");
        persistent &= !stated;
        ResponseHead stripped =
                stated
                        ? head.with(head.fields().without("Transfer-Encoding", "Content-Length"))
                        : head;
        if (head.status() == 101 || (head.status() >= 200 && head.status() != 204)) {
            return new ReadHead(stripped, new Next.Tunnel());
        }
        if (head.status() == 204) {
            return new ReadHead(
                    stripped,
                    method.equals("CONNECT") ? new Next.Tunnel() : new Next.Body(BodyLength.NONE));
        }
        if (++interim > MOST_INTERIM) {
            throw MalformedMessage.syntax("more than 32 interim responses");
        }
        return new ReadHead(stripped, new Next.Head());
    }

    @Override
    boolean isReusable(boolean surplus) {
        return persistent && !surplus;
    }

    @Override
    boolean keepsSurplus() {
        return false;
    }

    @Override
    Failure failure(Fault fault) {
        return switch (fault) {
            case SYNTAX, VERSION, CODING -> Failure.RESPONSE_MALFORMED;
            case TARGET_TOO_LONG, HEAD_TOO_LARGE -> Failure.RESPONSE_HEADER_TOO_LARGE;
            case TRUNCATED -> Failure.RESPONSE_INCOMPLETE;
        };
    }

    /** A reset is no end of a body that ends with its connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        broken = true;
        failed.fireExceptionCaught(cause);
    }

    /** Nor is TLS without its close_notify: RFC 9112 section 9.8. */
    @Override
    public void userEventTriggered(ChannelHandlerContext told, Object event) {
        if (event instanceof SslCloseCompletionEvent closed && !closed.isSuccess()) {
            broken = true;
        }
        told.fireUserEventTriggered(event);
    }

    /** Nor is closing it here. */
    @Override
    public void close(ChannelHandlerContext closing, ChannelPromise promise) {
        broken = true;
        var _ = closing.close(promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ended) {
        connectionEnded(ended, !broken);
        ended.fireChannelInactive();
    }
}
