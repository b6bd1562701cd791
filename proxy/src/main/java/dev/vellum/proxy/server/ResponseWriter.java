package dev.vellum.proxy.server;

import dev.vellum.proxy.exchange.LocalResponse;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.wire.Http1Writer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.EpollChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * The responses of one HTTP/1 connection to its client, one after the other: their framing, and
 * whether the connection outlives them (RFC 9112 sections 6 and 9.3). Used on its loop.
 */
final class ResponseWriter {

    /*
     * Writes go out when the batch of reads that caused them is over: answers to pipelined requests
     * leave together. What comes from elsewhere, such as an origin's connection, goes out when the
     * loop has been through all that has arrived: so a head leaves with the content behind it.
     */

    private final Channel channel;
    private @Nullable RequestHead request;
    private boolean begun;
    private boolean ended;
    private boolean bodiless;
    private boolean chunked;
    private boolean last;
    private boolean inRead;
    private boolean flushDue;
    private boolean flushScheduled;

    ResponseWriter(Channel channel) {
        this.channel = channel;
    }

    /** Makes ready for the response to {@code next}. */
    void next(RequestHead next) {
        request = next;
        begun = false;
        ended = false;
    }

    /** Nothing is to be answered. */
    void idle() {
        request = null;
        begun = false;
        ended = false;
    }

    /** Whether the final response's header is out. */
    boolean begun() {
        return begun;
    }

    /** Whether the response is out, or never will be. */
    boolean ended() {
        return ended;
    }

    /** Nothing more of this response goes out. */
    void cut() {
        ended = true;
        if (flushScheduled) {
            channel.flush();
        }
    }

    /** Whether the connection ends with this response. */
    boolean last() {
        return last;
    }

    /** Says whether the connection ends with this response; in its header, if that is to come. */
    void last(boolean ends) {
        last = ends;
    }

    // ---- when bytes leave

    /** What is written from here to {@link #readComplete} goes out together. */
    void readBegins() {
        inRead = true;
    }

    void readComplete() {
        inRead = false;
        if (flushDue) {
            flushDue = false;
            channel.flush();
        }
    }

    void flush() {
        if (inRead) {
            flushDue = true;
        } else if (!channel.isWritable()) {
            channel.flush();
        } else if (!flushScheduled) {
            flushScheduled = true;
            channel.eventLoop().execute(this::flushNow);
        }
    }

    private void flushNow() {
        flushScheduled = false;
        channel.flush();
    }

    // ---- heads

    ByteBuf headBuffer() {
        return channel.alloc().ioBuffer(1024);
    }

    void informational(ResponseHead head) {
        if (!begun) {
            ByteBuf out = headBuffer();
            Http1Writer.response(head, out);
            Channels.write(channel, out);
            flush();
        }
    }

    /** As {@link dev.vellum.proxy.exchange.Client#respond(ResponseHead, long)}. */
    void respond(ResponseHead head, long length) {
        bodiless = answersHead() || head.status() == 204 || head.status() == 304;
        ByteBuf out = headBuffer();
        Http1Writer.statusLine(head.status(), head.reason(), out);
        if (bodiless) {
            Http1Writer.fields(
                    head.status() == 204 ? head.fields().without("Content-Length") : head.fields(),
                    out);
        } else {
            Http1Writer.fields(head.fields().without("Content-Length"), out);
            frame(length, out);
        }
        endHead(out);
    }

    /** As {@link dev.vellum.proxy.exchange.Client#respond(ByteBuf)}. */
    void respond(ByteBuf head) {
        bodiless = answersHead();
        endHead(head);
    }

    /** Answers what is not going to be an exchange; the connection ends with it. */
    void refuse(LocalResponse local) {
        last = true;
        respond(local.head(), local.text().length());
        data(local.content());
        ended = true;
    }

    private boolean answersHead() {
        return request != null && request.method().equals("HEAD");
    }

    private void frame(long length, ByteBuf out) {
        if (length >= 0) {
            Http1Writer.field("Content-Length", Long.toString(length), out);
        } else if (request != null && request.version() != HttpVersion.HTTP_1_0) {
            chunked = true;
            Http1Writer.field("Transfer-Encoding", "chunked", out);
        } else {
            last = true;
        }
    }

    private void endHead(ByteBuf out) {
        begun = true;
        if (last) {
            Http1Writer.field("Connection", "close", out);
        } else if (request != null && request.version() == HttpVersion.HTTP_1_0) {
            Http1Writer.field("Connection", "keep-alive", out);
        }
        out.writeShort('\r' << 8 | '\n');
        Channels.write(channel, out);
    }

    // ---- content

    /** Writes content, whose owner this becomes. */
    void data(ByteBuf data) {
        if (bodiless || ended) {
            data.release();
        } else if (chunked) {
            ByteBuf start = channel.alloc().ioBuffer(16);
            Http1Writer.chunkStart(data.readableBytes(), start);
            Channels.write(channel, start);
            Channels.write(channel, data);
            ByteBuf end = channel.alloc().ioBuffer(2);
            Http1Writer.chunkEnd(end);
            Channels.write(channel, end);
        } else {
            Channels.write(channel, data);
        }
    }

    /** As {@link #data(ByteBuf)}, of a response whose length is known. */
    void data(FileRegion data) {
        if (bodiless || ended) {
            data.release();
        } else {
            // the head and the first bytes behind it leave together, as two writes would not
            channel.config().setOption(EpollChannelOption.TCP_CORK, true);
            channel.write(data).addListener(written -> uncork());
        }
    }

    private void uncork() {
        if (channel.isOpen()) {
            channel.config().setOption(EpollChannelOption.TCP_CORK, false);
        }
    }

    void end(Fields trailers) {
        if (chunked && !bodiless) {
            ByteBuf lastChunk = channel.alloc().ioBuffer(64);
            Http1Writer.lastChunk(trailers, lastChunk);
            Channels.write(channel, lastChunk);
        }
        chunked = false;
        ended = true;
        flush();
    }
}
