package dev.vellum.proxy.wire;

import static dev.vellum.proxy.wire.Hostile.accepted;
import static dev.vellum.proxy.wire.Hostile.refused;

import dev.vellum.proxy.http.Failure;
import java.util.List;
import java.util.stream.Stream;

/** Responses to a GET, by the rule of RFC 9112 (or 9110) that they strain. */
public final class HostileResponses {

    private static final Failure MALFORMED = Failure.RESPONSE_MALFORMED;

    /** What would be a response of its own, were the one before it taken to be shorter. */
    private static final String SPLIT =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: max-age=60\r\n\r\nsplit";

    private HostileResponses() {}

    public static Stream<Hostile> all() {
        return Stream.of(
                        statusLines(),
                        fields(),
                        lengths(),
                        codings(),
                        chunks(),
                        withoutContent(),
                        surplus())
                .flatMap(List::stream);
    }

    private static String status(String line) {
        return line + "\r\nContent-Length: 5\r\n\r\nhello";
    }

    private static String ok(String fields, String body) {
        return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
    }

    private static String field(String field) {
        return ok("Content-Length: 5\r\n" + field + "\r\n", "hello");
    }

    private static String length(String field) {
        return ok(field + "\r\n", "hello" + SPLIT);
    }

    private static String coding(String fields) {
        return ok(fields + "\r\n", "5\r\nhello\r\n0\r\n\r\n" + SPLIT);
    }

    private static String chunked(String body) {
        return ok("Transfer-Encoding: chunked\r\n", body);
    }

    /** RFC 9112 section 4. */
    private static List<Hostile> statusLines() {
        return List.of(
                refused(
                        "LF behind the status line",
                        MALFORMED,
                        "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
                refused("LF everywhere", MALFORMED, "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                refused(
                        "CR behind the status line",
                        MALFORMED,
                        "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n"),
                refused("CR everywhere", MALFORMED, "HTTP/1.1 200 OK\rContent-Length: 0\r\r"),
                refused("empty line before", MALFORMED, "\r\n" + status("HTTP/1.1 200 OK")),
                refused("space before", MALFORMED, " " + status("HTTP/1.1 200 OK")),
                refused("NUL before", MALFORMED, "\0" + status("HTTP/1.1 200 OK")),
                refused("body without a head", MALFORMED, "<html>hello</html>"),
                refused("another protocol", MALFORMED, status("ICY 200 OK")),
                refused("version in lower case", MALFORMED, status("http/1.1 200 OK")),
                refused("version without number", MALFORMED, status("HTTP 200 OK")),
                refused("version without minor", MALFORMED, status("HTTP/1 200 OK")),
                refused("version 2.0", MALFORMED, status("HTTP/2.0 200 OK")),
                refused("version 1.2", MALFORMED, status("HTTP/1.2 200 OK")),
                refused("version of two digits", MALFORMED, status("HTTP/1.10 200 OK")),
                refused("two spaces before the status", MALFORMED, status("HTTP/1.1  200 OK")),
                refused("tab before the status", MALFORMED, status("HTTP/1.1\t200 OK")),
                refused("status of two digits", MALFORMED, status("HTTP/1.1 20 OK")),
                refused("status of four digits", MALFORMED, status("HTTP/1.1 2000 OK")),
                refused("status 099", MALFORMED, status("HTTP/1.1 099 OK")),
                refused("status 000", MALFORMED, status("HTTP/1.1 000 OK")),
                refused("status 600", MALFORMED, status("HTTP/1.1 600 OK")),
                refused("status with a sign", MALFORMED, status("HTTP/1.1 +20 OK")),
                refused("status in letters", MALFORMED, status("HTTP/1.1 abc OK")),
                refused("status in hexadecimal", MALFORMED, status("HTTP/1.1 0xc8 OK")),
                refused("no status", MALFORMED, status("HTTP/1.1 OK")),
                refused("tab behind the status", MALFORMED, status("HTTP/1.1 200\tOK")),
                refused("reason with CR", MALFORMED, status("HTTP/1.1 200 O\rK")),
                refused("reason with NUL", MALFORMED, status("HTTP/1.1 200 O\0K")),
                refused("reason with a control byte", MALFORMED, status("HTTP/1.1 200 O\1K")),
                refused(
                        "status line over the limit",
                        Failure.RESPONSE_HEADER_TOO_LARGE,
                        status("HTTP/1.1 200 " + "a".repeat(40_000))),
                accepted("no reason", status("HTTP/1.1 200 "), "200 hello"),
                accepted("no reason and no space", status("HTTP/1.1 200"), "200 hello"),
                accepted("reason outside ASCII", status("HTTP/1.1 200 \u00e4"), "200 hello"));
    }

    /** RFC 9112 section 5. */
    private static List<Hostile> fields() {
        return List.of(
                refused("space before the colon", MALFORMED, field("A : b")),
                refused("tab before the colon", MALFORMED, field("A\t: b")),
                refused("no colon", MALFORMED, field("A")),
                refused("no name", MALFORMED, field(": b")),
                refused("space in a name", MALFORMED, field("A B: c")),
                refused("NUL in a name", MALFORMED, field("A\0: c")),
                refused("name outside ASCII", MALFORMED, field("\u00e4: b")),
                refused("folded with a space", MALFORMED, field("A: b\r\n c")),
                refused("folded with a tab", MALFORMED, field("A: b\r\n\tc")),
                refused(
                        "folded first line",
                        MALFORMED,
                        "HTTP/1.1 200 OK\r\n A: b\r\nContent-Length: 0\r\n\r\n"),
                refused("NUL in a value", MALFORMED, field("A: b\0")),
                refused("control byte in a value", MALFORMED, field("A: b\1")),
                refused("CR in a value", MALFORMED, field("A: b\rSet-Cookie: c")),
                refused("LF in a value", MALFORMED, field("A: b\nSet-Cookie: c")),
                refused("vertical tab in a value", MALFORMED, field("A: b\u000b")),
                refused("delete in a value", MALFORMED, field("A: b\u007f")),
                refused(
                        "more fields than the limit",
                        Failure.RESPONSE_HEADER_TOO_LARGE,
                        ok("A: b\r\n".repeat(200), "")),
                refused(
                        "field over the limit",
                        Failure.RESPONSE_HEADER_TOO_LARGE,
                        field("A: " + "b".repeat(40_000))),
                accepted("value outside ASCII", field("A: \u00e4"), "200 hello"));
    }

    /** RFC 9112 section 6.3, RFC 9110 section 8.6. */
    private static List<Hostile> lengths() {
        return List.of(
                refused("length with plus", MALFORMED, length("Content-Length: +5")),
                refused("length with minus", MALFORMED, length("Content-Length: -5")),
                refused("length in two words", MALFORMED, length("Content-Length: 5 5")),
                refused("length in hexadecimal", MALFORMED, length("Content-Length: 0x5")),
                refused("length with a fraction", MALFORMED, length("Content-Length: 5.0")),
                refused("length in quotation marks", MALFORMED, length("Content-Length: \"5\"")),
                refused("length with a hard space", MALFORMED, length("Content-Length: \u00a05")),
                refused("length with NUL", MALFORMED, length("Content-Length: 5\0")),
                refused("empty length", MALFORMED, length("Content-Length:")),
                refused(
                        "lengths that differ",
                        MALFORMED,
                        length("Content-Length: 5\r\nContent-Length: 6")),
                refused("length list that differs", MALFORMED, length("Content-Length: 5, 6")),
                refused("length with a comma", MALFORMED, length("Content-Length: 5,")),
                refused(
                        "length and an empty one",
                        MALFORMED,
                        length("Content-Length: 5\r\nContent-Length:")),
                refused(
                        "length of 19 digits",
                        MALFORMED,
                        length("Content-Length: 9223372036854775812")),
                refused(
                        "length over 64 bits",
                        MALFORMED,
                        length("Content-Length: 18446744073709551621")),
                refused(
                        "length with a space before the colon",
                        MALFORMED,
                        length("Content-Length : 5")),
                refused("length folded", MALFORMED, length("Content-Length:\r\n 5")),
                refused("underscore for the hyphen", MALFORMED, length("Content_Length: 5")),
                accepted(
                        "lengths that agree",
                        ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
                        "200 hello"),
                accepted(
                        "length list that agrees",
                        ok("Content-Length: 5, 5\r\n", "hello"),
                        "200 hello"),
                accepted(
                        "length with leading zeros",
                        ok("Content-Length: 005\r\n", "hello"),
                        "200 hello"));
    }

    /** RFC 9112 section 6.1. */
    private static List<Hostile> codings() {
        return List.of(
                refused(
                        "length, then chunked",
                        MALFORMED,
                        coding("Content-Length: 5\r\nTransfer-Encoding: chunked")),
                refused(
                        "chunked, then length",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\r\nContent-Length: 5")),
                refused(
                        "chunked on 1.0",
                        MALFORMED,
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                refused("chunked twice", MALFORMED, coding("Transfer-Encoding: chunked, chunked")),
                refused(
                        "chunked in two lines",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
                refused("identity", MALFORMED, coding("Transfer-Encoding: identity")),
                refused(
                        "chunked, identity",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked, identity")),
                refused("gzip, chunked", MALFORMED, coding("Transfer-Encoding: gzip, chunked")),
                refused("gzip alone", MALFORMED, coding("Transfer-Encoding: gzip")),
                refused("unknown coding", MALFORMED, coding("Transfer-Encoding: cow")),
                refused("xchunked", MALFORMED, coding("Transfer-Encoding: xchunked")),
                refused(
                        "chunked with a parameter",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked;q=1")),
                refused("chunked with a comma", MALFORMED, coding("Transfer-Encoding: chunked,")),
                refused("empty coding", MALFORMED, coding("Transfer-Encoding:")),
                refused(
                        "chunked with a vertical tab",
                        MALFORMED,
                        coding("Transfer-Encoding:\u000bchunked")),
                refused(
                        "chunked with a byte outside ASCII",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\u00ff")),
                refused("chunked folded", MALFORMED, coding("Transfer-Encoding:\r\n chunked")),
                refused("space before the colon", MALFORMED, coding("Transfer-Encoding : chunked")),
                refused(
                        "underscore for the hyphen",
                        MALFORMED,
                        coding("Transfer_Encoding: chunked")),
                accepted(
                        "CHUNKED",
                        ok("Transfer-Encoding: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"),
                        "200 hello"));
    }

    /** RFC 9112 section 7.1. */
    private static List<Hostile> chunks() {
        return List.of(
                refused("size with plus", MALFORMED, chunked("+5\r\nhello\r\n0\r\n\r\n")),
                refused("size with minus", MALFORMED, chunked("-5\r\nhello\r\n0\r\n\r\n")),
                refused("size with 0x", MALFORMED, chunked("0x5\r\nhello\r\n0\r\n\r\n")),
                refused("no size", MALFORMED, chunked("\r\nhello\r\n0\r\n\r\n")),
                refused("space before the size", MALFORMED, chunked(" 5\r\nhello\r\n0\r\n\r\n")),
                refused("space behind the size", MALFORMED, chunked("5 \r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size of 16 digits",
                        MALFORMED,
                        chunked("0000000000000005\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size over 64 bits",
                        MALFORMED,
                        chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")),
                refused("LF behind the size", MALFORMED, chunked("5\nhello\r\n0\r\n\r\n")),
                refused("LF behind the data", MALFORMED, chunked("5\r\nhello\n0\r\n\r\n")),
                refused("data longer than its size", MALFORMED, chunked("4\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "data shorter than its size",
                        MALFORMED,
                        chunked("6\r\nhello\r\n0\r\n\r\n")),
                refused("LF as the end", MALFORMED, chunked("5\r\nhello\r\n0\r\n\n")),
                refused("extension with LF", MALFORMED, chunked("5;a\nhello\r\n0\r\n\r\n")),
                refused("extension with CR", MALFORMED, chunked("5;a\rb\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension over the limit",
                        MALFORMED,
                        chunked("5;" + "a".repeat(300) + "\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "folded trailer",
                        MALFORMED,
                        chunked("5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n")),
                refused(
                        "trailer without a colon",
                        MALFORMED,
                        chunked("5\r\nhello\r\n0\r\nA\r\n\r\n")),
                refused(
                        "response for a trailer",
                        MALFORMED,
                        chunked("5\r\nhello\r\n0\r\n" + SPLIT)),
                refused(
                        "more trailers than the limit",
                        Failure.RESPONSE_HEADER_TOO_LARGE,
                        chunked("0\r\n" + "A: b\r\n".repeat(200) + "\r\n")),
                accepted("extensions", chunked("5;a=\"b\"\r\nhello\r\n0\r\n\r\n"), "200 hello"),
                accepted(
                        "trailers that frame",
                        chunked("5\r\nhello\r\n0\r\nContent-Length: 99\r\nSet-Cookie: a\r\n\r\n"),
                        "200 hello"));
    }

    /** RFC 9112 section 6.3, first rule: what such a response says of its length is no length. */
    private static List<Hostile> withoutContent() {
        return List.of(
                accepted(
                        "204 with a length", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "204"),
                accepted(
                        "204 chunked",
                        "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "204"),
                accepted(
                        "204 with content",
                        "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello",
                        "204"),
                accepted(
                        "304 with a length", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n", "304"),
                accepted(
                        "304 with content",
                        "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nhello",
                        "304"),
                accepted(
                        "100 with a length",
                        "HTTP/1.1 100 Go on\r\nContent-Length: 99\r\n\r\n"
                                + status("HTTP/1.1 200 OK"),
                        "100",
                        "200 hello"),
                accepted(
                        "103 chunked",
                        "HTTP/1.1 103 Early\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + status("HTTP/1.1 200 OK"),
                        "103",
                        "200 hello"),
                new Hostile(
                        "100 with content",
                        "HTTP/1.1 100 Go on\r\n\r\nhello" + status("HTTP/1.1 200 OK"),
                        List.of("100"),
                        MALFORMED),
                new Hostile(
                        "interim without end",
                        "HTTP/1.1 103 Early\r\n\r\n".repeat(33),
                        java.util.Collections.nCopies(32, "103"),
                        MALFORMED));
    }

    /** RFC 9112 section 9.2: bytes behind a response answer nothing. */
    private static List<Hostile> surplus() {
        return List.of(
                accepted(
                        "response behind a response",
                        status("HTTP/1.1 200 OK") + SPLIT,
                        "200 hello"),
                accepted(
                        "response behind chunks",
                        chunked("5\r\nhello\r\n0\r\n\r\n") + SPLIT,
                        "200 hello"),
                accepted("response behind 304", "HTTP/1.1 304 No\r\n\r\n" + SPLIT, "304"),
                accepted("response behind length 0", ok("Content-Length: 0\r\n", SPLIT), "200"),
                accepted("byte behind a response", status("HTTP/1.1 200 OK") + "\0", "200 hello"));
    }
}
