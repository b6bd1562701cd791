package dev.vellum.proxy.origin;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

/**
 * The way of one exchange to an origin or a parent: a connection of HTTP/1, or a stream of HTTP/2.
 * Used on its own loop only.
 */
public interface OriginConnection {

    /** Who wants the response. */
    public interface Listener {

        /** An interim response, but never 101. */
        void onInformational(ResponseHead head);

        /** The final response's header, or 101. */
        void onHead(ResponseHead head);

        /** Some content; the listener may retain it, but does not own it. */
        void onData(ByteBuf data);

        /** All that has arrived so far is told: content may be passed on together. */
        void onBatch();

        /** The response is whole. */
        void onEnd(Fields trailers);

        /** The exchange broke, before or within the response. */
        void onFailure(Failure failure);

        /** The request's body may go on, after {@link #data} said that it should wait. */
        void onWritable();
    }

    /** Where it leads. */
    OriginAddress address();

    /** The loop of the connection. */
    EventLoop loop();

    /**
     * Whether a failure without an answer may only mean that the far end did not want the
     * connection any more, which carried exchanges before this one.
     */
    boolean reused();

    /** Whether anything of the response, interim ones included, has come. */
    boolean answered();

    /**
     * Sends a request's head.
     *
     * @param toProxy whether the far end is a proxy
     * @param chunked whether a body of unknown length follows
     */
    void begin(RequestHead head, boolean toProxy, boolean chunked, Listener listener);

    /**
     * Sends some of the request's body, whose owner this becomes.
     *
     * @return whether more may be sent now
     */
    boolean data(ByteBuf data);

    /** Sends what was begun, without ending the request: its body is still to come. */
    void flush();

    /** Ends the request. */
    void end(Fields trailers);

    /** Stops reading the response until {@link #resume}. */
    void pause();

    /** Goes on reading. */
    void resume();

    /** Breaks the exchange off: nobody wants the response any more. */
    void abandon();

    /** Gives it back unused. */
    void putBack();

    /** Hands the bare connection over to a tunnel; it no longer belongs to the pool. */
    Channel detach();
}
