package dev.vellum.proxy.exchange;

import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.Collapsing;
import dev.vellum.proxy.http.Completion;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.Invalidation;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StaleUse;
import dev.vellum.proxy.http.Storability;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.origin.OriginAddress;
import dev.vellum.proxy.origin.OriginConnection;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.store.BodyReader;
import dev.vellum.proxy.store.Flight.Arrival;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.store.purge.Purge;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
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

    /** Who started the fetch; called on its loop. */
    interface Asker {

        void onInformational(ResponseHead head);

        /** The connection is there and the head sent: the request's content may follow. */
        void onReadyForBody();

        /** The last that is heard, but for what the body tells its readers. */
        void onOutcome(Outcome outcome);
    }

    private final Services services;
    private final OriginPool pool;
    private FetchPlan plan;
    private @Nullable Asker asker;
    private @Nullable OriginConnection connection;
    private @Nullable OriginAddress address;
    private final Set<OriginAddress> tried = new HashSet<>();
    private int retriesLeft;
    private boolean bodyStarted;
    private Instant requestTime = Instant.EPOCH;
    private @Nullable Intake intake;
    private boolean over;

    Fetch(Services services, OriginPool pool, FetchPlan plan, @Nullable Asker asker) {
        this.services = services;
        this.pool = pool;
        this.plan = plan;
        this.asker = asker;
        this.retriesLeft = services.pool().retries();
    }

    /** Content bytes received so far. */
    long fetched() {
        return intake == null ? 0 : intake.fetched();
    }

    // ---- connect

    void start() {
        if (!services.headroom().mayFetch()) {
            failBeforeHead(Failure.OVERLOADED);
            return;
        }
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
        pool.acquire(at, plan.upstream().configured(), fresh, plan.needsHttp1(), this::leased);
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
        if (connection == null || over()) {
            data.release();
            return true;
        }
        return connection.data(data);
    }

    void endBody(Fields trailers) {
        bodyStarted = true;
        if (connection != null && !over()) {
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
        } else if (asked != null && asked.response().content() instanceof Content.Part) {
            complete(asked, head, now);
        } else if (asked != null && StaleUse.forError(head.status(), asked.response(), now)) {
            abandonConnection();
            finish(
                    new Arrival.UseStale(head.status()),
                    new Outcome.StandIn(asked, head.status(), Optional.empty()));
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
        plan = plan.unconditional();
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
        long length = whole == null ? 0 : whole.head().contentLength();
        BodyReader held =
                whole == null || !Intake.fits(services, length)
                        ? null
                        : part.body().reader(pool.loop(), () -> {});
        if (whole == null || held == null) {
            askAnew();
            return;
        }
        Intake begun = Intake.keeping(services, pool.loop(), plan, connection, whole, length);
        begun.beginWith(held, length);
        store(begun, whole, whole.head());
    }

    private void store(Intake begun, StoredResponse response, ResponseHead head) {
        intake = begun;
        plan.land(
                services.inFlight(),
                Collapsing.mayShare(response)
                        ? new Arrival.Shared(response, begun.body())
                        : new Arrival.NotShared());
        tell(new Outcome.Storing(response, head, begun.body()));
    }

    private void stream(ResponseHead head, Instant now) {
        invalidate(head);
        CacheKey key = plan.key();
        Storability assessed =
                key == null
                        ? new Storability.DoNot(Storability.Reason.METHOD)
                        : Storability.assess(
                                plan.request(), head, requestTime, now, services.policy());
        long length = head.contentLength();
        if (assessed instanceof Storability.Store(var response) && Intake.fits(services, length)) {
            store(
                    Intake.keeping(services, pool.loop(), plan, connection, response, length),
                    response,
                    head);
        } else {
            Intake passing = Intake.passing(services, pool.loop(), plan, connection, length);
            intake = passing;
            plan.land(services.inFlight(), new Arrival.NotShared());
            tell(new Outcome.Streaming(head, passing.body()));
            passing.dropIfUnwanted();
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

    // ---- the response's content

    @Override
    public void onData(ByteBuf data) {
        if (intake != null) {
            intake.data(data);
        }
    }

    @Override
    public void onBatch() {
        if (intake != null) {
            intake.body().wake();
        }
    }

    @Override
    public void onEnd(Fields trailers) {
        connection = null;
        if (intake != null) {
            intake.end(trailers);
        }
    }

    // ---- early ends

    private boolean over() {
        return over || (intake != null && intake.over());
    }

    /** The asker does not want the response any more; others may. */
    void leave() {
        asker = null;
        if (!over && intake == null && plan.flight() == null) {
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
        if (intake != null) {
            intake.fail(failure);
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

    private void abandonConnection() {
        OriginConnection current = connection;
        connection = null;
        if (current != null) {
            current.abandon();
        }
    }

    private void finish(Arrival arrival, Outcome outcome) {
        over = true;
        plan.land(services.inFlight(), arrival);
        plan.endFlight(services.inFlight());
        tell(outcome);
    }

    private void tell(Outcome outcome) {
        if (asker != null) {
            asker.onOutcome(outcome);
        }
    }
}
