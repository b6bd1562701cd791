package dev.vellum.proxy.http;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an intermediary changes in messages that pass through (RFC 9110 section 7.6). */
public sealed interface Forwarding {

    /** Send it on. */
    record Forward(RequestHead request) implements Forwarding {}

    /** Max-Forwards has run out: answer it here (RFC 9110 section 7.6.2). */
    record AnswerHere() implements Forwarding {}

    /** It has passed here before (RFC 9110 section 7.6.3, RFC 8586). */
    record Loop() implements Forwarding {}

    /** Told by clients about themselves, which an edge must not believe. */
    List<String> UNTRUSTED =
            List.of(
                    "Forwarded",
                    "X-Forwarded-For",
                    "X-Forwarded-Host",
                    "X-Forwarded-Port",
                    "X-Forwarded-Proto",
                    "X-Forwarded-Server",
                    "X-Original-URL",
                    "X-Real-IP",
                    "X-Rewrite-URL");

    /** The request as it goes upstream. */
    static Forwarding request(RequestHead client, Hop hop) {
        if (hasPassedHere(client.fields(), hop)) {
            return new Loop();
        }
        Fields fields = HopByHop.strip(client.fields());
        if (client.method().equals("OPTIONS") || client.method().equals("TRACE")) {
            String forwards = fields.first("Max-Forwards");
            long left = forwards == null ? -1 : Ranges.position(forwards);
            if (left == 0) {
                return new AnswerHere();
            }
            if (left > 0) {
                fields = fields.with("Max-Forwards", Long.toString(left - 1));
            }
        }
        // RFC 9110 section 10.1.4: TE is ours to say, and trailers are passed on
        if (asksForTrailers(client.fields())) {
            fields = fields.plus("TE", "trailers");
        }
        fields = fields.without("Expect", "Host").plus("Via", via(client.version(), hop));
        if (hop.role() == Hop.Role.EDGE) {
            fields = edge(fields, client, hop);
        }
        return new Forward(client.with(UpstreamAccept.normalise(withHost(fields, client))));
    }

    /** The response as it goes to the client; framing is the connection's business. */
    static ResponseHead response(ResponseHead upstream, Hop hop) {
        Fields fields = HopByHop.strip(upstream.fields());
        if (hop.role() == Hop.Role.EDGE) {
            fields = TargetedCacheControl.consume(fields);
        }
        return upstream.with(fields.plus("Via", via(upstream.version(), hop)));
    }

    /** The response with a Date: when it arrived, where it has none (RFC 9110 section 6.6.1). */
    static ResponseHead dated(ResponseHead response, Instant responseTime) {
        Fields fields = response.fields();
        return fields.contains("Date")
                ? response
                : response.with(fields.plus("Date", HttpDate.format(responseTime)));
    }

    /** Our entry of the Via field (RFC 9110 section 7.6.3). */
    static String via(HttpVersion received, Hop hop) {
        return received.number() + ' ' + hop.name();
    }

    private static Fields edge(Fields fields, RequestHead client, Hop hop) {
        String address = hop.clientAddress();
        boolean v6 = address.indexOf(':') >= 0;
        Fields told =
                fields.without(UNTRUSTED)
                        .plus("CDN-Loop", hop.name())
                        .plus("X-Forwarded-For", address)
                        .plus("X-Forwarded-Proto", hop.clientScheme());
        String host = host(client);
        if (host == null) {
            return told;
        }
        // RFC 7239 section 4: an IPv6 address is quoted and in brackets, a host with a port quoted
        return told.plus("X-Forwarded-Host", host)
                .plus(
                        "Forwarded",
                        "for=%s;host=\"%s\";proto=%s"
                                .formatted(
                                        v6 ? "\"[" + address + "]\"" : address,
                                        host,
                                        hop.clientScheme()));
    }

    private static Fields withHost(Fields fields, RequestHead client) {
        String host = host(client);
        return host == null ? fields : Fields.of("Host", host).plus(fields);
    }

    private static @Nullable String host(RequestHead client) {
        return switch (client.target()) {
            case RequestTarget.Absolute target -> target.authority().text(target.scheme());
            case RequestTarget.Asterisk target -> target.authority().text(target.scheme());
            case RequestTarget.AuthorityForm target ->
                    target.authority().host() + ":" + target.authority().port();
        };
    }

    private static boolean hasPassedHere(Fields fields, Hop hop) {
        return lists(fields, "CDN-Loop", hop.name()) || viaNames(fields, hop.name());
    }

    private static boolean viaNames(Fields fields, String name) {
        String via = fields.combined("Via");
        return via != null
                && Arrays.stream(via.split(",", -1))
                        .map(String::strip)
                        .map(entry -> entry.split("[ \t]+", -1))
                        .anyMatch(parts -> parts.length > 1 && parts[1].equals(name));
    }

    private static boolean lists(Fields fields, String field, String member) {
        String value = fields.combined(field);
        return value != null
                && Arrays.stream(value.split(",", -1))
                        .map(text -> text.split(";", 2)[0].strip())
                        .anyMatch(member::equals);
    }

    private static boolean asksForTrailers(Fields fields) {
        String te = fields.combined("TE");
        return te != null
                && Arrays.stream(te.split(",", -1))
                        .map(text -> text.split(";", 2)[0].strip())
                        .anyMatch("trailers"::equalsIgnoreCase);
    }
}
