package dev.vellum.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames, behind a client's preface: everything that can be judged without knowing a stream's
 * state (RFC 9113 sections 3.4, 4 and 6). A field block is handed on when it is whole.
 */
final class FrameReader {

    /** Frames that a field block may come in; RFC 9113 section 10.5 leaves it to us. */
    private static final int MOST_CONTINUATIONS = 32;

    private final FrameSink sink;
    private final ByteBufAllocator allocator;
    private final int mostBlockBytes;
    private int prefaceLeft;
    private boolean first = true;
    private int blockStream;
    private boolean blockEnds;
    private int blockDependency;
    private int continuations;
    private @Nullable ByteBuf block;

    /**
     * A reader for one connection.
     *
     * @param mostBlockBytes of one field block, compressed
     * @param ofClient whether the peer is one, and begins with the preface
     */
    FrameReader(FrameSink sink, ByteBufAllocator allocator, int mostBlockBytes, boolean ofClient) {
        this.sink = sink;
        this.allocator = allocator;
        this.mostBlockBytes = mostBlockBytes;
        this.prefaceLeft = ofClient ? Wire.prefaceLength() : 0;
    }

    /** Whether a field block has begun and not ended. */
    boolean inBlock() {
        return block != null;
    }

    /** Reads one frame if all of it is there; false if it is not. */
    boolean read(ByteBuf in) throws ProtocolError {
        if (prefaceLeft > 0) {
            readPreface(in);
        }
        if (prefaceLeft > 0 || in.readableBytes() < Wire.FRAME_HEADER) {
            return false;
        }
        int at = in.readerIndex();
        int length = in.getUnsignedMedium(at);
        int type = in.getUnsignedByte(at + 3);
        int flags = in.getUnsignedByte(at + 4);
        int stream = in.getInt(at + 5) & Wire.STREAM_MASK;
        judge(length, type, flags, stream);
        if (in.readableBytes() < Wire.FRAME_HEADER + length) {
            return false;
        }
        in.skipBytes(Wire.FRAME_HEADER);
        ByteBuf payload = in.readSlice(length);
        dispatch(type, flags, stream, payload);
        return true;
    }

    private void readPreface(ByteBuf in) throws ProtocolError {
        while (prefaceLeft > 0 && in.isReadable()) {
            if (!Wire.isPreface(Wire.prefaceLength() - prefaceLeft, in.readByte())) {
                throw ProtocolError.brokenRule("no preface");
            }
            prefaceLeft--;
        }
    }

    /** What a frame's header alone says is wrong, before its payload is waited for. */
    private void judge(int length, int type, int flags, int stream) throws ProtocolError {
        if (length > Wire.LEAST_FRAME_SIZE) {
            throw size("frame longer than we allow");
        }
        if (first && (type != Wire.SETTINGS || (flags & Wire.ACK) != 0)) {
            throw ProtocolError.brokenRule("first frame other than SETTINGS");
        }
        if (block != null && (type != Wire.CONTINUATION || stream != blockStream)) {
            throw ProtocolError.brokenRule("frame within a field block");
        }
    }

    private void dispatch(int type, int flags, int stream, ByteBuf payload) throws ProtocolError {
        first = false;
        switch (type) {
            case Wire.DATA -> data(flags, onStream(stream), payload);
            case Wire.HEADERS -> headers(flags, onStream(stream), payload);
            case Wire.PRIORITY -> priority(onStream(stream), payload);
            case Wire.RST_STREAM ->
                    sink.onReset(
                            onStream(stream),
                            ErrorCode.of(sized(payload, 4, "RST_STREAM").readUnsignedInt()));
            case Wire.SETTINGS -> {
                onConnection(stream);
                settings(flags, payload);
            }
            case Wire.PUSH_PROMISE -> throw ProtocolError.brokenRule("PUSH_PROMISE");
            case Wire.PING -> {
                onConnection(stream);
                sink.onPing(sized(payload, 8, "PING").readLong(), (flags & Wire.ACK) != 0);
            }
            case Wire.GOAWAY -> {
                onConnection(stream);
                goAway(payload);
            }
            case Wire.WINDOW_UPDATE -> windowUpdate(stream, payload);
            case Wire.CONTINUATION -> continuation(flags, payload);
            case Wire.PRIORITY_UPDATE -> {
                onConnection(stream);
                priorityUpdate(payload);
            }
            default -> sink.onUnknown();
        }
    }

    private void data(int flags, int stream, ByteBuf payload) throws ProtocolError {
        int flow = payload.readableBytes();
        ByteBuf data = unpadded(flags, payload);
        sink.onData(stream, data.retainedSlice(), flow, (flags & Wire.END_STREAM) != 0);
    }

    private void headers(int flags, int stream, ByteBuf payload) throws ProtocolError {
        ByteBuf rest = unpadded(flags, payload);
        int dependency = -1;
        if ((flags & Wire.WITH_PRIORITY) != 0) {
            if (rest.readableBytes() < 5) {
                throw size("HEADERS shorter than its priority");
            }
            dependency = rest.readInt() & Wire.STREAM_MASK;
            rest.skipBytes(1);
        }
        boolean end = (flags & Wire.END_STREAM) != 0;
        if ((flags & Wire.END_HEADERS) != 0) {
            sink.onHeaders(stream, rest, end, dependency);
            return;
        }
        blockStream = stream;
        blockEnds = end;
        blockDependency = dependency;
        continuations = 0;
        ByteBuf begun = allocator.buffer(Math.max(256, 2 * rest.readableBytes()), mostBlockBytes);
        block = begun;
        begun.writeBytes(rest);
    }

    private void continuation(int flags, ByteBuf payload) throws ProtocolError {
        ByteBuf begun = block;
        if (begun == null) {
            throw ProtocolError.brokenRule("CONTINUATION without HEADERS");
        }
        if (++continuations > MOST_CONTINUATIONS
                || begun.readableBytes() + payload.readableBytes() > mostBlockBytes) {
            throw ProtocolError.connection(
                    ErrorCode.ENHANCE_YOUR_CALM, "field block larger than we allow");
        }
        begun.writeBytes(payload);
        if ((flags & Wire.END_HEADERS) != 0) {
            block = null;
            try {
                sink.onHeaders(blockStream, begun, blockEnds, blockDependency);
            } finally {
                begun.release();
            }
        }
    }

    private void priority(int stream, ByteBuf payload) throws ProtocolError {
        if (payload.readableBytes() != 5) {
            throw ProtocolError.stream(
                    stream, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY not of 5 octets");
        }
        sink.onPriority(stream, payload.readInt() & Wire.STREAM_MASK);
    }

    private void settings(int flags, ByteBuf payload) throws ProtocolError {
        if ((flags & Wire.ACK) != 0) {
            sized(payload, 0, "SETTINGS acknowledgement");
            sink.onSettingsAck();
            return;
        }
        if (payload.readableBytes() % 6 != 0) {
            throw size("SETTINGS not of 6 octets each");
        }
        while (payload.isReadable()) {
            sink.onSetting(payload.readUnsignedShort(), payload.readUnsignedInt());
        }
        sink.onSettingsEnd();
    }

    private void goAway(ByteBuf payload) throws ProtocolError {
        if (payload.readableBytes() < 8) {
            throw size("GOAWAY shorter than 8 octets");
        }
        sink.onGoAway(
                payload.readInt() & Wire.STREAM_MASK, ErrorCode.of(payload.readUnsignedInt()));
    }

    private void windowUpdate(int stream, ByteBuf payload) throws ProtocolError {
        int increment = sized(payload, 4, "WINDOW_UPDATE").readInt() & Wire.STREAM_MASK;
        if (increment > 0) {
            sink.onWindowUpdate(stream, increment);
        } else if (stream == 0) {
            throw ProtocolError.brokenRule("WINDOW_UPDATE by nothing");
        } else {
            throw ProtocolError.stream(
                    stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE by nothing");
        }
    }

    private void priorityUpdate(ByteBuf payload) throws ProtocolError {
        if (payload.readableBytes() < 4) {
            throw size("PRIORITY_UPDATE shorter than 4 octets");
        }
        int prioritised = payload.readInt() & Wire.STREAM_MASK;
        if (prioritised == 0) {
            throw ProtocolError.brokenRule("PRIORITY_UPDATE for no stream");
        }
        sink.onPriorityUpdate(prioritised, payload.toString(StandardCharsets.ISO_8859_1));
    }

    private static ByteBuf unpadded(int flags, ByteBuf payload) throws ProtocolError {
        if ((flags & Wire.PADDED) == 0) {
            return payload;
        }
        if (!payload.isReadable()) {
            throw size("padded frame without the length of its padding");
        }
        int padding = payload.readUnsignedByte();
        if (padding > payload.readableBytes()) {
            throw ProtocolError.brokenRule("padding longer than its frame");
        }
        return payload.readSlice(payload.readableBytes() - padding);
    }

    private static ByteBuf sized(ByteBuf payload, int size, String what) throws ProtocolError {
        if (payload.readableBytes() != size) {
            throw size(what + " not of " + size + " octets");
        }
        return payload;
    }

    private static int onStream(int stream) throws ProtocolError {
        if (stream == 0) {
            throw ProtocolError.brokenRule("frame of a stream without a stream");
        }
        return stream;
    }

    private static void onConnection(int stream) throws ProtocolError {
        if (stream != 0) {
            throw ProtocolError.brokenRule("frame of the connection on a stream");
        }
    }

    private static ProtocolError size(String reason) {
        return ProtocolError.connection(ErrorCode.FRAME_SIZE_ERROR, reason);
    }

    /** Lets go of a field block that will never be whole. */
    void close() {
        if (block != null) {
            block.release();
            block = null;
        }
    }
}
