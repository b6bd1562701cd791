package dev.vellum.proxy.wire;

import dev.vellum.proxy.limits.Limits;
import io.netty.channel.ChannelPipeline;

/** Puts the handlers that read HTTP/1 messages into a pipeline. */
public final class Framing {

    private static final String NAME = "framing";

    /** How a server connection asks for its next request. */
    public interface RequestReader {

        /**
         * The request before is answered: reads the next one, as far as it has already arrived.
         * Called once for each {@link BodyEnd} that is reusable; the first request needs no call.
         */
        void next();
    }

    /** How a client connection tells its reader what it asked, which decides how answers end. */
    public interface ResponseReader {

        /**
         * A response to this method comes next. Called before each request is written.
         *
         * @param upgrades whether the request asks for another protocol; if not, 101 is no answer
         * @throws IllegalStateException if the response before is not at its end
         */
        void expect(String method, boolean upgrades);
    }

    private Framing() {}

    /**
     * Reads requests.
     *
     * @param scheme of the connection, {@code http} or {@code https}
     */
    public static RequestReader requests(ChannelPipeline pipeline, Limits limits, String scheme) {
        RequestDecoder decoder = new RequestDecoder(limits, scheme);
        pipeline.addLast(NAME, decoder);
        return decoder;
    }

    /** Reads responses; the result is to be told of every request. */
    public static ResponseReader responses(ChannelPipeline pipeline, Limits limits) {
        ResponseDecoder decoder = new ResponseDecoder(limits);
        pipeline.addLast(NAME, decoder);
        return decoder;
    }

    /**
     * Takes the handler out: from here on the connection carries bytes of another protocol, those
     * first that had arrived already.
     */
    public static void remove(ChannelPipeline pipeline) {
        pipeline.remove(NAME);
    }
}
