package dev.vellum.proxy.wire;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.limits.Limits;
import dev.vellum.proxy.wire.MalformedMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to heads and body parts: what both directions share. Bound to one connection's event loop.
 *
 * <p>Buffers: what arrives is owned here and released once read; contents go on as slices of it,
 * each owned by its receiver. Bytes that wait, at most one section and one read, are released when
 * the connection or this handler goes.
 */
abstract sealed class MessageDecoder extends ChannelDuplexHandler
        permits RequestDecoder, ResponseDecoder {

    private enum State {
        HEAD,
        BODY,
        /** Between messages: what arrives has to wait, or is too much. */
        IDLE,
        /** Not HTTP any more: bytes go on as they are. */
        TUNNEL,
        /** Something was refused: what arrives is dropped. */
        REFUSED
    }

    private final int sectionLimit;
    private final int fieldLimit;
    private final SectionFinder headFinder;
    private State state;
    private @Nullable BodyReader body;
    private @Nullable ByteBuf waiting;
    private boolean decoding;
    private boolean fired;
    private boolean removed;

    MessageDecoder(Limits limits, Fault firstLineTooLong, boolean startsIdle) {
        this.sectionLimit = limits.headerBytes().clampedToInt();
        this.fieldLimit = limits.headerCount();
        this.headFinder = new SectionFinder(sectionLimit, firstLineTooLong);
        this.state = startsIdle ? State.IDLE : State.HEAD;
    }

    /** What follows a head. */
    sealed interface Next {
        /** A body, perhaps of no bytes, then the end. */
        record Body(BodyLength length) implements Next {}

        /** Another head: this one was interim (RFC 9110 section 15.2). */
        record Head() implements Next {}

        /** The end, and then bytes that are not HTTP. */
        record Tunnel() implements Next {}
    }

    /** A head that was read, and what follows it. */
    record ReadHead(Object head, Next next) {}

    /**
     * Looks at bytes where a head starts, may skip some of them, and says whether one has begun.
     */
    abstract boolean beforeHead(ByteBuf in) throws MalformedMessage;

    /** Reads a complete head. */
    abstract ReadHead readHead(SectionReader section) throws MalformedMessage;

    /**
     * Whether another message may follow.
     *
     * @param surplus whether bytes have arrived behind the message
     */
    abstract boolean isReusable(boolean surplus);

    /** Whether bytes between messages are kept for later; else they end the connection. */
    abstract boolean keepsSurplus();

    /** What a fault is answered with. */
    abstract Failure failure(Fault fault);

    /** Starts to read a message, and reads it as far as it has already arrived. */
    final void start(ChannelHandlerContext context) {
        if (state == State.IDLE) {
            state = State.HEAD;
            if (!decoding && waiting != null) {
                ByteBuf in = waiting;
                waiting = null;
                decodeAndKeepRest(context, in);
            }
        }
    }

    final boolean isIdle() {
        return state == State.IDLE;
    }

    /** Bytes that have arrived and are not read yet. */
    final int waitingBytes() {
        return waiting == null ? 0 : waiting.readableBytes();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf arrived)) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf in = arrived;
        if (waiting != null) {
            in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), waiting, arrived);
            waiting = null;
        }
        if (decoding) {
            waiting = in;
        } else {
            decodeAndKeepRest(context, in);
        }
    }

    private void decodeAndKeepRest(ChannelHandlerContext context, ByteBuf in) {
        decoding = true;
        try {
            decode(context, in);
        } catch (MalformedMessage malformed) {
            refuse(context, malformed);
        } finally {
            decoding = false;
        }
        if (!in.isReadable() || state == State.REFUSED) {
            in.release();
        } else if (state == State.TUNNEL || removed) {
            fire(context, in);
        } else if (state == State.IDLE && !keepsSurplus()) {
            in.release();
            var _ = context.close();
        } else {
            waiting = in;
        }
    }

    private void decode(ChannelHandlerContext context, ByteBuf in) throws MalformedMessage {
        while (!removed) {
            switch (state) {
                case HEAD -> {
                    int length = beforeHead(in) ? headFinder.find(in) : -1;
                    if (length < 0) {
                        return;
                    }
                    byte[] section = new byte[length];
                    in.readBytes(section);
                    ReadHead read = readHead(new SectionReader(section, fieldLimit));
                    expect(read.next());
                    fire(context, read.head());
                    if (state == State.TUNNEL) {
                        fire(context, new BodyEnd(Fields.of(), false));
                    }
                }
                case BODY -> {
                    if (!readBody(context, in)) {
                        return;
                    }
                }
                case IDLE, TUNNEL, REFUSED -> {
                    return;
                }
            }
        }
    }

    private void expect(Next next) {
        switch (next) {
            case Next.Body(var length) -> {
                body = new BodyReader(length, sectionLimit, fieldLimit);
                state = State.BODY;
            }
            case Next.Head() -> state = State.HEAD;
            case Next.Tunnel() -> state = State.TUNNEL;
        }
    }

    /** Returns whether the body is at its end. */
    private boolean readBody(ChannelHandlerContext context, ByteBuf in) throws MalformedMessage {
        BodyReader reading = body;
        if (reading == null) {
            throw new IllegalStateException("no body (expected: one, in state " + state + ")");
        }
        ByteBuf content = reading.read(in);
        while (content != null) {
            fire(context, content);
            if (state != State.BODY || removed) {
                return false;
            }
            content = reading.read(in);
        }
        Fields trailers = reading.trailers();
        if (trailers == null) {
            return false;
        }
        end(context, trailers, in.isReadable());
        return true;
    }

    private void end(ChannelHandlerContext context, Fields trailers, boolean surplus) {
        body = null;
        state = State.IDLE;
        fire(context, new BodyEnd(trailers, isReusable(surplus)));
    }

    private void refuse(ChannelHandlerContext context, MalformedMessage malformed) {
        state = State.REFUSED;
        body = null;
        fire(context, new Rejected(failure(malformed.fault()), malformed.reason()));
    }

    private void fire(ChannelHandlerContext context, Object part) {
        fired = true;
        context.fireChannelRead(part);
    }

    /** Where reads are asked for one by one, asks for the next if this one completed nothing. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        boolean needsMore = !fired && (state == State.HEAD || state == State.BODY);
        fired = false;
        context.fireChannelReadComplete();
        if (needsMore && !context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    /**
     * The connection has ended.
     *
     * @param clean whether its peer ended it in order, which alone can end a body
     */
    final void connectionEnded(ChannelHandlerContext context, boolean clean) {
        BodyReader reading = body;
        if (state == State.BODY && reading != null && reading.endsWithConnection() && clean) {
            end(context, Fields.of(), false);
        } else if (state == State.BODY || (state == State.HEAD && waiting != null)) {
            refuse(context, new MalformedMessage(Fault.TRUNCATED, "connection ended early"));
        }
        releaseWaiting();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        removed = true;
        if (waiting != null) {
            ByteBuf rest = waiting;
            waiting = null;
            context.fireChannelRead(rest);
        }
    }

    private void releaseWaiting() {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }
}
