package dev.vellum.proxy.http;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** What an intermediary changes in messages that pass through (RFC 9110 section 7.6). */
public sealed interface Forwarding {

    /** Send it on. */
    record Forward(RequestHead request) implements Forwarding {}

    /** Max-Forwards has run out: answer it here (RFC 9110 section 7.6.2). */
    record AnswerHere() implements Forwarding {}

    /** It has passed here before (RFC 9110 section 7.6.3, RFC 8586). */
    record Loop() implements Forwarding {}

    /** The request as it goes upstream. */
    static Forwarding request(RequestHead client, Hop hop) {
        if (hasPassedHere(client.fields(), hop)) {
            return new Loop();
        }
        long forwardsLeft = forwardsLeft(client);
        return forwardsLeft == 0
                ? new AnswerHere()
                : new Forward(client.with(upstreamFields(client, hop, forwardsLeft)));
    }

    /** One pass, since every request takes it, hits in the store too: Vary is judged by these. */
    private static Fields upstreamFields(RequestHead client, Hop hop, long forwardsLeft) {
        boolean edge = hop.role() == Hop.Role.EDGE;
        String host = host(client);
        Fields fields = client.fields();
        List<String> listed = HopByHop.listed(fields);
        Fields.Builder upstream = Fields.builder().add("Host", host);
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            if (HopByHop.ends(name, listed)
                    || name.equalsIgnoreCase("Host")
                    || name.equalsIgnoreCase("Expect")
                    || (edge && isUntrusted(name))) {
                continue;
            }
            boolean counted = forwardsLeft > 0 && name.equalsIgnoreCase("Max-Forwards");
            upstream.add(name, counted ? Long.toString(forwardsLeft - 1) : fields.value(i));
        }
        // RFC 9110 section 10.1.4: TE is ours to say, and trailers are passed on
        if (asksForTrailers(fields)) {
            upstream.add("TE", "trailers").add("Connection", "TE");
        }
        upstream.add("Via", via(client.version(), hop));
        if (edge) {
            tellOrigin(upstream, host, hop);
        }
        return UpstreamAccept.normalise(upstream.build());
    }

    /** What Max-Forwards allows OPTIONS and TRACE; -1 for any number. */
    private static long forwardsLeft(RequestHead client) {
        if (!client.method().equals("OPTIONS") && !client.method().equals("TRACE")) {
            return -1;
        }
        String forwards = client.fields().first("Max-Forwards");
        return forwards == null ? -1 : Ranges.position(forwards);
    }

    /** What clients tell about themselves, which an edge must not believe. */
    private static boolean isUntrusted(String name) {
        return switch (name.length()) {
            case 9 -> name.equalsIgnoreCase("Forwarded") || name.equalsIgnoreCase("X-Real-IP");
            case 13 -> name.equalsIgnoreCase("X-Rewrite-URL");
            case 14 -> name.equalsIgnoreCase("X-Original-URL");
            default -> name.regionMatches(true, 0, "X-Forwarded-", 0, 12);
        };
    }

    private static void tellOrigin(Fields.Builder upstream, String host, Hop hop) {
        String address = hop.clientAddress();
        // RFC 7239 section 4: an IPv6 address is quoted and in brackets, a host with a port quoted
        String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address;
        upstream.add("CDN-Loop", hop.name())
                .add("X-Forwarded-For", address)
                .add("X-Forwarded-Proto", hop.clientScheme())
                .add("X-Forwarded-Host", host)
                .add(
                        "Forwarded",
                        "for=" + node + ";host=\"" + host + "\";proto=" + hop.clientScheme());
    }

    /** The response as it goes to the client; framing is the connection's business. */
    static ResponseHead response(ResponseHead upstream, Hop hop) {
        Fields fields = HopByHop.strip(upstream.fields());
        if (hop.role() == Hop.Role.EDGE) {
            // tags are between the origin and this cache: they tell what to purge
            fields = TargetedCacheControl.consume(fields).without("Surrogate-Key", "Cache-Tag");
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

    private static String host(RequestHead client) {
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
