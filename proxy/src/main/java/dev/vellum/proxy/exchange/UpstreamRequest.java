package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.HopByHop;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.origin.Upstream;
import java.util.HexFormat;

/** A client's request as it goes upstream. */
final class UpstreamRequest {

    private UpstreamRequest() {}

    /** Whether and how it goes on. */
    static Forwarding of(RequestHead request, Client client, Hop here) {
        return Forwarding.request(
                request,
                new Hop(
                        here.role(),
                        here.name(),
                        client.address().getAddress().getHostAddress(),
                        client.scheme()));
    }

    /**
     * Whether the request asks for the one protocol that is switched to (RFC 6455 section 4.1). Any
     * other would carry further requests past access, routes and rules: h2c is how that is done.
     */
    static boolean opensWebSocket(RequestHead request, boolean hasBody) {
        return request.method().equals("GET")
                && !hasBody
                && request.version() != HttpVersion.HTTP_1_0
                && HopByHop.hasOption(request.fields(), "Upgrade")
                && "websocket".equalsIgnoreCase(request.fields().combined("Upgrade"));
    }

    /** {@code forwarded} with the fields that switch to WebSocket. */
    static RequestHead upgrading(RequestHead forwarded) {
        return forwarded.with(
                forwarded.fields().plus("Connection", "Upgrade").plus("Upgrade", "websocket"));
    }

    /** {@code forwarded}, in the name of nobody, to ask whether {@code stored} still holds. */
    static RequestHead refreshing(RequestHead forwarded, StoredResponse stored) {
        RequestHead get =
                new RequestHead("GET", forwarded.target(), forwarded.version(), forwarded.fields());
        return Validation.request(get, Validation.conditions(stored));
    }

    /**
     * The request as one upstream wants it: its own Host, and from an edge the request's id.
     *
     * @param id the request's
     */
    static RequestHead addressed(RequestHead forwarded, Upstream to, Hop here, long id) {
        Fields fields = forwarded.fields();
        Fields hosted = to.hostHeader().isEmpty() ? fields : fields.with("Host", to.hostHeader());
        return forwarded.with(
                here.role() == Hop.Role.EDGE
                        ? hosted.with("X-Request-ID", HexFormat.of().toHexDigits(id))
                        : hosted);
    }
}
