package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's requests, one at a time: what is pipelined behind a request waits, unread, until
 * {@link #next} is called. So the answers cannot change their order, and bytes behind a request
 * that turns the connection into a tunnel are never taken for a request.
 */
final class RequestDecoder extends MessageDecoder implements Framing.RequestReader {

    /** Pipelined bytes that may wait; beyond them the connection is not read. */
    private static final int MOST_WAITING = 64 * 1024;

    private final String scheme;
    private @Nullable ChannelHandlerContext context;
    private boolean skippedEmptyLine;
    private boolean persistent = true;
    private boolean readHeld;

    RequestDecoder(Limits limits, String scheme) {
        super(limits, Fault.TARGET_TOO_LONG, false);
        this.scheme = scheme;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void next() {
        ChannelHandlerContext here = context;
        if (here == null || !persistent) {
            return;
        }
        skippedEmptyLine = false;
        start(here);
        if (readHeld) {
            readHeld = false;
            here.read();
        }
    }

    /** RFC 9112 section 2.2: one empty line before a request line is ignored. */
    @Override
    boolean beforeHead(ByteBuf in) throws MalformedMessage {
        int at = in.readerIndex();
        if (in.isReadable() && in.getByte(at) == Octets.CR && !skippedEmptyLine) {
            if (in.readableBytes() == 1) {
                return false;
            }
            if (in.getByte(at + 1) == Octets.LF) {
                in.skipBytes(2);
                skippedEmptyLine = true;
            }
        }
        if (!in.isReadable()) {
            return false;
        }
        if (!Octets.isToken(in.getByte(in.readerIndex()))) {
            throw MalformedMessage.syntax("request that does not start with a method");
        }
        return true;
    }

    @Override
    ReadHead readHead(SectionReader section) throws MalformedMessage {
        RequestHead head = section.request(scheme);
        BodyLength length = BodyLength.of(head);
        // what follows CONNECT is for its target, whatever becomes of it
        persistent =
                ConnectionOptions.isPersistent(head.version(), head.fields())
                        && !head.method().equals("CONNECT");
        return new ReadHead(head.with(BodyLength.normalised(head.fields())), new Next.Body(length));
    }

    @Override
    boolean isReusable(boolean surplus) {
        return persistent;
    }

    @Override
    boolean keepsSurplus() {
        return true;
    }

    @Override
    Failure failure(Fault fault) {
        return switch (fault) {
            case SYNTAX, TRUNCATED -> Failure.MALFORMED_REQUEST;
            case TARGET_TOO_LONG -> Failure.TARGET_TOO_LONG;
            case HEAD_TOO_LARGE -> Failure.REQUEST_HEADER_TOO_LARGE;
            case CODING -> Failure.TRANSFER_CODING_UNKNOWN;
            case VERSION -> Failure.VERSION_NOT_SUPPORTED;
        };
    }

    @Override
    public void read(ChannelHandlerContext reader) {
        if (isIdle() && waitingBytes() >= MOST_WAITING) {
            readHeld = true;
        } else {
            reader.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ended) {
        connectionEnded(ended, true);
        ended.fireChannelInactive();
    }
}
