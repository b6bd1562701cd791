package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.access.Gate.Admission;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.Collapsing;
import dev.vellum.proxy.http.Completion;
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
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.http.Vary;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.origin.Connector;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Flight;
import dev.vellum.proxy.store.Flight.Arrival;
import dev.vellum.proxy.store.InFlight.Place;
import dev.vellum.proxy.store.ResponseStore;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and its response. The methods are the states, in order. */
public final class Exchange implements Delivery.End {

    /*
     * Bound to the loop of its client's connection; nothing here is shared between threads. A hit in
     * memory runs from run() to account() without leaving it. Where it waits, for its own fetch or
     * for another's, it is called back on the loop; whatever arrives after the client has gone is
     * let go of.
     */

    private final Services services;
    private final OriginPool pool;
    private final Client client;
    private final RequestHead request;
    private final boolean hasBody;
    private final Instant started;
    private final long id;
    private final Answer answer;

    private String user = "";
    private @Nullable Upstream upstream;
    private @Nullable RequestHead forwarded;
    private @Nullable CacheKey key;
    private @Nullable Stored selected;
    private Reuse.@Nullable Reason reason;
    private @Nullable CacheStatus cacheStatus;
    private boolean lookedAgain;
    private boolean lookedOnDisk;
    private @Nullable Inquiry inquiry;
    private boolean gone;
    private boolean over;

    private Handling handling = Handling.LOCAL;
    private @Nullable Failure failure;

    /**
     * @param pool of the client's loop
     * @param hasBody whether content follows the head
     */
    public Exchange(
            Services services,
            OriginPool pool,
            Client client,
            RequestHead request,
            boolean hasBody) {
        this.services = services;
        this.pool = pool;
        this.client = client;
        this.request = request;
        this.hasBody = hasBody;
        this.started = services.clock().instant();
        this.id = services.ids().getAsLong();
        this.answer = new Answer(services, client, request, this);
    }

    /** Begins; a hit in memory is over when this returns. */
    public void run() {
        admit();
    }

    // ---- access

    private void admit() {
        Admission admission =
                services.gate()
                        .admit(
                                client.address().getAddress(),
                                request.fields().all("Proxy-Authorization"));
        switch (admission) {
            case Admission.Anonymous anyone -> route();
            case Admission.Known(var name) -> {
                user = name;
                route();
            }
            case Admission.Forbidden no -> fail(Failure.CLIENT_NOT_ALLOWED);
            case Admission.Challenged(var challenges) -> {
                failure = Failure.CREDENTIALS_REQUIRED;
                answer.fail(Failure.CREDENTIALS_REQUIRED, challenges);
            }
        }
    }

    // ---- route

    private void route() {
        upstream = services.route().find(request.target());
        if (upstream == null) {
            fail(Failure.MISDIRECTED);
            return;
        }
        if (PlainRequest.is(request)) {
            key(false);
            return;
        }
        switch (UpstreamRequest.of(request, client, services.here())) {
            case Forwarding.Forward(var head) -> {
                forwarded = head;
                if (request.target() instanceof RequestTarget.AuthorityForm tunnelTo) {
                    tunnel(tunnelTo, upstream);
                } else {
                    key(UpstreamRequest.opensWebSocket(request, hasBody));
                }
            }
            case Forwarding.AnswerHere here ->
                    answer.respond(
                            request.method().equals("TRACE")
                                    ? LocalResponse.trace(request)
                                    : LocalResponse.options());
            case Forwarding.Loop loop -> fail(Failure.LOOP);
        }
    }

    /** The request as it goes upstream; made only when something asks, which most hits do not. */
    private RequestHead forwarded() {
        RequestHead made = forwarded;
        if (made == null) {
            Forwarding forwarding = UpstreamRequest.of(request, client, services.here());
            if (!(forwarding instanceof Forwarding.Forward(var head))) {
                throw new IllegalStateException("a plain request is not forwarded: " + request);
            }
            made = head;
            forwarded = head;
        }
        return made;
    }

    /** The request as it is to be compared with what is stored. */
    private RequestHead compared(Stored stored) {
        return forwarded == null && PlainRequest.isKeptAlike(stored.response().terms().vary())
                ? request
                : forwarded();
    }

    // ---- key

    private void key(boolean upgrades) {
        if (upgrades || !(request.target() instanceof RequestTarget.Absolute target)) {
            pass(upgrades);
            return;
        }
        CacheKey named = CacheKey.of(target);
        switch (request.method()) {
            case "GET", "HEAD" -> {
                // content may select the response, and is no part of the key
                if (hasBody) {
                    pass(false);
                } else {
                    key = named;
                    lookup(named);
                }
            }
            case "POST" -> {
                // its response may answer GET (RFC 9110 section 9.3.3)
                key = named;
                pass(false);
            }
            default -> pass(false);
        }
    }

    // ---- tunnel

    private void tunnel(RequestTarget.AuthorityForm target, Upstream via) {
        handling = Handling.TUNNEL;
        if (!services.route().tunnels()) {
            fail(Failure.METHOD_NOT_ALLOWED);
        } else if (services.destinations().checkConnectPort(target.port())
                != Destinations.Verdict.ALLOWED) {
            fail(Failure.PORT_NOT_ALLOWED);
        } else if (via.toProxy()) {
            fetchAlone();
        } else {
            services.connector()
                    .connect(client.loop(), Routing.address(target), false, this::connected);
        }
    }

    private void connected(Connector.Connection outcome) {
        switch (outcome) {
            case Connector.Connection.Opened(var channel) when gone -> Channels.close(channel);
            case Connector.Connection.Opened(var channel) ->
                    switched(LocalResponse.tunnel().head(), channel);
            case Connector.Connection.Failed(var why) -> onOutcome(new Outcome.Failed(why));
        }
    }

    private void switched(ResponseHead head, Channel server) {
        handling = Handling.TUNNEL;
        answer.join(head, server);
    }

    // ---- lookup

    private void lookup(CacheKey at) {
        List<Stored> stored = services.store().find(at);
        selected = select(at, stored);
        if (selected != null) {
            decide(at, selected);
        } else if (!lookOnDisk(at)) {
            notInStore(at, stored);
        }
    }

    /** Whether this goes on when what is on disk is in memory. */
    private boolean lookOnDisk(CacheKey at) {
        if (lookedOnDisk) {
            return false;
        }
        ResponseStore.Load load =
                services.store()
                        .load(
                                at,
                                forwarded(),
                                services.readyHead()::of,
                                client.loop(),
                                found -> onLoaded(at, found));
        lookedOnDisk = load == ResponseStore.Load.BEGUN;
        return load != ResponseStore.Load.NOTHING;
    }

    private void onLoaded(CacheKey at, Optional<Stored> found) {
        if (gone || over) {
            return;
        }
        // what was found may be too much for memory to keep, and still answers this request
        selected = select(at, found.stream().toList());
        if (selected != null) {
            decide(at, selected);
        } else {
            lookup(at);
        }
    }

    private void notInStore(CacheKey at, List<Stored> stored) {
        switch (stored.isEmpty()
                ? Reuse.nothingStored(forwarded())
                : Reuse.decide(
                        forwarded(),
                        stored.getFirst().response(),
                        services.clock().instant(),
                        services.policy())) {
            case Reuse.Miss(var why) -> miss(at, why);
            case Reuse.Unavailable none -> fail(Failure.NOT_CACHED);
            default -> miss(at, Reuse.Reason.NOTHING_STORED);
        }
    }

    private @Nullable Stored select(CacheKey at, List<Stored> stored) {
        if (stored.isEmpty()) {
            return null;
        }
        RequestHead by = stored.size() == 1 ? compared(stored.getFirst()) : forwarded();
        return services.store().select(at, stored, by);
    }

    // ---- decide

    private void decide(CacheKey at, Stored stored) {
        Instant now = lookedAgain ? services.clock().instant() : started;
        switch (Reuse.decide(compared(stored), stored.response(), now, services.policy())) {
            case Reuse.Serve(var age) -> {
                Duration remaining = stored.response().remaining(now);
                handling = remaining.isPositive() ? Handling.HIT : Handling.STALE;
                serve(stored, age, remaining);
            }
            case Reuse.ServeAndRefresh(var age) -> {
                handling = Handling.STALE;
                refresh(at, stored);
                serve(stored, age, stored.response().remaining(now));
            }
            case Reuse.Revalidate(var conditions, var why) ->
                    revalidate(at, stored, conditions, why);
            case Reuse.Miss(var why) -> {
                selected = null;
                Fields rest = Completion.ask(forwarded(), stored.response());
                if (why == Reuse.Reason.PART_NOT_HELD && rest != null) {
                    join(at, Validation.request(forwarded(), rest), stored, why);
                } else {
                    miss(at, why);
                }
            }
            case Reuse.Unavailable none -> fail(Failure.NOT_CACHED);
        }
    }

    // ---- serve

    private void serve(Stored stored, Duration age, Duration remaining) {
        if (!answer.serve(stored, age, remaining, cacheStatus)) {
            fetchAnew();
        }
    }

    // ---- revalidate, fetch

    /** As if nothing were stored: what is cannot answer, so it must not stand in either. */
    private void fetchAnew() {
        selected = null;
        fetchAlone();
    }

    /** Asks the origin in nobody's name; if someone does already, that will do. */
    private void refresh(CacheKey at, Stored stored) {
        if (upstream != null && services.inFlight().join(at) instanceof Place.Leader(var flight)) {
            RequestHead ask = UpstreamRequest.refreshing(forwarded(), stored.response());
            new Fetch(services, pool, new FetchPlan(ask, upstream, at, flight, stored, false), null)
                    .start();
        }
    }

    private void revalidate(CacheKey at, Stored stored, Fields conditions, Reuse.Reason why) {
        join(at, Validation.request(forwarded(), conditions), stored, why);
    }

    private void miss(CacheKey at, Reuse.Reason why) {
        join(at, forwarded(), null, why);
    }

    private void join(CacheKey at, RequestHead ask, @Nullable Stored asked, Reuse.Reason why) {
        reason = why;
        handling = Handling.MISS;
        if (!Collapsing.mayCollapse(forwarded())) {
            fetch(ask, null, asked);
            return;
        }
        switch (services.inFlight().join(at)) {
            case Place.Leader(var flight) -> fetch(ask, flight, asked);
            case Place.Follower(var flight) ->
                    flight.follow(client.loop(), (arrival, late) -> onArrival(at, arrival, late));
            case Place.Alone alone -> fetch(ask, null, asked);
        }
    }

    /** What cannot be answered from a store. */
    private void pass(boolean upgrades) {
        handling = Handling.PASS;
        reason = Reuse.Reason.METHOD;
        RequestHead ask = upgrades ? UpstreamRequest.upgrading(forwarded()) : forwarded();
        String expect = request.fields().combined("Expect");
        if (expect == null || !hasBody || request.version() == HttpVersion.HTTP_1_0) {
            fetch(ask, null, null);
        } else if (expect.equalsIgnoreCase("100-continue")) {
            fetch(ask.with(ask.fields().plus("Expect", expect)), null, null);
        } else {
            fail(Failure.EXPECTATION_UNKNOWN);
        }
    }

    private void fetch(RequestHead ask, @Nullable Flight flight, @Nullable Stored asked) {
        Upstream to = upstream;
        if (to == null) {
            throw new IllegalStateException("upstream: null (expected: found by route())");
        }
        Inquiry asking = inquiry;
        if (asking == null) {
            asking = new Inquiry(services, pool, client, request, hasBody, this::onOutcome);
            inquiry = asking;
        }
        RequestHead addressed = UpstreamRequest.addressed(ask, to, services.here(), id);
        asking.ask(addressed, to, key, flight, asked);
    }

    /** Asks for the whole response, in this request's name only. */
    private void fetchAlone() {
        fetch(forwarded(), null, null);
    }

    /** Content of the request, whose owner this becomes. */
    public void onBody(ByteBuf data) {
        if (inquiry == null) {
            data.release();
        } else {
            inquiry.body(data);
        }
    }

    /** The request's content is whole. */
    public void onBodyEnd(Fields trailers) {
        if (inquiry != null) {
            inquiry.endBody(trailers);
        }
    }

    // ---- the origin's answer

    private void onOutcome(Outcome outcome) {
        if (gone || over) {
            return;
        }
        switch (outcome) {
            case Outcome.Streaming(var head, var body) -> {
                afterHead(head);
                orFetch(answer.stream(head, body, forwardedStatus(head.status(), false, false)));
            }
            case Outcome.Storing(var response, var head, var body) ->
                    streamStored(response, head, body, false);
            case Outcome.Confirmed(var stored) -> {
                handling = Handling.REVALIDATED;
                cacheStatus = forwardedStatus(304, false, false);
                serveNow(stored);
            }
            case Outcome.StandIn(var upstreamStatus) -> standIn(upstreamStatus);
            case Outcome.Switched(var head, var channel) -> switched(head, channel);
            case Outcome.Failed(var why) -> unreachable(why);
        }
    }

    /** Another request's fetch, for which this one has waited. */
    private void onArrival(CacheKey at, Arrival arrival, boolean late) {
        if (gone || over) {
            return;
        }
        switch (arrival) {
            case Arrival.Shared(var response, var body) -> {
                boolean purged = !services.store().isCurrent(at, response);
                if (purged || (late && !isFresh(response))) {
                    fetchAlone();
                } else if (Vary.matches(forwarded(), response)) {
                    handling = Handling.COLLAPSED;
                    streamStored(response, aged(response), body, true);
                } else {
                    services.inFlight().markNotShared(at);
                    fetchAlone();
                }
            }
            case Arrival.LookAgain again -> {
                if (lookedAgain) {
                    fetchAlone();
                } else {
                    lookedAgain = true;
                    lookup(at);
                }
            }
            case Arrival.NotShared no -> fetchAlone();
            case Arrival.UseStale(var upstreamStatus) -> {
                Instant now = services.clock().instant();
                if (selected != null
                        && StaleUse.forError(upstreamStatus, selected.response(), now)) {
                    standIn(upstreamStatus);
                } else {
                    fetchAlone();
                }
            }
            case Arrival.Broken(var why) -> unreachable(why);
        }
    }

    /** The head with the age that it is not stored with. */
    private ResponseHead aged(StoredResponse response) {
        long age = response.age(services.clock().instant()).toSeconds();
        return response.head().with(response.head().fields().plus("Age", Long.toString(age)));
    }

    private boolean isFresh(StoredResponse response) {
        Instant now = services.clock().instant();
        return Reuse.decide(forwarded(), response, now, services.policy()) instanceof Reuse.Serve;
    }

    private void afterHead(ResponseHead head) {
        Stored known = selected;
        CacheKey at = key;
        if (known != null && at != null && request.method().equals("HEAD")) {
            new Freshening(services, at, known, started).byAnswerToHead(head);
        }
    }

    private void standIn(int upstreamStatus) {
        Stored stale = selected;
        if (stale == null) {
            fail(Failure.INTERNAL);
            return;
        }
        handling = Handling.STALE;
        cacheStatus = forwardedStatus(upstreamStatus, false, false);
        serveNow(stale);
    }

    private void unreachable(Failure why) {
        Stored stale = selected;
        Instant now = services.clock().instant();
        if (stale != null
                && why.fault() == Failure.Fault.ORIGIN
                && StaleUse.forUnreachableOrigin(stale.response(), now, services.policy())) {
            failure = why;
            standIn(0);
        } else {
            fail(why);
        }
    }

    private void serveNow(Stored stored) {
        Instant now = services.clock().instant();
        serve(stored, stored.response().age(now), stored.response().remaining(now));
    }

    private CacheStatus forwardedStatus(int upstreamStatus, boolean stored, boolean collapsed) {
        return new CacheStatus.Forwarded(
                CacheStatus.Forward.of(reason == null ? Reuse.Reason.METHOD : reason),
                upstreamStatus,
                stored,
                collapsed);
    }

    // ---- respond

    private void streamStored(
            StoredResponse response, ResponseHead head, Body body, boolean collapsed) {
        CacheStatus told = forwardedStatus(head.status(), true, collapsed);
        orFetch(answer.streamUnlessKnown(response, head, body, told));
    }

    /** Only a follower can come too late for a body. */
    private void orFetch(boolean answered) {
        if (!answered) {
            fetchAlone();
        }
    }

    private void fail(Failure why) {
        failure = why;
        answer.fail(why, List.of());
    }

    /** The client takes more. */
    public void onWritable() {
        answer.onWritable();
    }

    // ---- account

    /** The connection is gone before the response was whole. */
    public void onGone() {
        if (gone || over) {
            return;
        }
        gone = true;
        answer.cancel();
        if (inquiry != null) {
            inquiry.leave();
        }
        account(false);
    }

    @Override
    public void onDelivered(@Nullable Failure broken) {
        if (broken != null) {
            failure = broken;
        }
        account(broken == null);
    }

    private void account(boolean whole) {
        if (over) {
            return;
        }
        over = true;
        if (inquiry != null) {
            inquiry.end();
        }
        services.journal()
                .record(
                        new Summary(
                                id,
                                started,
                                Duration.between(started, services.clock().instant()),
                                client.address(),
                                user,
                                request,
                                answer.status(),
                                handling,
                                whole,
                                inquiry == null ? 0 : inquiry.fetched(),
                                answer.sent(),
                                failure));
    }
}
