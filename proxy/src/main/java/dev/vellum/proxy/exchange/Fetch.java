package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Collapsing;
import dev.vellum.proxy.http.Completion;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Invalidation;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StaleUse;
import dev.vellum.proxy.http.Storability;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.OriginConnection;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.BodyReader;
import dev.vellum.proxy.store.Chunks;
import dev.vellum.proxy.store.Flight;
import dev.vellum.proxy.store.Flight.Arrival;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.store.purge.Purge;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request upstream: from a connection, over retries, to a body that clients read and the store
 * keeps.
 */
final class Fetch implements OriginConnection.Listener {

    /*
     * Runs on the loop of the exchange that started it, but does not end with it: when others may
     * want the response, it goes on without its asker (RFC 9111 says nothing of it; DESIGN does).
     * Until the header is there the next server may be tried; afterwards a failure breaks the body
     * off for everyone who reads it.
     */

    /** Bytes that a body which is not kept may be ahead of its fastest reader. */
    private static final int WINDOW = 256 * 1024;

    /** Who started the fetch; called on its loop. */
    interface Asker {

        void onInformational(ResponseHead head);

        /** The connection is there and the head sent: the request's content may follow. */
        void onReadyForBody();

        /** The last that is heard, but for what the body tells its readers. */
        void onOutcome(Outcome outcome);
    }

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

    /**
     * What to fetch.
     *
     * @param key what the response may be stored under; null if it is not to be stored
     * @param flight who else waits, or null
     * @param asked the stored response that the request's conditions are about, or null
     * @param hasBody whether content follows the head
     */
    record Plan(
            RequestHead request,
            Upstream upstream,
            @Nullable CacheKey key,
            @Nullable Flight flight,
            @Nullable Stored asked,
            boolean hasBody) {

        /** Whether the content that follows is of unknown length. */
        boolean chunked() {
            return hasBody && !request.fields().contains("Content-Length");
        }
    }

    private final Services services;
    private final OriginPool pool;
    private Plan plan;
    private @Nullable Asker asker;
    private @Nullable OriginConnection connection;
    private @Nullable OriginAddress address;
    private final Set<OriginAddress> tried = new HashSet<>();
    private int retriesLeft;
    private boolean bodyStarted;
    private Instant requestTime = Instant.EPOCH;
    private @Nullable Body body;
    private @Nullable StoredResponse storing;
    private boolean paused;
    private long fetched;

    /** Bytes that the body must have in the end; -1 where the origin's framing tells. */
    private long promised = -1;

    private boolean over;

    Fetch(Services services, OriginPool pool, Plan plan, @Nullable Asker asker) {
        this.services = services;
        this.pool = pool;
        this.plan = plan;
        this.asker = asker;
        this.retriesLeft = services.pool().retries();
    }

    /** Content bytes received so far. */
    long fetched() {
        return fetched;
    }

    // ---- connect

    void start() {
        OriginAddress first = plan.upstream().next(tried);
        if (first == null) {
            failBeforeHead(Failure.ORIGIN_UNAVAILABLE);
        } else {
            // a waiting connection may just have been closed, and then this could not be repeated
            attempt(first, !plan.request().isIdempotent());
        }
    }

    private void attempt(OriginAddress at, boolean fresh) {
        address = at;
        pool.acquire(at, plan.upstream().configured(), fresh, this::leased);
    }

    private void leased(OriginPool.Lease lease) {
        switch (lease) {
            case OriginPool.Lease.Ready(var ready) -> {
                if (over) {
                    ready.abandon();
                } else {
                    send(ready);
                }
            }
            case OriginPool.Lease.Unavailable(var failure) -> {
                if (!over) {
                    attemptFailed(failure, true);
                }
            }
        }
    }

    private void send(OriginConnection ready) {
        connection = ready;
        requestTime = services.purges().clock().instant();
        ready.begin(plan.request(), plan.upstream().toProxy(), plan.chunked(), this);
        if (!plan.hasBody()) {
            ready.end(Fields.of());
        } else {
            ready.flush();
            if (asker != null) {
                asker.onReadyForBody();
            }
        }
    }

    // ---- the request's content

    /** Passes content on, whose owner this becomes; false if more should wait. */
    boolean sendBody(ByteBuf data) {
        bodyStarted = true;
        if (connection == null || over) {
            data.release();
            return true;
        }
        return connection.data(data);
    }

    void endBody(Fields trailers) {
        bodyStarted = true;
        if (connection != null && !over) {
            connection.end(trailers);
        }
    }

    @Override
    public void onWritable() {
        if (asker != null) {
            asker.onReadyForBody();
        }
    }

    // ---- the response's head

    @Override
    public void onInformational(ResponseHead head) {
        if (asker != null) {
            asker.onInformational(head);
        }
    }

    @Override
    public void onHead(ResponseHead received) {
        if (address != null) {
            plan.upstream().answered(address);
        }
        Instant now = services.purges().clock().instant();
        ResponseHead head = Forwarding.dated(received, now);
        Stored asked = plan.asked();
        boolean tunnels = plan.request().method().equals("CONNECT") && head.status() / 100 == 2;
        if (head.status() == 101 || tunnels) {
            switched(head);
        } else if (asked != null && head.status() == 304) {
            notModified(asked, head, now);
        } else if (asked != null && !asked.response().isComplete()) {
            complete(asked, head, now);
        } else if (asked != null && StaleUse.forError(head.status(), asked.response(), now)) {
            abandonConnection();
            finish(new Arrival.UseStale(head.status()), new Outcome.StandIn(head.status()));
        } else {
            stream(head, now);
        }
    }

    private void switched(ResponseHead head) {
        if (connection == null || asker == null) {
            abandonConnection();
            return;
        }
        Channel channel = connection.detach();
        over = true;
        tell(new Outcome.Switched(head, channel));
    }

    /**
     * RFC 9111 section 4.3.3: ours to answer from the store, or asked about what is no longer
     * there.
     */
    private void notModified(Stored asked, ResponseHead head, Instant now) {
        CacheKey key = plan.key();
        if (key == null || !Validation.selects(head, asked.response())) {
            askAnew();
            return;
        }
        Stored fresh = new Freshening(services, key, asked, requestTime).by(head, now);
        finish(new Arrival.LookAgain(), new Outcome.Confirmed(fresh));
    }

    /** Asks for the whole, without conditions. */
    private void askAnew() {
        OriginConnection current = connection;
        abandonConnection();
        plan =
                new Plan(
                        Validation.request(plan.request(), Fields.of()),
                        plan.upstream(),
                        plan.key(),
                        plan.flight(),
                        null,
                        plan.hasBody());
        if (current != null) {
            attempt(current.address(), true);
        }
    }

    /** RFC 9111 section 3.4: the stored part and what was asked for, the rest of it, as one. */
    private void complete(Stored part, ResponseHead head, Instant now) {
        if (head.status() != 206 && head.status() != 416) {
            stream(head, now);
            return;
        }
        StoredResponse whole =
                Completion.of(
                        part.response(), plan.request(), head, requestTime, now, services.policy());
        long length = whole == null ? 0 : contentLength(whole.head());
        boolean fits =
                length <= services.memory().objectBytes().bytes() && !services.chunks().crowded();
        BodyReader held = whole == null || !fits ? null : part.body().reader(pool.loop(), () -> {});
        if (whole == null || held == null) {
            askAnew();
            return;
        }
        Body growing = new Body(services.chunks(), length, true);
        try (held) {
            for (ByteBuf bytes = held.next(Chunks.SIZE);
                    bytes != null;
                    bytes = held.next(Chunks.SIZE)) {
                growing.append(bytes);
                bytes.release();
            }
        }
        promised = length;
        begin(growing, whole, whole.head());
    }

    private void begin(Body growing, StoredResponse response, ResponseHead head) {
        body = growing;
        growing.onRead(this::onRead);
        storing = response;
        land(
                Collapsing.mayShare(response)
                        ? new Arrival.Shared(response, growing)
                        : new Arrival.NotShared());
        tell(new Outcome.Storing(response, head, growing));
    }

    private void stream(ResponseHead head, Instant now) {
        invalidate(head);
        CacheKey key = plan.key();
        Storability assessed =
                key == null
                        ? new Storability.DoNot(Storability.Reason.METHOD)
                        : Storability.assess(
                                plan.request(), head, requestTime, now, services.policy());
        long length = contentLength(head);
        boolean fits =
                length <= services.memory().objectBytes().bytes() && !services.chunks().crowded();
        Body growing =
                new Body(services.chunks(), length, assessed instanceof Storability.Store && fits);
        if (assessed instanceof Storability.Store(var response) && fits) {
            begin(growing, response, head);
        } else {
            body = growing;
            growing.onRead(this::onRead);
            growing.pass(services.memory().objectBytes().bytes());
            land(new Arrival.NotShared());
            tell(new Outcome.Streaming(head, growing));
            dropIfUnwanted(growing);
        }
    }

    /** Nobody reads it, and it is not to be stored. */
    private void dropIfUnwanted(Body growing) {
        if (!growing.keeping() && growing.readers() == 0) {
            abandonConnection();
            failBody(Failure.ORIGIN_CLOSED);
        }
    }

    private void invalidate(ResponseHead head) {
        Invalidation invalidation = Invalidation.of(plan.request(), head);
        for (CacheKey resource : invalidation.resources()) {
            services.store().invalidate(resource);
            services.inFlight().invalidate(resource);
            for (String group : invalidation.groups()) {
                services.purges().outdate(Purge.groupOf(resource, group));
            }
        }
    }

    /**
     * What the head says the content's length is; -1 if it does not, and for a response without
     * any.
     */
    static long contentLength(ResponseHead head) {
        String text = head.fields().first("Content-Length");
        if (text == null) {
            return -1;
        }
        // identical values may have been sent as a list (RFC 9110 section 8.6)
        int comma = text.indexOf(',');
        return Long.parseLong(comma < 0 ? text : text.substring(0, comma).strip());
    }

    // ---- the response's content

    @Override
    public void onData(ByteBuf data) {
        Body growing = body;
        if (growing == null) {
            return;
        }
        fetched += data.readableBytes();
        boolean keeping = growing.keeping();
        if (keeping
                && (fetched > services.memory().objectBytes().bytes()
                        || services.chunks().crowded())) {
            // too much to store: from here on it only passes by
            stopStoring(growing);
            keeping = false;
            if (over) {
                return;
            }
        }
        growing.append(data);
        if (!keeping && !paused && growing.ahead() >= WINDOW && connection != null) {
            paused = true;
            connection.pause();
        }
    }

    @Override
    public void onBatch() {
        if (body != null) {
            body.wake();
        }
    }

    private void stopStoring(Body growing) {
        growing.pass(services.memory().objectBytes().bytes());
        storing = null;
        endFlight();
        dropIfUnwanted(growing);
    }

    /** On the thread of some reader. */
    private void onRead() {
        if (pool.loop().inEventLoop()) {
            afterRead();
        } else {
            pool.loop().execute(this::afterRead);
        }
    }

    private void afterRead() {
        Body growing = body;
        if (over || growing == null || growing.keeping()) {
            return;
        }
        dropIfUnwanted(growing);
        if (!over && paused && growing.ahead() < WINDOW / 2 && connection != null) {
            paused = false;
            connection.resume();
        }
    }

    @Override
    public void onEnd(Fields trailers) {
        connection = null;
        Body growing = body;
        if (growing == null || over) {
            return;
        }
        if (promised >= 0 && growing.length() != promised) {
            failBody(Failure.RESPONSE_INCOMPLETE);
            return;
        }
        over = true;
        growing.complete(
                trailers,
                () -> {
                    store(growing);
                    endFlight();
                });
        growing.release();
    }

    private void store(Body whole) {
        StoredResponse response = storing;
        CacheKey key = plan.key();
        Flight flight = plan.flight();
        if (response == null || key == null || (flight != null && !flight.current())) {
            return;
        }
        long length = whole.length();
        if (response.content() instanceof Content.Part part && part.length() != length) {
            return;
        }
        StoredResponse complete = response.isComplete() ? response.withLength(length) : response;
        services.store().put(key, new Stored(complete, whole, services.readyHead().of(complete)));
    }

    // ---- early ends

    /** The asker does not want the response any more; others may. */
    void leave() {
        asker = null;
        if (over) {
            return;
        }
        if (body == null && plan.flight() == null) {
            over = true;
            abandonConnection();
        }
    }

    @Override
    public void onFailure(Failure failure) {
        OriginConnection broken = connection;
        connection = null;
        if (over) {
            return;
        }
        if (body != null) {
            failBody(failure);
            return;
        }
        boolean unanswered = broken != null && !broken.answered();
        if (broken != null
                && unanswered
                && broken.reused()
                && repeatable()
                && failure == Failure.ORIGIN_CLOSED) {
            // the far end closed a waiting connection while the request was on its way
            attempt(broken.address(), true);
        } else {
            attemptFailed(failure, unanswered && repeatable());
        }
    }

    /** RFC 9110 section 9.2.2; and what was sent of the content cannot be sent again. */
    private boolean repeatable() {
        return plan.request().isIdempotent() && !bodyStarted;
    }

    private void attemptFailed(Failure failure, boolean mayTryNext) {
        OriginAddress failed = address;
        if (failed != null) {
            if (failure.fault() == Failure.Fault.ORIGIN) {
                plan.upstream().failed(failed);
            }
            tried.add(failed);
        }
        boolean again = mayTryNext && retriesLeft-- > 0;
        OriginAddress next = again ? plan.upstream().next(tried) : null;
        if (next != null) {
            attempt(next, !plan.request().isIdempotent());
        } else {
            failBeforeHead(failure);
        }
    }

    private void failBeforeHead(Failure failure) {
        finish(new Arrival.Broken(failure), new Outcome.Failed(failure));
    }

    private void failBody(Failure failure) {
        Body growing = body;
        if (growing == null || over) {
            return;
        }
        over = true;
        endFlight();
        growing.fail(failure);
        growing.release();
    }

    private void abandonConnection() {
        OriginConnection current = connection;
        connection = null;
        if (current != null) {
            current.abandon();
        }
    }

    private void finish(Arrival arrival, Outcome outcome) {
        over = true;
        land(arrival);
        endFlight();
        tell(outcome);
    }

    private void land(Arrival arrival) {
        if (plan.key() != null && plan.flight() != null) {
            services.inFlight().land(plan.key(), plan.flight(), arrival);
        }
    }

    private void endFlight() {
        if (plan.key() != null && plan.flight() != null) {
            services.inFlight().end(plan.key(), plan.flight());
        }
    }

    private void tell(Outcome outcome) {
        if (asker != null) {
            asker.onOutcome(outcome);
        }
    }
}
