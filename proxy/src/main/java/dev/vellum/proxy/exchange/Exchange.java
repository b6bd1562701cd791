package dev.vellum.proxy.exchange;

import dev.vellum.proxy.access.Gate.Admission;
import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.CacheKey;
import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Reuse;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.http.Validation;
import dev.vellum.proxy.latent.ModelFiles;
import dev.vellum.proxy.net.Channels;
import dev.vellum.proxy.origin.OriginPool;
import dev.vellum.proxy.origin.Upstream;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Stored;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request and its response. The methods are the states, in order. */
public final class Exchange implements Lookup.Seeker, Delivery.End {

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
    private final Question question;
    private final Account account;
    private final Answer answer;
    private final Pictures pictures;

    private @Nullable Upstream upstream;
    private @Nullable CacheKey key;
    private @Nullable Lookup lookup;
    private @Nullable CacheStatus cacheStatus;
    private boolean lookedAgain;
    private @Nullable Inquiry inquiry;
    private boolean over;

    /** With the pool of the client's loop; content follows the head if {@code hasBody}. */
    public Exchange(
            Services services,
            OriginPool pool,
            Client client,
            RequestHead request,
            boolean hasBody) {
        this.services = services;
        this.pool = pool;
        this.client = client;
        this.question = new Question(services, client, request, hasBody);
        this.request = question.request();
        this.account = new Account(services, client, request);
        this.answer = new Answer(services, client, question.request(), this);
        this.pictures = new Pictures(services, question, client.loop());
    }

    // ---- access

    /** Begins; a hit in memory is over when this returns. */
    public void run() {
        switch (question.admission()) {
            case Admission.Anonymous anyone -> route();
            case Admission.Known(var name) -> {
                account.known(name);
                route();
            }
            case Admission.Forbidden no -> fail(Failure.CLIENT_NOT_ALLOWED);
            case Admission.Unsigned no -> fail(Failure.SIZE_NOT_SIGNED);
            case Admission.Challenged(var challenges) -> {
                account.failed(Failure.CREDENTIALS_REQUIRED);
                answer.fail(Failure.CREDENTIALS_REQUIRED, challenges);
            }
        }
    }

    // ---- route

    private void route() {
        Stored model = question.model();
        if (model != null) {
            account.handled(Handling.HIT);
            answer.serve(model, Duration.ZERO, ModelFiles.LIFETIME, null);
            return;
        }
        upstream = services.route().find(request.target());
        if (upstream == null) {
            fail(Failure.MISDIRECTED);
            return;
        }
        if (question.endsHere(upstream)) {
            fail(Failure.MODEL_UNKNOWN);
            return;
        }
        if (PlainRequest.is(request)) {
            key(false);
            return;
        }
        switch (question.forwarding()) {
            case Forwarding.Forward(var head) -> {
                if (request.target() instanceof RequestTarget.AuthorityForm tunnelTo) {
                    account.handled(Handling.TUNNEL);
                    inquiry().tunnel(tunnelTo);
                } else {
                    key(UpstreamRequest.opensWebSocket(request, question.hasBody()));
                }
            }
            case Forwarding.AnswerHere here -> answer.respond(LocalResponse.to(request));
            case Forwarding.Loop loop -> fail(Failure.LOOP);
        }
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
                if (question.hasBody()) {
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
        lookup = new Lookup(services, question, client.loop(), at, this);
        lookup.look();
    }

    @Override
    public void onMissing(Reuse.Missing missing) {
        if (!over) {
            switch (missing) {
                case Reuse.Miss(var why) -> join(question.forwarded(), null, null, why);
                case Reuse.Unavailable none -> fail(Failure.NOT_CACHED);
            }
        }
    }

    @Override
    public void onFound(Stored found) {
        if (!over) {
            decide(found);
        }
    }

    // ---- decide

    private void decide(Stored stored) {
        Instant now = lookedAgain ? services.clock().instant() : account.started();
        RequestHead compared = question.comparedWith(stored);
        switch (Reuse.decide(compared, stored.response(), now, services.policy())) {
            case Reuse.Serve(var age) -> {
                boolean fresh = stored.response().remaining(now).isPositive();
                account.handled(fresh ? Handling.HIT : Handling.STALE);
                serve(stored, now);
            }
            case Reuse.ServeAndRefresh(var age) -> {
                account.handled(Handling.STALE);
                inquiry().refresh(stored);
                serve(stored, now);
            }
            case Reuse.Revalidate(var conditions, var why) ->
                    join(Validation.request(question.forwarded(), conditions), stored, stored, why);
            case Reuse.Miss(var why) -> {
                RequestHead rest = why == Reuse.Reason.PART_NOT_HELD ? question.rest(stored) : null;
                RequestHead ask = rest == null ? question.forwarded() : rest;
                join(ask, rest == null ? null : stored, null, why);
            }
            case Reuse.Unavailable none -> fail(Failure.NOT_CACHED);
        }
    }

    // ---- serve

    private void serve(Stored stored, Instant now) {
        Duration age = stored.response().age(now);
        Duration remaining = stored.response().remaining(now);
        if (key != null && pictures.concern(stored)) {
            pictures.select(
                    key,
                    stored,
                    form -> over || answer.serve(form, age, remaining, cacheStatus),
                    this::askAnew);
        } else if (!answer.serve(stored, age, remaining, cacheStatus)) {
            askAnew();
        }
    }

    /** What is stored cannot be shown. */
    private void askAnew() {
        if (!over) {
            account.handled(Handling.MISS);
            inquiry().anew();
        }
    }

    // ---- join or fetch

    /**
     * @param asked what conditions in {@code ask} are about, or null
     * @param standIn what may be sent if the origin fails, or null
     */
    private void join(
            RequestHead ask, @Nullable Stored asked, @Nullable Stored standIn, Reuse.Reason why) {
        account.missed(why);
        inquiry().join(ask, asked, standIn);
    }

    /** What cannot be answered from a store. */
    private void pass(boolean upgrades) {
        account.handled(Handling.PASS);
        inquiry().pass(upgrades);
    }

    private Inquiry inquiry() {
        Inquiry asking = inquiry;
        if (asking == null) {
            Upstream to = Objects.requireNonNull(upstream, "upstream (expected: found by route())");
            asking =
                    new Inquiry(
                            services,
                            pool,
                            client,
                            question,
                            to,
                            key,
                            account.id(),
                            this::onOutcome);
            inquiry = asking;
        }
        return asking;
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
        if (over) {
            return;
        }
        switch (outcome) {
            case Outcome.Streaming(var head, var body) when pictures.areLatents(head) -> {
                question.forgoLatents(); // what is not stored is not decoded
                askAnew();
            }
            case Outcome.Streaming(var head, var body) ->
                    orAlone(answer.stream(pictures.passed(head), body, account.told(head)));
            case Outcome.Storing(var response, var head, var body) ->
                    streamStored(response, head, body, false);
            case Outcome.Shared(var response, var head, var body) -> {
                account.handled(Handling.COLLAPSED);
                streamStored(response, head, body, true);
            }
            case Outcome.LookAgain again when lookedAgain || lookup == null -> inquiry().alone();
            case Outcome.LookAgain again -> {
                lookedAgain = true;
                lookup.look();
            }
            case Outcome.Confirmed(var stored) -> serveNow(stored, Handling.REVALIDATED, 304);
            case Outcome.StandIn(var stale, var upstreamStatus, var why) -> {
                account.failed(why.orElse(null));
                serveNow(stale, Handling.STALE, upstreamStatus);
            }
            case Outcome.Opened(var opened) -> answer.open(opened, account.user());
            case Outcome.Switched(var head, var channel) when !client.accepts(head) -> {
                Channels.close(channel);
                fail(Failure.RESPONSE_MALFORMED);
            }
            case Outcome.Switched(var head, var channel) -> {
                account.handled(Handling.TUNNEL);
                answer.join(head, channel);
            }
            case Outcome.Failed(var why) -> fail(why);
        }
    }

    private void serveNow(Stored stored, Handling as, int upstreamStatus) {
        account.handled(as);
        serveNow(stored, account.told(upstreamStatus, false, false));
    }

    private void serveNow(Stored stored, CacheStatus told) {
        cacheStatus = told;
        serve(stored, services.clock().instant());
    }

    // ---- respond

    private void streamStored(
            StoredResponse response, ResponseHead head, Body body, boolean collapsed) {
        CacheStatus told = account.told(head.status(), true, collapsed);
        CacheKey at = key;
        if (at != null && pictures.await(response, body, () -> onWhole(at, told))) {
            return;
        }
        orAlone(answer.streamUnlessKnown(response, pictures.streamed(response, head), body, told));
    }

    /** A picture that was waited for is stored, unless it broke off or was too large. */
    private void onWhole(CacheKey at, CacheStatus told) {
        if (!over) {
            pictures.stored(at).ifPresentOrElse(stored -> serveNow(stored, told), this::askAnew);
        }
    }

    /** Only a follower can come too late for a body. */
    private void orAlone(boolean answered) {
        if (!answered) {
            inquiry().alone();
        }
    }

    private void fail(Failure why) {
        account.refused(why);
        answer.fail(why, List.of());
    }

    /** The client takes more. */
    public void onWritable() {
        answer.onWritable();
    }

    // ---- account

    /** The connection is gone before the response was whole. */
    public void onGone() {
        if (!over) {
            answer.cancel();
            pictures.cancel();
            if (inquiry != null) {
                inquiry.leave();
            }
            close(false);
        }
    }

    @Override
    public void onDelivered(@Nullable Failure broken) {
        account.failed(broken);
        close(broken == null);
    }

    private void close(boolean whole) {
        if (over) {
            return;
        }
        over = true;
        if (inquiry != null) {
            inquiry.end();
        }
        if (whole) {
            pictures.sent(key);
        }
        account.close(whole, answer, pictures, inquiry);
    }
}
