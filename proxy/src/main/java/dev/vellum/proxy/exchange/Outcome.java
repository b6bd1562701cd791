package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Stored;
import io.netty.channel.Channel;
import java.util.Optional;

/** What came of asking upstream, when the response's header is there. */
sealed interface Outcome {
    /** A response that is not stored; its body still grows. */
    record Streaming(ResponseHead head, Body body) implements Outcome {}

    /**
     * A response on its way into the store; its body still grows.
     *
     * @param head as it was received
     */
    record Storing(StoredResponse response, ResponseHead head, Body body) implements Outcome {}

    /**
     * Another request's response, which is this one's too; its body may still grow.
     *
     * @param head with its age
     */
    record Shared(StoredResponse response, ResponseHead head, Body body) implements Outcome {}

    /** The store holds what another request's fetch brought. */
    record LookAgain() implements Outcome {}

    /** The stored response that was asked about still holds. */
    record Confirmed(Stored stored) implements Outcome {}

    /**
     * The origin fails, and a stored response may stand in.
     *
     * @param status of the origin's error; 0 if it could not be reached
     * @param failure why it could not be reached
     */
    record StandIn(Stored stored, int status, Optional<Failure> failure) implements Outcome {}

    /** A tunnel is to be opened; its far end is verified. */
    record Opened(Interception.Opened opened) implements Outcome {}

    /** The connection is another protocol's now. */
    record Switched(ResponseHead head, Channel channel) implements Outcome {}

    record Failed(Failure failure) implements Outcome {}
}
