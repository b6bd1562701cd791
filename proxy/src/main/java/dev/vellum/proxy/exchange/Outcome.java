package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Stored;
import io.netty.channel.Channel;

/** What came of a fetch, when its header is there. */
sealed interface Outcome {
    /** A response that is not stored; its body still grows. */
    record Streaming(ResponseHead head, Body body) implements Outcome {}

    /**
     * A response on its way into the store; its body still grows.
     *
     * @param head as it was received
     */
    record Storing(StoredResponse response, ResponseHead head, Body body) implements Outcome {}

    /** The stored response that was asked about still holds. */
    record Confirmed(Stored stored) implements Outcome {}

    /** The origin fails, and the stored response that was asked about may stand in. */
    record StandIn(int status) implements Outcome {}

    /** The connection is another protocol's now. */
    record Switched(ResponseHead head, Channel channel) implements Outcome {}

    record Failed(Failure failure) implements Outcome {}
}
