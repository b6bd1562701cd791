package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Collapsing;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Reuse;
import dev.vellum.proxy.http.StaleUse;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Vary;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Flight;
import dev.vellum.proxy.store.Flight.Arrival;
import dev.vellum.proxy.store.InFlight.Place;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange asks upstream: alone or with others who ask the same, in one fetch or, where
 * the first did not help, another. The request's content goes there, interim responses come back.
 * Used on the client's loop.
 */
final class Inquiry implements Fetch.Asker {

    private final Services services;
    private final OriginPool pool;
    private final Client client;
    private final Question question;
    private Upstream upstream;
    private final @Nullable CacheKey key;
    private final long id;
    private final Consumer<Outcome> end;
    private @Nullable Stored selected;
    private @Nullable Fetch fetch;
    private Instant askedAt = Instant.EPOCH;
    private long received;
    private boolean over;

    /**
     * @param key what the response may be stored under; null if it is not to be stored
     * @param id the request's
     * @param end what came of it; called once for each time that this is asked, until {@link #end}
     */
    Inquiry(
            Services services,
            OriginPool pool,
            Client client,
            Question question,
            Upstream upstream,
            @Nullable CacheKey key,
            long id,
            Consumer<Outcome> end) {
        this.services = services;
        this.pool = pool;
        this.client = client;
        this.question = question;
        this.upstream = upstream;
        this.key = key;
        this.id = id;
        this.end = end;
    }

    // ---- asking

    /** As if nothing were stored: what is cannot answer, so it must not stand in either. */
    void anew() {
        selected = null;
        alone();
    }

    /** Asks for the whole response, in this request's name only. */
    void alone() {
        ask(question.forwarded(), null, null);
    }

    /**
     * Asks other servers where the first are out of reach.
     *
     * @return whether there are any
     */
    private boolean elsewhere(Failure why) {
        RequestHead request = question.request();
        boolean repeatable = !question.hasBody() && !request.fields().contains("Upgrade");
        Upstream other =
                repeatable && upstream.toProxy()
                        ? services.route().otherwise(request.target(), why)
                        : null;
        if (other == null) {
            return false;
        }
        upstream = other;
        if (request.target() instanceof RequestTarget.AuthorityForm target) {
            tunnel(target);
        } else {
            anew();
        }
        return true;
    }

    /**
     * Asks what no store can answer.
     *
     * @param upgrades whether it is to switch to WebSocket
     */
    void pass(boolean upgrades) {
        RequestHead forwarded = question.forwarded();
        RequestHead ask = upgrades ? UpstreamRequest.upgrading(forwarded) : forwarded;
        RequestHead request = question.request();
        String expect = request.fields().combined("Expect");
        if (expect == null || !question.hasBody() || request.version() == HttpVersion.HTTP_1_0) {
            ask(ask, null, null);
        } else if (expect.equalsIgnoreCase("100-continue")) {
            ask(ask.with(ask.fields().plus("Expect", expect)), null, null);
        } else {
            end.accept(new Outcome.Failed(Failure.EXPECTATION_UNKNOWN));
        }
    }

    /** Connects to where CONNECT wants to go, by way of the parent if there is one. */
    void tunnel(RequestTarget.AuthorityForm target) {
        if (!services.route().tunnels()) {
            end.accept(new Outcome.Failed(Failure.METHOD_NOT_ALLOWED));
        } else if (services.destinations().checkConnectPort(target.port())
                != Destinations.Verdict.ALLOWED) {
            end.accept(new Outcome.Failed(Failure.PORT_NOT_ALLOWED));
        } else if (!services.headroom().mayFetch()) {
            end.accept(new Outcome.Failed(Failure.OVERLOADED));
        } else if (services.interception().opens(target.authority())) {
            FarEnd.prove(pool, services, upstream, target, standing -> onFarEnd(target, standing));
        } else {
            connect(target);
        }
    }

    /**
     * A tunnel is opened only when its far end proves who it is; where it cannot, the client gets
     * to see that for itself.
     */
    private void onFarEnd(RequestTarget.AuthorityForm target, FarEnd.Standing standing) {
        if (over) {
            return;
        }
        switch (standing) {
            case FarEnd.Standing.Proved(var tunnel) -> end.accept(new Outcome.Opened(tunnel));
            case FarEnd.Standing.Unproved unproved -> connect(target);
            case FarEnd.Standing.Unreachable(var why) -> end.accept(new Outcome.Failed(why));
        }
    }

    private void connect(RequestTarget.AuthorityForm target) {
        if (upstream.toProxy()) {
            alone();
        } else {
            services.connector()
                    .connect(client.loop(), Routing.address(target), false, this::connected);
        }
    }

    private void connected(Connector.Connection outcome) {
        switch (outcome) {
            case Connector.Connection.Opened(var channel) when over -> Channels.close(channel);
            case Connector.Connection.Opened(var channel) ->
                    end.accept(new Outcome.Switched(LocalResponse.tunnel().head(), channel));
            case Connector.Connection.Failed(var why) -> end.accept(new Outcome.Failed(why));
        }
    }

    /**
     * Asks, or waits for another request's fetch of the same.
     *
     * @param asked the stored response that conditions in {@code ask} are about, or null
     * @param selected the stored response that may stand in for an error, or null
     */
    void join(RequestHead ask, @Nullable Stored asked, @Nullable Stored selected) {
        this.selected = selected;
        CacheKey at = key;
        if (at == null || !Collapsing.mayCollapse(question.forwarded())) {
            ask(ask, null, asked);
            return;
        }
        switch (services.inFlight().join(at)) {
            case Place.Leader(var flight) -> ask(ask, flight, asked);
            case Place.Follower(var flight) ->
                    flight.follow(client.loop(), (arrival, late) -> onArrival(at, arrival, late));
            case Place.Alone alone -> ask(ask, null, asked);
        }
    }

    /** Asks the origin in nobody's name; if someone does already, that will do. */
    void refresh(Stored stored) {
        CacheKey at = key;
        if (at != null && services.inFlight().join(at) instanceof Place.Leader(var flight)) {
            RequestHead ask =
                    addressed(UpstreamRequest.refreshing(question.forwarded(), stored.response()));
            FetchPlan plan = new FetchPlan(ask, upstream, at, flight, stored, false);
            new Fetch(services, pool, plan, null).start();
        }
    }

    private void ask(RequestHead ask, @Nullable Flight flight, @Nullable Stored asked) {
        askedAt = services.clock().instant();
        boolean pastParent = question.asksForLatents() && !upstream.toProxy();
        if (pastParent) {
            question.forgoLatents(); // of which only the parent knows, as of the tags of what is
            // stored
        }
        FetchPlan plan =
                new FetchPlan(
                        addressed(pastParent ? question.forwarded() : ask),
                        upstream,
                        key,
                        flight,
                        pastParent ? null : asked,
                        question.hasBody());
        Fetch started = new Fetch(services, pool, plan, this);
        fetch = started;
        started.start();
    }

    private RequestHead addressed(RequestHead ask) {
        return UpstreamRequest.addressed(ask, upstream, services.here(), id);
    }

    // ---- another request's fetch, for which this one has waited

    private void onArrival(CacheKey at, Arrival arrival, boolean late) {
        if (over) {
            return;
        }
        switch (arrival) {
            case Arrival.Shared(var response, var body) -> {
                boolean purged = !services.store().isCurrent(at, response);
                if (purged || (late && !isFresh(response))) {
                    alone();
                } else if (Vary.matches(question.forwarded(), response)) {
                    end.accept(new Outcome.Shared(response, aged(response), body));
                } else {
                    services.inFlight().markNotShared(at);
                    alone();
                }
            }
            case Arrival.LookAgain again -> end.accept(new Outcome.LookAgain());
            case Arrival.NotShared no -> alone();
            case Arrival.UseStale(var status) -> {
                Stored stale = selected;
                Instant now = services.clock().instant();
                if (stale != null && StaleUse.forError(status, stale.response(), now)) {
                    end.accept(new Outcome.StandIn(stale, status, Optional.empty()));
                } else {
                    alone();
                }
            }
            case Arrival.Broken(var why) -> onFailure(why);
        }
    }

    /** The head with the age that it is not stored with. */
    private ResponseHead aged(StoredResponse response) {
        long age = response.age(services.clock().instant()).toSeconds();
        return response.head().with(response.head().fields().plus("Age", Long.toString(age)));
    }

    /** What is stored may stand in for an origin that cannot be reached. */
    private void onFailure(Failure why) {
        if (elsewhere(why)) {
            return;
        }
        Stored stale = selected;
        boolean standsIn =
                stale != null
                        && why.fault() == Failure.Fault.ORIGIN
                        && StaleUse.forUnreachableOrigin(
                                stale.response(), services.clock().instant(), services.policy());
        end.accept(
                stale != null && standsIn
                        ? new Outcome.StandIn(stale, 0, Optional.of(why))
                        : new Outcome.Failed(why));
    }

    private boolean isFresh(StoredResponse response) {
        Instant now = services.clock().instant();
        return Reuse.decide(question.forwarded(), response, now, services.policy())
                instanceof Reuse.Serve;
    }

    // ---- its own fetch

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
        if (!over && fetch != null && question.hasBody()) {
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
        if (!over && question.request().version() != HttpVersion.HTTP_1_0) {
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
        Stored known = selected;
        switch (outcome) {
            case Outcome.Failed(var why) -> onFailure(why);
            case Outcome.Streaming(var head, var body)
                    when known != null
                            && key != null
                            && question.request().method().equals("HEAD") -> {
                new Freshening(services, key, known, askedAt).byAnswerToHead(head);
                end.accept(outcome);
            }
            default -> end.accept(outcome);
        }
    }
}
