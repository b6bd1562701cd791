package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.intercept.Interception;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request's client as its exchange sees it: where the response goes, whatever carries it. Used on
 * its loop only. After {@link #end}, {@link #reset} or {@link #tunnel} nothing more may be called.
 */
public interface Client {

    /** The loop of the connection and of every exchange on it. */
    EventLoop loop();

    /** Where the client is. */
    InetSocketAddress address();

    /** {@code http} or {@code https}, as the client connected. */
    String scheme();

    /** The name that the client has proved already, or null if its request must prove it. */
    @Nullable String admitted();

    /**
     * Whether a tunnel that begins with this head is what the client has asked for; where the
     * client's own protocol has no way to see that for itself.
     */
    default boolean accepts(ResponseHead switching) {
        return true;
    }

    /** Sends an interim response other than 101. */
    void informational(ResponseHead head);

    /**
     * Begins the final response.
     *
     * @param head without fields that frame the message: those are added here, but for the
     *     Content-Length of a response that has no content itself
     * @param length of the content in bytes if it is known, else -1
     */
    void respond(ResponseHead head, long length);

    /** Whether a head may come serialised, by {@link #respond(ByteBuf)}. */
    boolean takesReadyHead();

    /** An empty buffer for {@link #respond(ByteBuf)}. */
    ByteBuf headBuffer();

    /**
     * Begins the final response from a head that is serialised already, its Content-Length included
     * and the empty line not; the client becomes its owner.
     */
    void respond(ByteBuf head);

    /** Sends content, whose owner the client becomes. */
    void data(ByteBuf data);

    /** Whether content may come as part of a file, by {@link #data(FileRegion)}. */
    boolean takesFiles();

    /** As {@link #data(ByteBuf)}; a part of a file that the kernel reads by itself. */
    void data(FileRegion data);

    /** Whether more content should be sent now; if not, {@link Exchange#onWritable} tells when. */
    boolean writable();

    /** Lets what was sent go out, soon. */
    void flush();

    /** Ends the response, and lets it go out. */
    void end(Fields trailers);

    /** Breaks the response off, so that the client cannot take it for whole. */
    void reset();

    /** Asks for the request's content; it comes to {@link Exchange#onBody}. */
    void readBody();

    /** Holds the request's content back until {@link #readBody}. */
    void pauseBody();

    /**
     * Turns the connection into a tunnel: from now on it carries bytes without meaning to us.
     *
     * @param head the response that says so
     * @return the bare connection, not read from until asked
     */
    Channel tunnel(ResponseHead head);

    /**
     * As {@link #tunnel}, with the tunnel opened: what is asked for inside comes to exchanges of
     * its own.
     *
     * @param user who asked for the tunnel
     */
    void open(ResponseHead head, Interception.Opened opened, String user);
}
