package dev.vellum.proxy.h2;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.net.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * Writes frames (RFC 9113 sections 4 and 6), none larger than every peer takes. They leave with the
 * next flush.
 */
final class FrameWriter {

    private final Channel channel;
    private final Hpack hpack;
    private final Runnable written;

    /**
     * A writer for one connection.
     *
     * @param written told of everything that should be flushed soon
     */
    FrameWriter(Channel channel, Hpack hpack, Runnable written) {
        this.channel = channel;
        this.hpack = hpack;
        this.written = written;
    }

    /** The octets that a client begins with (section 3.4). */
    void preface() {
        write(Wire.preface());
    }

    /**
     * Our settings.
     *
     * @param settings identifiers and values in turns
     */
    void settings(int... settings) {
        ByteBuf out = frame(Wire.SETTINGS, 0, 0, settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            out.writeShort(settings[i]);
            out.writeInt(settings[i + 1]);
        }
        write(out);
    }

    void settingsAck() {
        write(frame(Wire.SETTINGS, Wire.ACK, 0, 0));
    }

    /**
     * A field block, in as many frames as it needs.
     *
     * @param pseudo names and values in turns
     */
    void headers(int stream, String[] pseudo, Fields fields, boolean end) {
        ByteBuf out = channel.alloc().ioBuffer(512);
        out.writeZero(Wire.FRAME_HEADER);
        hpack.encode(stream, pseudo, fields, out);
        int length = out.readableBytes() - Wire.FRAME_HEADER;
        int flags = end ? Wire.END_STREAM : 0;
        if (length > Wire.LEAST_FRAME_SIZE) {
            inSeveral(stream, flags, out.skipBytes(Wire.FRAME_HEADER));
            return;
        }
        int behind = out.writerIndex();
        out.writerIndex(0);
        Wire.frameHeader(out, length, Wire.HEADERS, flags | Wire.END_HEADERS, stream);
        write(out.writerIndex(behind));
    }

    private void inSeveral(int stream, int flags, ByteBuf block) {
        int type = Wire.HEADERS;
        while (block.isReadable()) {
            int size = Math.min(block.readableBytes(), Wire.LEAST_FRAME_SIZE);
            int last = size == block.readableBytes() ? Wire.END_HEADERS : 0;
            ByteBuf frame = frame(type, (type == Wire.HEADERS ? flags : 0) | last, stream, size);
            write(frame.writeBytes(block, size));
            type = Wire.CONTINUATION;
        }
        block.release();
    }

    /** Content, whose owner this becomes; flushed by who sent it. */
    void data(int stream, ByteBuf data, boolean end) {
        ByteBuf header = channel.alloc().ioBuffer(Wire.FRAME_HEADER);
        int flags = end ? Wire.END_STREAM : 0;
        Wire.frameHeader(header, data.readableBytes(), Wire.DATA, flags, stream);
        Channels.write(channel, header);
        Channels.write(channel, data);
    }

    /** An empty frame that ends a stream; it needs no window. */
    void end(int stream) {
        write(frame(Wire.DATA, Wire.END_STREAM, stream, 0));
    }

    void windowUpdate(int stream, int increment) {
        write(frame(Wire.WINDOW_UPDATE, 0, stream, 4).writeInt(increment));
    }

    void reset(int stream, ErrorCode code) {
        write(frame(Wire.RST_STREAM, 0, stream, 4).writeInt(code.number()));
    }

    void ping(long data, boolean ack) {
        write(frame(Wire.PING, ack ? Wire.ACK : 0, 0, 8).writeLong(data));
    }

    /** Streams behind {@code last} will not be answered. */
    void goAway(int last, ErrorCode code) {
        write(frame(Wire.GOAWAY, 0, 0, 8).writeInt(last).writeInt(code.number()));
    }

    private ByteBuf frame(int type, int flags, int stream, int length) {
        ByteBuf out = channel.alloc().ioBuffer(Wire.FRAME_HEADER + length);
        Wire.frameHeader(out, length, type, flags, stream);
        return out;
    }

    private void write(ByteBuf out) {
        Channels.write(channel, out);
        written.run();
    }
}
