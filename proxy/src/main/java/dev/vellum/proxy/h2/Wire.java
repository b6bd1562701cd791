package dev.vellum.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Numbers of the wire (RFC 9113 sections 4, 6; RFC 8441 section 3; RFC 9218 sections 2.1, 7.1). */
final class Wire {

    static final int FRAME_HEADER = 9;
    static final int LEAST_FRAME_SIZE = 16_384;
    static final int MOST_FRAME_SIZE = (1 << 24) - 1;
    static final int FIRST_WINDOW = 65_535;
    static final int STREAM_MASK = 0x7fff_ffff;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int PRIORITY_UPDATE = 16;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int WITH_PRIORITY = 32;

    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;
    static final int ENABLE_CONNECT_PROTOCOL = 8;
    static final int NO_RFC7540_PRIORITIES = 9;

    /** What a client begins with (RFC 9113 section 3.4). */
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Wire() {}

    static ByteBuf preface() {
        return Unpooled.wrappedBuffer(PREFACE);
    }

    static int prefaceLength() {
        return PREFACE.length;
    }

    /** Whether the octet at {@code index} of the preface is this. */
    static boolean isPreface(int index, byte octet) {
        return PREFACE[index] == octet;
    }

    static void frameHeader(ByteBuf out, int length, int type, int flags, int stream) {
        out.writeMedium(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }
}
