package dev.vellum.proxy.exchange;

import dev.vellum.proxy.exchange.Summary.Handling;
import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.Reuse;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of one request, noted as it goes and told once. Used on the client's loop. */
final class Account {

    private final Services services;
    private final Client client;
    private final RequestHead request;
    private final Instant started;
    private final long id;

    private String user = "";
    private Handling handling = Handling.LOCAL;
    private @Nullable Failure failure;
    private Reuse.@Nullable Reason reason;

    Account(Services services, Client client, RequestHead request) {
        this.services = services;
        this.client = client;
        this.request = request;
        this.started = services.clock().instant();
        this.id = services.ids().getAsLong();
    }

    /** When the request's head was there. */
    Instant started() {
        return started;
    }

    /** The request's, unlike any other's. */
    long id() {
        return id;
    }

    /** Credentials proved a name. */
    void known(String name) {
        user = name;
    }

    /** The name that credentials proved; empty without any. */
    String user() {
        return user;
    }

    void handled(Handling as) {
        handling = as;
    }

    /** What is stored could not be served for this reason. */
    void missed(Reuse.Reason why) {
        reason = why;
        handling = Handling.MISS;
    }

    /** Something went wrong, unless {@code why} is null; the last counts. */
    void failed(@Nullable Failure why) {
        failure = why == null ? failure : why;
    }

    /** It was refused here if nobody upstream was asked, or was to blame. */
    void refused(Failure why) {
        failure = why;
        if (handling == Handling.MISS && why.fault() != Failure.Fault.ORIGIN) {
            handling = Handling.LOCAL;
        }
    }

    /** What the answer from upstream says of this store. */
    CacheStatus told(int upstreamStatus, boolean stored, boolean collapsed) {
        return new CacheStatus.Forwarded(
                CacheStatus.Forward.of(reason == null ? Reuse.Reason.METHOD : reason),
                upstreamStatus,
                stored,
                collapsed);
    }

    /** The same of an answer that is neither stored nor another request's. */
    CacheStatus told(ResponseHead answer) {
        return told(answer.status(), false, false);
    }

    /** Tells the journal. */
    void close(boolean whole, Answer answer, Pictures pictures, @Nullable Inquiry inquiry) {
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
                                pictures.told(),
                                pictures.saved(),
                                failure));
    }
}
