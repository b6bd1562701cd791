package dev.vellum.proxy.http;

import static dev.vellum.proxy.http.Responses.NOW;
import static dev.vellum.proxy.http.Responses.TARGET;
import static dev.vellum.proxy.http.Responses.get;
import static dev.vellum.proxy.http.Responses.ok;
import static dev.vellum.proxy.http.Responses.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Forwarding.AnswerHere;
import dev.vellum.proxy.http.Forwarding.Forward;
import dev.vellum.proxy.http.Forwarding.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {

    private static final Hop FORWARD = new Hop(Hop.Role.FORWARD, "box", "192.0.2.1", "http");
    private static final Hop EDGE = new Hop(Hop.Role.EDGE, "box", "192.0.2.1", "https");

    /** RFC 9110 section 7.6.1. */
    @Test
    void fieldsOfTheConnectionEndHere() {
        RequestHead client =
                get(
                        "Host",
                        "example.com",
                        "Connection",
                        "keep-alive, A,, b ",
                        "Keep-Alive",
                        "1",
                        "a",
                        "1",
                        "B",
                        "2",
                        "C",
                        "3",
                        "Proxy-Connection",
                        "x",
                        "Proxy-Authorization",
                        "x",
                        "TE",
                        "gzip",
                        "Transfer-Encoding",
                        "chunked",
                        "Upgrade",
                        "x",
                        "Expect",
                        "100-continue");

        assertThat(forwarded(client, FORWARD))
                .isEqualTo(Fields.of("Host", "example.com", "C", "3", "Via", "1.1 box"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Content-Length", "Cache-Control", "Via", "CDN-Loop"})
    void connectionCannotTakeAwayWhatTheMessageNeeds(String name) {
        RequestHead client = get("Connection", name, name, "example.com");

        assertThat(forwarded(client, FORWARD).contains(name)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"trailers,true", "'gzip, Trailers;q=1',true", "gzip,false"})
    void trailersAreAskedForWhereTheClientTakesThem(String te, boolean asked) {
        assertThat(forwarded(get("TE", te), FORWARD).contains("TE")).isEqualTo(asked);
    }

    /** RFC 9112 section 3.2.2: Host is what the target says. */
    @Test
    void hostIsMadeFromTheTarget() {
        RequestHead client =
                new RequestHead(
                        "GET",
                        Responses.target("http://example.com:8080/"),
                        HttpVersion.HTTP_1_0,
                        Fields.of());

        assertThat(forwarded(client, FORWARD))
                .isEqualTo(Fields.of("Host", "example.com:8080", "Via", "1.0 box"));
    }

    /** RFC 9110 section 7.6.3. */
    @Test
    void viaGrowsAtTheEnd() {
        assertThat(forwarded(get("Via", "1.1 a, 1.0 b (c)"), FORWARD).combined("Via"))
                .isEqualTo("1.1 a, 1.0 b (c), 1.1 box");
        assertThat(Forwarding.response(ok("Via", "1.1 a"), FORWARD).fields().combined("Via"))
                .isEqualTo("1.1 a, 1.1 box");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Via | 1.1 box | true",
                "Via | 1.1 a, 1.0 box (x) | true",
                "Via | HTTP/1.1   box | true",
                "Via | 1.1 boxes | false",
                "Via | 1.1 a (box) | false",
                "CDN-Loop | box | true",
                "CDN-Loop | a, box; x=y | true",
                "CDN-Loop | boxes | false",
            })
    void aRequestThatPassedHereBeforeIsALoop(String name, String value, boolean loop) {
        assertThat(Forwarding.request(get(name, value), EDGE) instanceof Loop).isEqualTo(loop);
    }

    /** RFC 8586. */
    @Test
    void anEdgeAddsItselfToCdnLoop() {
        assertThat(forwarded(get("CDN-Loop", "a"), EDGE).combined("CDN-Loop")).isEqualTo("a, box");
        assertThat(forwarded(get(), FORWARD).contains("CDN-Loop")).isFalse();
    }

    /** RFC 9110 section 7.6.2. */
    @ParameterizedTest
    @CsvSource({
        "OPTIONS,0,here",
        "TRACE,0,here",
        "OPTIONS,2,1",
        "TRACE,10,9",
        "GET,0,0",
        "OPTIONS,x,x",
        "OPTIONS,-1,-1",
    })
    void maxForwardsCountsDown(String method, String value, String expected) {
        Forwarding result = Forwarding.request(request(method, "Max-Forwards", value), FORWARD);

        if (expected.equals("here")) {
            assertThat(result).isInstanceOf(AnswerHere.class);
        } else {
            assertThat(((Forward) result).request().fields().first("Max-Forwards"))
                    .isEqualTo(expected);
        }
    }

    @Test
    void anEdgeTellsTheOriginWhatItKnowsNotWhatItIsTold() {
        RequestHead client =
                get(
                        "X-Forwarded-For",
                        "127.0.0.1",
                        "X-Forwarded-Host",
                        "evil",
                        "X-Forwarded-Proto",
                        "ftp",
                        "X-Forwarded-Port",
                        "1",
                        "X-Forwarded-Something-Else",
                        "1",
                        "X-Real-IP",
                        "127.0.0.1",
                        "X-Original-URL",
                        "/admin",
                        "X-Rewrite-URL",
                        "/admin",
                        "Forwarded",
                        "for=127.0.0.1");

        assertThat(forwarded(client, EDGE))
                .isEqualTo(
                        Fields.of(
                                "Host",
                                "example.com",
                                "Via",
                                "1.1 box",
                                "CDN-Loop",
                                "box",
                                "X-Forwarded-For",
                                "192.0.2.1",
                                "X-Forwarded-Proto",
                                "https",
                                "X-Forwarded-Host",
                                "example.com",
                                "Forwarded",
                                "for=192.0.2.1;host=\"example.com\";proto=https"));
    }

    /** RFC 7239 section 6. */
    @Test
    void anIpv6ClientIsQuotedInForwarded() {
        Hop hop = new Hop(Hop.Role.EDGE, "box", "2001:db8::1", "http");

        assertThat(forwarded(get(), hop).first("Forwarded"))
                .isEqualTo("for=\"[2001:db8::1]\";host=\"example.com\";proto=http");
        assertThat(forwarded(get(), hop).first("X-Forwarded-For")).isEqualTo("2001:db8::1");
    }

    @Test
    void aForwardProxySaysNothingOfItsClients() {
        assertThat(forwarded(get("Host", "example.com"), FORWARD))
                .isEqualTo(Fields.of("Host", "example.com", "Via", "1.1 box"));
    }

    @ParameterizedTest
    @CsvSource({
        "max-age=1,false",
        "foo,false",
        "&&&,false",
        "no-store,true",
        "private,true",
        "'max-age=1, no-cache',true",
        "'max-age=1, no-store=?0',false",
    })
    void prohibitionsForCdnsGoOnThroughTheEdge(String targeted, boolean kept) {
        ResponseHead head = ok("CDN-Cache-Control", targeted, "Cache-Control", "max-age=60");

        assertThat(Forwarding.response(head, EDGE).fields().contains("CDN-Cache-Control"))
                .isEqualTo(kept);
    }

    @Test
    void tagsEndAtTheEdge() {
        ResponseHead head = ok("surrogate-key", "a b", "Cache-Tag", "a,b", "Cache-Groups", "\"a\"");

        assertThat(Forwarding.response(head, EDGE).fields())
                .isEqualTo(Fields.of("Cache-Groups", "\"a\"", "Via", "1.1 box"));
        assertThat(Forwarding.response(head, FORWARD).fields().size()).isEqualTo(4);
    }

    @Test
    void permissionsForCdnsEndAtTheEdge() {
        ResponseHead head = ok("CDN-Cache-Control", "max-age=1", "Connection", "close");

        assertThat(Forwarding.response(head, EDGE).fields()).isEqualTo(Fields.of("Via", "1.1 box"));
        assertThat(Forwarding.response(head, FORWARD).fields().contains("CDN-Cache-Control"))
                .isTrue();
    }

    @Test
    void aResponseWithoutDateGetsOne() {
        assertThat(Forwarding.dated(ok(), NOW).fields())
                .isEqualTo(Fields.of("Date", "Fri, 20 Nov 2026 12:00:00 GMT"));
        assertThat(Forwarding.dated(ok("date", "x"), NOW).fields())
                .isEqualTo(Fields.of("Date", "x"));
    }

    /** Accept goes upstream in a few forms for pictures, as it is for everything else. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what browsers send for pictures
                "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8 | avif",
                "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5 | avif",
                "image/webp,image/avif,image/jxl,image/heic,video/*;q=0.8,image/*;q=0.8,*/*;q=0.5 | avif",
                "image/webp,image/apng,image/*,*/*;q=0.8 | webp",
                "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5 | plain",
                "IMAGE/WebP, image/* , */* | webp",
                "image/avif,image/*,*/* | plain",
                // a class only counts where all of it is covered
                "image/webp,image/* | same",
                "image/webp,*/* | same",
                "image/webp | same",
                // refusals are kept
                "image/avif;q=0,image/webp,image/*,*/* | same",
                "image/webp,image/png;q=0.000,image/*,*/* | same",
                "image/webp,image/*,*/*;q=0 | same",
                // pages, styles and APIs
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8 | same",
                "application/json, image/*, */* | same",
                "*/* | same",
                "text/css,*/*;q=0.1 | same",
                // latents are for parents only
                "image/vnd.vellum;m=0123456789,image/webp,image/*,*/* | webp",
                "Image/VND.Vellum; m=0123456789;q=0.5, image/webp | image/webp",
                "image/vnd.vellum;m=0123456789 | plain",
                "text/html, image/vnd.vellum, */* | text/html, */*",
            })
    void acceptIsNormalisedForPicturesOnly(String accept, String expected) {
        String upstream =
                switch (expected) {
                    case "avif" -> "image/avif,image/webp,image/*,*/*;q=0.8";
                    case "webp" -> "image/webp,image/*,*/*;q=0.8";
                    case "plain" -> "image/*,*/*;q=0.8";
                    case "same" -> accept;
                    default -> expected;
                };

        assertThat(forwarded(get("Accept", accept), FORWARD).first("Accept")).isEqualTo(upstream);
    }

    private static Fields forwarded(RequestHead client, Hop hop) {
        assertThat(client.target()).isInstanceOf(TARGET.getClass());
        Forwarding result = Forwarding.request(client, hop);
        assertThat(result).isInstanceOf(Forward.class);
        return ((Forward) result).request().fields();
    }
}
