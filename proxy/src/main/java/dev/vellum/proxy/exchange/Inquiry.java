package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Flight;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange asks upstream, in one fetch or, where the first did not help, another: the
 * request's content goes there, interim responses come back. Used on the client's loop.
 */
final class Inquiry implements Fetch.Asker {

    private final Services services;
    private final OriginPool pool;
    private final Client client;
    private final RequestHead request;
    private final boolean hasBody;
    private final Consumer<Outcome> end;
    private @Nullable Fetch fetch;
    private long received;
    private boolean over;

    /**
     * @param request as the client sent it
     * @param end what came of it; called once for each fetch, until {@link #end}
     */
    Inquiry(
            Services services,
            OriginPool pool,
            Client client,
            RequestHead request,
            boolean hasBody,
            Consumer<Outcome> end) {
        this.services = services;
        this.pool = pool;
        this.client = client;
        this.request = request;
        this.hasBody = hasBody;
        this.end = end;
    }

    /** Asks; parameters as of {@link FetchPlan}. */
    void ask(
            RequestHead addressed,
            Upstream to,
            @Nullable CacheKey key,
            @Nullable Flight flight,
            @Nullable Stored asked) {
        FetchPlan plan = new FetchPlan(addressed, to, key, flight, asked, hasBody);
        Fetch started = new Fetch(services, pool, plan, this);
        fetch = started;
        started.start();
    }

    /** Content bytes received from upstream. */
    long fetched() {
        return fetch == null ? 0 : fetch.fetched();
    }

    /** Content of the request, whose owner this becomes. */
    void body(ByteBuf data) {
        received += data.readableBytes();
        if (over || fetch == null) {
            data.release();
        } else if (received > services.limits().requestBodyBytes().bytes()) {
            data.release();
            fetch.leave();
            end.accept(new Outcome.Failed(Failure.REQUEST_BODY_TOO_LARGE));
        } else if (!fetch.sendBody(data)) {
            client.pauseBody();
        }
    }

    /** The request's content is whole. */
    void endBody(Fields trailers) {
        if (!over && fetch != null && hasBody) {
            fetch.endBody(trailers);
        }
    }

    /** The client is gone; others may still want what was asked for. */
    void leave() {
        if (fetch != null) {
            fetch.leave();
        }
    }

    /** The exchange is over: content that still comes goes nowhere. */
    void end() {
        over = true;
    }

    @Override
    public void onInformational(ResponseHead head) {
        // RFC 9110 section 15.2: HTTP/1.0 knows no interim responses
        if (!over && request.version() != HttpVersion.HTTP_1_0) {
            client.informational(Forwarding.response(head, services.here()));
        }
    }

    @Override
    public void onReadyForBody() {
        if (!over) {
            client.readBody();
        }
    }

    @Override
    public void onOutcome(Outcome outcome) {
        end.accept(outcome);
    }
}
