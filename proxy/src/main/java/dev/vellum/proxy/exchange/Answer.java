package dev.vellum.proxy.exchange;

import dev.vellum.proxy.coding.Coding;
import dev.vellum.proxy.coding.CodingChoice;
import dev.vellum.proxy.http.CacheStatus;
import dev.vellum.proxy.http.Conditional;
import dev.vellum.proxy.http.Content;
import dev.vellum.proxy.http.Failure;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.Forwarding;
import dev.vellum.proxy.http.HttpDate;
import dev.vellum.proxy.http.Ranges;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.http.StoredResponse;
import dev.vellum.proxy.intercept.Interception;
import dev.vellum.proxy.store.Body;
import dev.vellum.proxy.store.Stored;
import dev.vellum.proxy.variant.SelectedForm;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client of one exchange gets: made from a stored response, from one that is arriving, or
 * here; judged by the request's preconditions and ranges, in the text coding that suits. One answer
 * is given, and {@link Delivery.End} hears how it ended. Used on the client's loop.
 */
final class Answer {

    private final Services services;
    private final Client client;
    private RequestHead request;
    private final Delivery.End end;
    private @Nullable Delivery delivery;
    private @Nullable Tunnel tunnel;
    private int status;
    private long sentHere;

    Answer(Services services, Client client, RequestHead request, Delivery.End end) {
        this.services = services;
        this.client = client;
        this.request = request;
        this.end = end;
    }

    /** The status sent; 0 if nothing was sent. */
    int status() {
        return status;
    }

    /** Content bytes given to the client's connection. */
    long sent() {
        return sentHere
                + (delivery == null ? 0 : delivery.sent())
                + (tunnel == null ? 0 : tunnel.toClient());
    }

    /** The client takes more. */
    void onWritable() {
        if (delivery != null) {
            delivery.pump();
        }
    }

    /** The client is gone. */
    void cancel() {
        if (delivery != null) {
            delivery.cancel();
        }
    }

    // ---- from a stored response

    /**
     * Answers from a stored response.
     *
     * @param told what Cache-Status says; null for a hit
     * @return false, and nothing done, if it cannot answer: its body is gone since it was looked
     *     up, or does not hold the range that is asked for, or only another form
     */
    boolean serve(Stored stored, Duration age, Duration remaining, @Nullable CacheStatus told) {
        StoredResponse response = stored.response();
        if (response.content() instanceof Content.Master) {
            return false;
        }
        return switch (coding(response.head(), response.content().length())) {
            case CodingChoice.Coded(var coding) -> serveCoded(stored, coding, age, remaining, told);
            case CodingChoice.AsItIs(var why, var negotiated) ->
                    serveAsItIs(stored, negotiated, age, remaining, told);
        };
    }

    /** As {@link #serve(Stored, Duration, Duration, CacheStatus)}, for a picture. */
    boolean serve(
            SelectedForm selected, Duration age, Duration remaining, @Nullable CacheStatus told) {
        if (selected.whole()) {
            request = request.with(request.fields().without("Range", "If-Range"));
        }
        CacheStatus shown =
                told == null && !selected.ready() ? orHit(null, selected.stored()) : told;
        return serve(selected.stored(), age, remaining, shown);
    }

    private CodingChoice coding(ResponseHead head, long length) {
        return CodingChoice.choose(request, head, length, services.coding());
    }

    private boolean serveCoded(
            Stored stored,
            Coding coding,
            Duration age,
            Duration remaining,
            @Nullable CacheStatus told) {
        StoredResponse form = CodingChoice.coded(stored.response(), coding);
        return switch (Conditional.evaluate(request, form)) {
            case Conditional.NotModified same ->
                    serve(SelectedResponse.notModified(form, services.here()), stored, age, told);
            case Conditional.PreconditionFailed no ->
                    serve(SelectedResponse.preconditionFailed(), stored, age, told);
            case Conditional.Proceed yes -> {
                ResponseHead aged =
                        form.head().with(form.head().fields().plus("Age", "" + age.toSeconds()));
                if (streamCoded(aged, stored.body(), coding, orHit(told, stored))) {
                    yield true;
                }
                yield serveAsItIs(stored, true, age, remaining, told);
            }
        };
    }

    private CacheStatus orHit(@Nullable CacheStatus told, Stored stored) {
        return told == null
                ? new CacheStatus.Hit(stored.response().remaining(services.clock().instant()))
                : told;
    }

    /**
     * Sends what is stored.
     *
     * @param negotiated whether another request would have got it coded
     */
    private boolean serveAsItIs(
            Stored stored,
            boolean negotiated,
            Duration age,
            Duration remaining,
            @Nullable CacheStatus told) {
        return switch (Conditional.evaluate(request, stored.response())) {
            case Conditional.NotModified same ->
                    serve(
                            SelectedResponse.notModified(
                                    shown(stored, negotiated), services.here()),
                            stored,
                            age,
                            told);
            case Conditional.PreconditionFailed no ->
                    serve(SelectedResponse.preconditionFailed(), stored, age, told);
            case Conditional.Proceed yes -> serveRanges(stored, negotiated, age, remaining, told);
        };
    }

    private static StoredResponse shown(Stored stored, boolean negotiated) {
        return negotiated ? CodingChoice.varying(stored.response()) : stored.response();
    }

    private boolean serveRanges(
            Stored stored,
            boolean negotiated,
            Duration age,
            Duration remaining,
            @Nullable CacheStatus told) {
        Ranges asked = Ranges.evaluate(request, stored.response());
        if (asked instanceof Ranges.Whole && told == null && client.takesReadyHead()) {
            return serveReady(stored, negotiated, age, remaining);
        }
        StoredResponse response = shown(stored, negotiated);
        return switch (asked) {
            case Ranges.Whole all ->
                    serve(SelectedResponse.whole(response, services.here()), stored, age, told);
            case Ranges.Single(var range) ->
                    serve(
                            SelectedResponse.part(response, range, services.here()),
                            stored,
                            age,
                            told);
            case Ranges.Several(var ranges) -> {
                String boundary = Long.toHexString(services.random().getAsLong());
                yield serve(
                        SelectedResponse.parts(response, ranges, services.here(), boundary),
                        stored,
                        age,
                        told);
            }
            case Ranges.Unsatisfiable none -> {
                respond(
                        LocalResponse.unsatisfiable(
                                SelectedResponse.completeLength(response), services.here().name()),
                        null);
                yield true;
            }
            case Ranges.NotHeld none -> false;
        };
    }

    /**
     * The short way: nothing is made anew but the age, the freshness left, and what it varies by.
     */
    private boolean serveReady(
            Stored stored, boolean negotiated, Duration age, Duration remaining) {
        Delivery whole =
                Delivery.of(stored.body(), services.store().files(), client, end, List.of());
        if (whole == null) {
            return false;
        }
        delivery = whole;
        status = stored.response().head().status();
        ByteBuf head = client.headBuffer();
        services.readyHead()
                .write(
                        stored.readyHead(),
                        negotiated && !CodingChoice.varies(stored.response().terms()),
                        age.toSeconds(),
                        remaining.toSeconds(),
                        head);
        client.respond(head);
        whole.pump();
        return true;
    }

    private boolean serve(
            SelectedResponse made, Stored stored, Duration age, @Nullable CacheStatus told) {
        Delivery pieces =
                Delivery.of(stored.body(), services.store().files(), client, end, made.segments());
        if (pieces == null) {
            return false;
        }
        delivery = pieces;
        Fields fields =
                orHit(told, stored)
                        .addTo(made.head().fields(), services.here().name())
                        .plus("Age", Long.toString(age.toSeconds()));
        status = made.head().status();
        client.respond(made.head().with(fields), made.length());
        pieces.pump();
        return true;
    }

    // ---- from a response that is arriving

    /**
     * Passes on a response that is being stored. Preconditions that were kept from the origin are
     * judged here, against what it sent.
     *
     * @param head as it is to go out
     * @return false, and nothing done, if the body is gone
     */
    boolean streamUnlessKnown(
            StoredResponse response, ResponseHead head, Body body, CacheStatus told) {
        StoredResponse form =
                switch (coding(head, head.contentLength())) {
                    case CodingChoice.Coded(var coding) -> CodingChoice.coded(response, coding);
                    case CodingChoice.AsItIs asItIs -> response;
                };
        return switch (Conditional.evaluate(request, form)) {
            case Conditional.NotModified same ->
                    respondBare(SelectedResponse.notModified(form, services.here()), told);
            case Conditional.PreconditionFailed no ->
                    respondBare(SelectedResponse.preconditionFailed(), told);
            case Conditional.Proceed yes -> stream(head, body, told);
        };
    }

    private boolean respondBare(SelectedResponse made, CacheStatus told) {
        Fields fields = told.addTo(made.head().fields(), services.here().name());
        status = made.head().status();
        client.respond(made.head().with(fields), 0);
        client.end(Fields.of());
        end.onDelivered(null);
        return true;
    }

    /**
     * Passes on a response that is arriving.
     *
     * @return false, and nothing done, if the body is gone
     */
    boolean stream(ResponseHead head, Body body, CacheStatus told) {
        return switch (coding(head, head.contentLength())) {
            case CodingChoice.Coded(var coding) ->
                    streamCoded(CodingChoice.coded(head, coding), body, coding, told)
                            || streamAsItIs(CodingChoice.varying(head), body, told);
            case CodingChoice.AsItIs(var why, var negotiated) ->
                    streamAsItIs(negotiated ? CodingChoice.varying(head) : head, body, told);
        };
    }

    private boolean streamAsItIs(ResponseHead head, Body body, CacheStatus told) {
        Delivery growing = Delivery.of(body, client, end);
        if (growing == null) {
            return false;
        }
        delivery = growing;
        status = head.status();
        client.respond(toClient(head, told), head.contentLength());
        growing.pump();
        return true;
    }

    /** Sends a coded form of a body; false if it is to go as it is after all. */
    private boolean streamCoded(ResponseHead head, Body source, Coding coding, CacheStatus told) {
        if (request.method().equals("HEAD")) {
            status = head.status();
            client.respond(toClient(head, told), -1);
            client.end(Fields.of());
            end.onDelivered(null);
            return true;
        }
        Body coded =
                services.codedBodies()
                        .of(source, coding, body -> delivery = Delivery.of(body, client, end));
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
        client.respond(toClient(head, told), length);
        begun.pump();
        return true;
    }

    private ResponseHead toClient(ResponseHead head, CacheStatus told) {
        ResponseHead answer = Forwarding.response(head, services.here());
        return answer.with(told.addTo(answer.fields(), services.here().name()));
    }

    // ---- from here

    /** Answers with a failure; where the header is out, all that is left is to break off. */
    void fail(Failure why, List<String> challenges) {
        respond(LocalResponse.failure(why, services.here().name(), challenges), why);
    }

    /** Answers from here. */
    void respond(LocalResponse local) {
        respond(local, null);
    }

    private void respond(LocalResponse local, @Nullable Failure why) {
        if (status != 0) {
            client.reset();
            end.onDelivered(why);
            return;
        }
        status = local.head().status();
        Fields dated =
                local.head().fields().plus("Date", HttpDate.format(services.clock().instant()));
        client.respond(local.head().with(dated), local.text().length());
        if (!local.text().isEmpty()) {
            sentHere += local.text().length();
            client.data(local.content());
        }
        client.end(Fields.of());
        end.onDelivered(null);
    }

    /** Opens a tunnel. */
    void open(Interception.Opened opened, String user) {
        status = 200;
        client.open(LocalResponse.tunnel().head(), opened, user);
        end.onDelivered(null);
    }

    /** Joins the client's connection and another; from here on both speak what they like. */
    void join(ResponseHead head, Channel server) {
        status = head.status();
        ResponseHead answer = Forwarding.response(head, services.here());
        String protocol = head.fields().combined("Upgrade");
        Fields fields =
                head.status() == 101 && protocol != null
                        ? answer.fields().plus("Connection", "Upgrade").plus("Upgrade", protocol)
                        : answer.fields();
        Channel here = client.tunnel(answer.with(fields));
        tunnel =
                Tunnel.join(
                        here,
                        server,
                        services.timeouts().tunnelIdle(),
                        () -> end.onDelivered(null));
    }
}
