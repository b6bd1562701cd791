package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Destinations;
import dev.vellum.proxy.access.Gate.Admission;
import dev.vellum.proxy.coding.Coding;
import dev.vellum.proxy.coding.CodingChoice;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.Collapsing;
import dev.vellum.proxy.http.Completion;
import dev.vellum.proxy.http.Conditional;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Hop;
import dev.vellum.proxy.http.HopByHop;
import dev.vellum.proxy.http.HttpDate;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.Ranges;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and its response. The methods are the states, in order. */
public final class Exchange implements Fetch.Asker {

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

    private String user = "";
    private @Nullable Upstream upstream;
    private @Nullable RequestHead forwarded;
    private @Nullable CacheKey key;
    private @Nullable Stored selected;
    private Reuse.@Nullable Reason reason;
    private @Nullable CacheStatus cacheStatus;
    private boolean lookedAgain;
    private boolean lookedOnDisk;
    private @Nullable Fetch fetch;
    private @Nullable Delivery delivery;
    private @Nullable Tunnel tunnel;
    private long received;
    private boolean gone;
    private boolean over;

    private int status;
    private Handling handling = Handling.LOCAL;
    private @Nullable Failure failure;
    private long sent;

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
            case Admission.Challenged(var challenges) ->
                    refuse(Failure.CREDENTIALS_REQUIRED, challenges);
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
        switch (forwarding()) {
            case Forwarding.Forward(var head) -> {
                forwarded = head;
                if (request.target() instanceof RequestTarget.AuthorityForm tunnelTo) {
                    openTunnel(tunnelTo, upstream);
                } else {
                    key(opensWebSocket());
                }
            }
            case Forwarding.AnswerHere here ->
                    respond(
                            request.method().equals("TRACE")
                                    ? LocalResponse.trace(request)
                                    : LocalResponse.options());
            case Forwarding.Loop loop -> fail(Failure.LOOP);
        }
    }

    private Forwarding forwarding() {
        return Forwarding.request(
                request,
                new Hop(
                        services.here().role(),
                        services.here().name(),
                        client.address().getAddress().getHostAddress(),
                        client.scheme()));
    }

    /** The request as it goes upstream; made only when something asks, which most hits do not. */
    private RequestHead forwarded() {
        RequestHead made = forwarded;
        if (made == null) {
            if (!(forwarding() instanceof Forwarding.Forward(var head))) {
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
        if (stored.size() == 1) {
            Stored only = stored.getFirst();
            return Vary.matches(compared(only), only.response())
                    ? services.store().current(at, only)
                    : null;
        }
        if (stored.isEmpty()) {
            return null;
        }
        List<StoredResponse> responses = stored.stream().map(Stored::response).toList();
        StoredResponse best = Vary.select(forwarded(), responses);
        for (Stored candidate : stored) {
            if (candidate.response().equals(best)) {
                return services.store().current(at, candidate);
            }
        }
        return null;
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
        StoredResponse response = stored.response();
        switch (coding(response.head(), response.content().length())) {
            case CodingChoice.Coded(var coding) -> serveCoded(stored, coding, age, remaining);
            case CodingChoice.AsItIs(var why, var negotiated) ->
                    serveAsItIs(
                            negotiated ? stored.with(CodingChoice.varying(response)) : stored,
                            negotiated,
                            age,
                            remaining);
        }
    }

    private CodingChoice coding(ResponseHead head, long length) {
        return CodingChoice.choose(request, head, length, services.coding());
    }

    private void serveCoded(Stored stored, Coding coding, Duration age, Duration remaining) {
        StoredResponse form = CodingChoice.coded(stored.response(), coding);
        switch (Conditional.evaluate(request, form)) {
            case Conditional.NotModified same ->
                    serve(SelectedResponse.notModified(form, services.here()), stored, age);
            case Conditional.PreconditionFailed no ->
                    serve(SelectedResponse.preconditionFailed(), stored, age);
            case Conditional.Proceed yes -> {
                ResponseHead aged =
                        form.head().with(form.head().fields().plus("Age", "" + age.toSeconds()));
                if (!streamCoded(aged, stored.body(), coding, told(stored))) {
                    Stored varying = stored.with(CodingChoice.varying(stored.response()));
                    serveAsItIs(varying, true, age, remaining);
                }
            }
        }
    }

    private CacheStatus told(Stored stored) {
        return cacheStatus == null
                ? new CacheStatus.Hit(stored.response().remaining(services.clock().instant()))
                : cacheStatus;
    }

    /** Sends a coded form of a body; false if it is to go as it is after all. */
    private boolean streamCoded(ResponseHead head, Body source, Coding coding, CacheStatus told) {
        ResponseHead answer = Forwarding.response(head, services.here());
        ResponseHead whole = answer.with(told.addTo(answer.fields(), services.here().name()));
        if (request.method().equals("HEAD")) {
            status = head.status();
            client.respond(whole, -1);
            client.end(Fields.of());
            delivered(null);
            return true;
        }
        Body coded =
                services.codedBodies()
                        .of(
                                source,
                                coding,
                                body -> delivery = Delivery.of(body, client, this::delivered));
        if (coded == null) {
            return false;
        }
        long length = coded.state() == Body.State.COMPLETE ? coded.length() : -1;
        coded.release();
        Delivery begun = delivery;
        if (begun == null) {
            return false;
        }
        status = head.status();
        client.respond(whole, length);
        begun.pump();
        return true;
    }

    /**
     * Sends what is stored.
     *
     * @param negotiated whether its head is another than the one that is ready
     */
    private void serveAsItIs(Stored stored, boolean negotiated, Duration age, Duration remaining) {
        StoredResponse response = stored.response();
        switch (Conditional.evaluate(request, response)) {
            case Conditional.NotModified same ->
                    serve(SelectedResponse.notModified(response, services.here()), stored, age);
            case Conditional.PreconditionFailed no ->
                    serve(SelectedResponse.preconditionFailed(), stored, age);
            case Conditional.Proceed yes -> serveRanges(stored, negotiated, age, remaining);
        }
    }

    private void serveRanges(Stored stored, boolean negotiated, Duration age, Duration remaining) {
        StoredResponse response = stored.response();
        switch (Ranges.evaluate(request, response)) {
            case Ranges.Whole all -> {
                if (cacheStatus == null && !negotiated) {
                    serveReady(stored, age, remaining);
                } else {
                    serve(SelectedResponse.whole(response, services.here()), stored, age);
                }
            }
            case Ranges.Single(var range) ->
                    serve(SelectedResponse.part(response, range, services.here()), stored, age);
            case Ranges.Several(var ranges) -> {
                String boundary = Long.toHexString(services.random().getAsLong());
                serve(
                        SelectedResponse.parts(response, ranges, services.here(), boundary),
                        stored,
                        age);
            }
            case Ranges.Unsatisfiable none ->
                    respond(
                            LocalResponse.unsatisfiable(
                                    SelectedResponse.completeLength(response),
                                    services.here().name()));
            case Ranges.NotHeld none -> fetchAnew();
        }
    }

    /** The short way: nothing but the age and the freshness left is made anew. */
    private void serveReady(Stored stored, Duration age, Duration remaining) {
        Delivery whole = Delivery.of(stored.body(), client, this::delivered);
        if (whole == null) {
            // evicted between lookup and here
            fetchAnew();
            return;
        }
        delivery = whole;
        status = stored.response().head().status();
        ByteBuf head = client.headBuffer();
        services.readyHead()
                .write(stored.readyHead(), age.toSeconds(), remaining.toSeconds(), head);
        client.respond(head);
        whole.pump();
    }

    private void serve(SelectedResponse made, Stored stored, Duration age) {
        Delivery pieces = Delivery.of(stored.body(), client, this::delivered, made.segments());
        if (pieces == null) {
            fetchAnew();
            return;
        }
        delivery = pieces;
        Fields fields =
                told(stored)
                        .addTo(made.head().fields(), services.here().name())
                        .plus("Age", Long.toString(age.toSeconds()));
        status = made.head().status();
        client.respond(made.head().with(fields), made.length());
        pieces.pump();
    }

    // ---- revalidate, fetch

    /** As if nothing were stored: what is cannot answer, so it must not stand in either. */
    private void fetchAnew() {
        selected = null;
        fetch(forwarded(), null, null);
    }

    /** Asks the origin in nobody's name; if someone does already, that will do. */
    private void refresh(CacheKey at, Stored stored) {
        if (upstream != null && services.inFlight().join(at) instanceof Place.Leader(var flight)) {
            RequestHead base = forwarded();
            RequestHead get = new RequestHead("GET", base.target(), base.version(), base.fields());
            RequestHead ask = Validation.request(get, Validation.conditions(stored.response()));
            new Fetch(
                            services,
                            pool,
                            new Fetch.Plan(ask, upstream, at, flight, stored, false, false),
                            null)
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

    /**
     * Whether the request asks for the one protocol that is switched to (RFC 6455 section 4.1). Any
     * other would carry further requests past access, routes and rules: h2c is how that is done.
     */
    private boolean opensWebSocket() {
        return request.method().equals("GET")
                && !hasBody
                && request.version() == HttpVersion.HTTP_1_1
                && HopByHop.hasOption(request.fields(), "Upgrade")
                && "websocket".equalsIgnoreCase(request.fields().combined("Upgrade"));
    }

    /** What cannot be answered from a store. */
    private void pass(boolean upgrades) {
        handling = Handling.PASS;
        reason = Reuse.Reason.METHOD;
        Fields fields = forwarded().fields();
        if (upgrades) {
            fields = fields.plus("Connection", "Upgrade").plus("Upgrade", "websocket");
        }
        String expect = request.fields().combined("Expect");
        if (expect != null && hasBody && request.version() != HttpVersion.HTTP_1_0) {
            if (!expect.equalsIgnoreCase("100-continue")) {
                fail(Failure.EXPECTATION_UNKNOWN);
                return;
            }
            fields = fields.plus("Expect", expect);
        }
        fetch(forwarded().with(fields), null, null);
    }

    private void fetch(RequestHead ask, @Nullable Flight flight, @Nullable Stored asked) {
        Upstream to = upstream;
        if (to == null) {
            throw new IllegalStateException("upstream: null (expected: found by route())");
        }
        boolean chunked = hasBody && !ask.fields().contains("Content-Length");
        RequestHead addressed = ask.with(addressed(ask.fields(), to));
        Fetch started =
                new Fetch(
                        services,
                        pool,
                        new Fetch.Plan(addressed, to, key, flight, asked, hasBody, chunked),
                        this);
        fetch = started;
        started.start();
    }

    /** The fields as one upstream wants them: its own Host, and from an edge the request's id. */
    private Fields addressed(Fields fields, Upstream to) {
        Fields hosted = to.hostHeader().isEmpty() ? fields : fields.with("Host", to.hostHeader());
        return services.here().role() == Hop.Role.EDGE
                ? hosted.with("X-Request-ID", HexFormat.of().toHexDigits(id))
                : hosted;
    }

    @Override
    public void onInformational(ResponseHead head) {
        // RFC 9110 section 15.2: HTTP/1.0 knows no interim responses
        if (!gone && request.version() != HttpVersion.HTTP_1_0) {
            client.informational(Forwarding.response(head, services.here()));
        }
    }

    @Override
    public void onReadyForBody() {
        if (!gone && !over) {
            client.readBody();
        }
    }

    /** Content of the request, whose owner this becomes. */
    public void onBody(ByteBuf data) {
        received += data.readableBytes();
        if (over || fetch == null) {
            data.release();
        } else if (received > services.limits().requestBodyBytes().bytes()) {
            data.release();
            fetch.leave();
            fail(Failure.REQUEST_BODY_TOO_LARGE);
        } else if (!fetch.sendBody(data)) {
            client.pauseBody();
        }
    }

    /** The request's content is whole. */
    public void onBodyEnd(Fields trailers) {
        if (!over && fetch != null && hasBody) {
            fetch.endBody(trailers);
        }
    }

    // ---- the origin's answer

    @Override
    public void onOutcome(Fetch.Outcome outcome) {
        if (gone || over) {
            return;
        }
        switch (outcome) {
            case Fetch.Outcome.Streaming(var head, var body) -> {
                afterHead(head);
                stream(head, body, forwardedStatus(head.status(), false, false));
            }
            case Fetch.Outcome.Storing(var response, var head, var body) ->
                    streamUnlessKnown(response, head, body, false);
            case Fetch.Outcome.Confirmed(var stored) -> {
                handling = Handling.REVALIDATED;
                cacheStatus = forwardedStatus(304, false, false);
                serveNow(stored);
            }
            case Fetch.Outcome.StandIn(var upstreamStatus) -> standIn(upstreamStatus);
            case Fetch.Outcome.Switched(var head, var channel) -> switched(head, channel);
            case Fetch.Outcome.Failed(var why) -> unreachable(why);
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
                    fetch(forwarded(), null, null);
                } else if (Vary.matches(forwarded(), response)) {
                    handling = Handling.COLLAPSED;
                    streamUnlessKnown(response, aged(response), body, true);
                } else {
                    services.inFlight().markNotShared(at);
                    fetch(forwarded(), null, null);
                }
            }
            case Arrival.LookAgain again -> {
                if (lookedAgain) {
                    fetch(forwarded(), null, null);
                } else {
                    lookedAgain = true;
                    lookup(at);
                }
            }
            case Arrival.NotShared no -> fetch(forwarded(), null, null);
            case Arrival.UseStale(var upstreamStatus) -> {
                Instant now = services.clock().instant();
                if (selected != null
                        && StaleUse.forError(upstreamStatus, selected.response(), now)) {
                    standIn(upstreamStatus);
                } else {
                    fetch(forwarded(), null, null);
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

    /** RFC 9111 section 4.3.5: what an answer to HEAD says about the stored answer to GET. */
    private void afterHead(ResponseHead head) {
        Stored known = selected;
        CacheKey at = key;
        if (known == null || at == null || !request.method().equals("HEAD")) {
            return;
        }
        Instant now = services.clock().instant();
        switch (Validation.headEffect(head, known.response())) {
            case FRESHEN -> {
                StoredResponse freshened =
                        Validation.freshen(known.response(), head, started, now, services.policy());
                services.store()
                        .replace(
                                at,
                                known,
                                new Stored(
                                        freshened,
                                        known.body(),
                                        services.readyHead().of(freshened)));
            }
            case INVALIDATE -> services.store().outdate(at, known);
            case NONE -> {}
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

    /** Preconditions that were kept from the origin are judged here, against what it sent. */
    private void streamUnlessKnown(
            StoredResponse response, ResponseHead head, Body body, boolean collapsed) {
        CacheStatus told = forwardedStatus(head.status(), true, collapsed);
        StoredResponse form =
                switch (coding(head, Fetch.contentLength(head))) {
                    case CodingChoice.Coded(var coding) -> CodingChoice.coded(response, coding);
                    case CodingChoice.AsItIs asItIs -> response;
                };
        switch (Conditional.evaluate(request, form)) {
            case Conditional.NotModified same ->
                    respondBare(SelectedResponse.notModified(form, services.here()), told);
            case Conditional.PreconditionFailed no ->
                    respondBare(SelectedResponse.preconditionFailed(), told);
            case Conditional.Proceed yes -> stream(head, body, told);
        }
    }

    private void respondBare(SelectedResponse made, CacheStatus told) {
        Fields fields = told.addTo(made.head().fields(), services.here().name());
        status = made.head().status();
        client.respond(made.head().with(fields), 0);
        client.end(Fields.of());
        delivered(null);
    }

    private void stream(ResponseHead head, Body body, CacheStatus told) {
        switch (coding(head, Fetch.contentLength(head))) {
            case CodingChoice.Coded(var coding) -> {
                if (!streamCoded(CodingChoice.coded(head, coding), body, coding, told)) {
                    streamAsItIs(CodingChoice.varying(head), body, told);
                }
            }
            case CodingChoice.AsItIs(var why, var negotiated) ->
                    streamAsItIs(negotiated ? CodingChoice.varying(head) : head, body, told);
        }
    }

    private void streamAsItIs(ResponseHead head, Body body, CacheStatus told) {
        Delivery growing = Delivery.of(body, client, this::delivered);
        if (growing == null) {
            // only a follower can come too late
            fetch(forwarded(), null, null);
            return;
        }
        delivery = growing;
        ResponseHead answer = Forwarding.response(head, services.here());
        status = head.status();
        client.respond(
                answer.with(told.addTo(answer.fields(), services.here().name())),
                Fetch.contentLength(head));
        growing.pump();
    }

    private void fail(Failure why) {
        refuse(why, List.of());
    }

    private void refuse(Failure why, List<String> challenges) {
        failure = why;
        respond(LocalResponse.failure(why, services.here().name(), challenges));
    }

    private void respond(LocalResponse local) {
        if (status != 0) {
            // the header is out: all that is left is to break off
            client.reset();
            delivered(failure);
            return;
        }
        status = local.head().status();
        Fields dated =
                local.head().fields().plus("Date", HttpDate.format(services.clock().instant()));
        client.respond(local.head().with(dated), local.text().length());
        if (!local.text().isEmpty()) {
            sent += local.text().length();
            client.data(local.content());
        }
        client.end(Fields.of());
        delivered(null);
    }

    /** The client takes more. */
    public void onWritable() {
        if (delivery != null) {
            delivery.pump();
        }
    }

    // ---- tunnels

    private void openTunnel(RequestTarget.AuthorityForm target, Upstream via) {
        handling = Handling.TUNNEL;
        if (!services.route().tunnels()) {
            fail(Failure.METHOD_NOT_ALLOWED);
        } else if (services.destinations().checkConnectPort(target.port())
                != Destinations.Verdict.ALLOWED) {
            fail(Failure.PORT_NOT_ALLOWED);
        } else if (via.toProxy()) {
            fetch(forwarded(), null, null);
        } else {
            services.connector()
                    .connect(client.loop(), Routing.address(target), false, this::connected);
        }
    }

    private void connected(Connector.Connection outcome) {
        switch (outcome) {
            case Connector.Connection.Opened(var channel) -> {
                if (gone) {
                    Channels.close(channel);
                } else {
                    switched(
                            new ResponseHead(HttpVersion.HTTP_1_1, 200, "OK", Fields.of()),
                            channel);
                }
            }
            case Connector.Connection.Failed(var why) -> {
                if (!gone) {
                    fail(why);
                }
            }
        }
    }

    private void switched(ResponseHead head, Channel server) {
        handling = Handling.TUNNEL;
        status = head.status();
        ResponseHead answer = Forwarding.response(head, services.here());
        String protocol = head.fields().combined("Upgrade");
        Fields fields =
                head.status() == 101 && protocol != null
                        ? answer.fields().plus("Connection", "Upgrade").plus("Upgrade", protocol)
                        : answer.fields();
        Channel here = client.tunnel(answer.with(fields));
        tunnel = Tunnel.join(here, server, services.timeouts().tunnelIdle(), () -> delivered(null));
    }

    // ---- account

    /** The connection is gone before the response was whole. */
    public void onGone() {
        if (gone || over) {
            return;
        }
        gone = true;
        if (delivery != null) {
            delivery.cancel();
        }
        if (fetch != null) {
            fetch.leave();
        }
        account(false);
    }

    private void delivered(@Nullable Failure broken) {
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
        long content =
                sent
                        + (delivery == null ? 0 : delivery.sent())
                        + (tunnel == null ? 0 : tunnel.toClient());
        services.journal()
                .record(
                        new Summary(
                                id,
                                started,
                                Duration.between(started, services.clock().instant()),
                                client.address(),
                                user,
                                request,
                                status,
                                handling,
                                whole,
                                fetch == null ? 0 : fetch.fetched(),
                                content,
                                failure));
    }
}
