package dev.vellum.proxy.coding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.http.Authority;
import dev.vellum.proxy.http.EntityTag;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.HttpVersion;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.http.ResponseHead;
import dev.vellum.proxy.units.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodingChoiceTest {

    private static final CodingConfig CONFIG = CodingConfig.DEFAULT;

    private static RequestHead get(String... fields) {
        return new RequestHead(
                "GET",
                new RequestTarget.Absolute("http", new Authority("a.example", 80), "/"),
                HttpVersion.HTTP_1_1,
                Fields.of(fields));
    }

    private static ResponseHead response(int status, String... fields) {
        return new ResponseHead(HttpVersion.HTTP_1_1, status, "", Fields.of(fields));
    }

    private static String outcome(CodingChoice choice) {
        return switch (choice) {
            case CodingChoice.Coded(var coding) -> coding.token();
            case CodingChoice.AsItIs(var reason, var negotiated) ->
                    reason + (negotiated ? " negotiated" : "");
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "- | NOT_WELCOME negotiated",
                "'' | NOT_WELCOME negotiated",
                "gzip | gzip",
                "GZip | gzip",
                "x-gzip | gzip",
                "gzip, deflate | gzip",
                "deflate | NOT_WELCOME negotiated",
                "gzip, deflate, br | br",
                "gzip, deflate, br, zstd | zstd",
                "zstd;q=0.5, br;q=0.7, gzip;q=0.6 | br",
                "gzip;q=1.0, zstd;q=0.999 | gzip",
                "zstd;q=0, br | br",
                "zstd;q=0, br;q=0.0, gzip;q=0.00 | NOT_WELCOME negotiated",
                "* | gzip",
                "*;q=0.1 | gzip",
                "*;q=0 | NOT_WELCOME negotiated",
                "br, *;q=0 | br",
                "gzip;q=0, * | NOT_WELCOME negotiated",
                "identity | NOT_WELCOME negotiated",
                "identity, gzip;q=0.5 | NOT_WELCOME negotiated",
                "identity;q=0.5, gzip;q=0.5 | gzip",
                "identity;q=0.4, gzip;q=0.5 | gzip",
                "identity;q=0, gzip;q=0.1 | gzip",
                "gzip;q=0.001 | gzip",
                "gzip ; q=0.3 , br\t;\tq=0.2 | gzip",
                "gzip;q=1.001 | NOT_WELCOME negotiated",
                "gzip;q=0.1234 | NOT_WELCOME negotiated",
                "gzip;q=-1 | NOT_WELCOME negotiated",
                "gzip;q=x, br | br",
                "gzip;level=9 | NOT_WELCOME negotiated",
                "gzip;q=0.5;x=y | NOT_WELCOME negotiated",
                "gzip, gzip;q=0 | NOT_WELCOME negotiated",
                ",, gzip,, | gzip"
            })
    void theMostWelcomeCodingIsChosenAndOfEqualsThePreferredOne(String accept, String expected) {
        RequestHead request = accept == null ? get() : get("Accept-Encoding", accept);
        ResponseHead text = response(200, "Content-Type", "text/html; charset=utf-8");
        assertThat(outcome(CodingChoice.choose(request, text, 5_000, CONFIG))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "200 | Content-Type: text/css | 1024 | zstd",
                "200 | Content-Type: text/css | -1 | zstd",
                "200 | Content-Type: text/css | 1023 | TOO_SMALL",
                "200 | Content-Type: TEXT/HTML | 9999 | zstd",
                "200 | Content-Type: application/json | 9999 | zstd",
                "200 | Content-Type: application/ld+json | 9999 | zstd",
                "200 | Content-Type: application/atom+xml;x=y | 9999 | zstd",
                "200 | Content-Type: image/svg+xml | 9999 | zstd",
                "200 | Content-Type: application/wasm | 9999 | zstd",
                "200 | Content-Type: text/event-stream | 9999 | TYPE",
                "200 | Content-Type: image/png | 9999 | TYPE",
                "200 | Content-Type: font/woff2 | 9999 | TYPE",
                "200 | Content-Type: application/octet-stream | 9999 | TYPE",
                "200 | Server: x | 9999 | TYPE",
                "404 | Content-Type: text/html | 9999 | zstd",
                "206 | Content-Type: text/html | 9999 | STATUS",
                "304 | Content-Type: text/html | -1 | STATUS",
                "204 | Content-Type: text/html | 0 | STATUS",
                "500 | Content-Type: text/html | 9999 | STATUS",
                "200 | Content-Type: text/html~Content-Encoding: gzip | 9999 | CODED_ALREADY",
                "200 | Content-Type: text/html~Content-Encoding: aes | 9999 | CODED_ALREADY",
                "200 | Content-Type: text/html~Cache-Control: no-transform | 9999 | NO_TRANSFORM",
                "200 | Content-Type: text/html~Cache-Control: max-age=1, No-Transform | 9999 |"
                        + " NO_TRANSFORM",
                "200 | Content-Type: text/html~Content-Digest: sha-256=:x: | 9999 | SIGNED",
                "200 | Content-Type: text/html~Repr-Digest: sha-256=:x: | 9999 | SIGNED",
                "200 | Content-Type: text/html~Signature: a=:x: | 9999 | SIGNED"
            })
    void onlyTextThatMayBeChangedIsCoded(int status, String fields, long length, String expected) {
        Fields.Builder all = Fields.builder();
        for (String line : fields.split("~", -1)) {
            int colon = line.indexOf(": ");
            all.add(line.substring(0, colon), line.substring(colon + 2));
        }
        ResponseHead head = response(status).with(all.build());
        RequestHead request = get("Accept-Encoding", "gzip, br, zstd");
        assertThat(outcome(CodingChoice.choose(request, head, length, CONFIG))).isEqualTo(expected);
    }

    @Test
    void rangesAndRequestsThatForbidItGetWhatTheOriginSent() {
        ResponseHead text = response(200, "Content-Type", "text/html");
        assertThat(
                        outcome(
                                CodingChoice.choose(
                                        get("Accept-Encoding", "gzip", "Range", "bytes=0-5"),
                                        text,
                                        5_000,
                                        CONFIG)))
                .isEqualTo("RANGE negotiated");
        assertThat(
                        outcome(
                                CodingChoice.choose(
                                        get(
                                                "Accept-Encoding",
                                                "gzip",
                                                "Cache-Control",
                                                "no-transform"),
                                        text,
                                        5_000,
                                        CONFIG)))
                .isEqualTo("NO_TRANSFORM negotiated");
        CodingConfig off = new CodingConfig(List.of(), ByteSize.ofKib(1), ByteSize.ofMib(1), 1);
        assertThat(outcome(CodingChoice.choose(get("Accept-Encoding", "gzip"), text, 5_000, off)))
                .isEqualTo("OFF");
    }

    @Test
    void theCodedHeadHasItsOwnEntityTagAndVariesByAcceptEncoding() {
        ResponseHead head =
                response(
                        200,
                        "Content-Type",
                        "text/html",
                        "Content-Length",
                        "5000",
                        "Accept-Ranges",
                        "bytes",
                        "ETag",
                        "\"abc\"",
                        "Vary",
                        "Origin");
        assertThat(CodingChoice.coded(head, Coding.BR).fields())
                .isEqualTo(
                        Fields.of(
                                "Content-Type",
                                "text/html",
                                "ETag",
                                "\"abc-br\"",
                                "Vary",
                                "Origin, Accept-Encoding",
                                "Content-Encoding",
                                "br"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "- | Accept-Encoding",
                "Origin | Origin, Accept-Encoding",
                "accept-encoding | accept-encoding",
                "Origin, Accept-Encoding | Origin, Accept-Encoding",
                "* | *"
            })
    void varyNamesAcceptEncodingOnce(String before, String after) {
        Fields fields = before == null ? Fields.of() : Fields.of("Vary", before);
        assertThat(CodingChoice.varying(fields)).isEqualTo(Fields.of("Vary", after));
    }

    @Test
    void aWeakEntityTagStaysAsItIs() {
        EntityTag weak = new EntityTag(true, "x");
        assertThat(CodingChoice.tag(weak, Coding.GZIP)).isEqualTo(weak);
        assertThat(CodingChoice.tag(new EntityTag(false, "x"), Coding.GZIP).text())
                .isEqualTo("\"x-gzip\"");
    }
}
