package dev.vellum.proxy.wire;

import static dev.vellum.proxy.wire.Hostile.accepted;
import static dev.vellum.proxy.wire.Hostile.refused;

import dev.vellum.proxy.http.Failure;
import java.util.List;
import java.util.stream.Stream;

/** Requests to {@code site.test}, by the rule of RFC 9112 (or 9110) that they strain. */
public final class HostileRequests {

    private static final Failure MALFORMED = Failure.MALFORMED_REQUEST;
    private static final String HOST = "Host: site.test\r\n";

    /** What would be a request of its own, were the one before it taken to be shorter. */
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n";

    private HostileRequests() {}

    public static Stream<Hostile> all() {
        return Stream.of(
                        lineEnds(),
                        requestLines(),
                        targets(),
                        hosts(),
                        fields(),
                        contentLengths(),
                        transferEncodings(),
                        chunks(),
                        trailers(),
                        pipelines())
                .flatMap(List::stream);
    }

    private static String line(String requestLine) {
        return requestLine + "\r\n" + HOST + "\r\n";
    }

    private static String target(String target) {
        return line("GET " + target + " HTTP/1.1");
    }

    private static String host(String fields) {
        return "GET /a HTTP/1.1\r\n" + fields + "\r\n";
    }

    private static String get(String fields) {
        return "GET /a HTTP/1.1\r\n" + HOST + fields + "\r\n";
    }

    private static String post(String fields, String body) {
        return "POST /a HTTP/1.1\r\n" + HOST + fields + "\r\n" + body;
    }

    private static String length(String field) {
        return post(field + "\r\n", "hello" + SMUGGLED);
    }

    private static String coding(String fields) {
        return post(fields + "\r\n", "5\r\nhello\r\n0\r\n\r\n" + SMUGGLED);
    }

    private static String chunked(String body) {
        return post("Transfer-Encoding: chunked\r\n", body);
    }

    /** RFC 9112 section 2.2. */
    private static List<Hostile> lineEnds() {
        return List.of(
                refused(
                        "LF behind the request line",
                        MALFORMED,
                        "GET /a HTTP/1.1\n" + HOST + "\r\n"),
                refused("LF behind a field", MALFORMED, "GET /a HTTP/1.1\r\nHost: site.test\n\r\n"),
                refused("LF as the empty line", MALFORMED, "GET /a HTTP/1.1\r\n" + HOST + "\n"),
                refused("LF everywhere", MALFORMED, "GET /a HTTP/1.1\nHost: site.test\n\n"),
                refused(
                        "CR behind the request line",
                        MALFORMED,
                        "GET /a HTTP/1.1\r" + HOST + "\r\n"),
                refused("CR everywhere", MALFORMED, "GET /a HTTP/1.1\rHost: site.test\r\r"),
                refused("CR behind a field", MALFORMED, get("A: b\rC: d\r\n")),
                refused("CR within a name", MALFORMED, get("A\rB: c\r\n")),
                refused("CR CR LF behind a field", MALFORMED, get("A: b\r\r\n")),
                refused("CR CR LF as the empty line", MALFORMED, get("A: b\r\n\r")),
                refused("LF CR behind a field", MALFORMED, get("A: b\n\r")),
                accepted("one empty line before", "\r\n" + get(""), "GET /a"),
                refused("two empty lines before", MALFORMED, "\r\n\r\n" + get("")),
                refused("LF before", MALFORMED, "\n" + get("")),
                refused("CR before", MALFORMED, "\r" + get("")));
    }

    /** RFC 9112 section 3. */
    private static List<Hostile> requestLines() {
        return List.of(
                refused("space before the method", MALFORMED, " " + get("")),
                refused("tab before the method", MALFORMED, "\t" + get("")),
                refused("NUL before the method", MALFORMED, "\0" + get("")),
                refused("control byte before the method", MALFORMED, "\1" + get("")),
                refused(
                        "byte order mark before the method",
                        MALFORMED,
                        "\u00ef\u00bb\u00bf" + get("")),
                refused("TLS to a port without", MALFORMED, "\u0016\3\1\2\0\1\0\1\u00fc\3\3"),
                refused("method with a parenthesis", MALFORMED, line("GE(T /a HTTP/1.1")),
                refused("method with a control byte", MALFORMED, line("GE\1T /a HTTP/1.1")),
                refused("method with NUL", MALFORMED, line("GE\0T /a HTTP/1.1")),
                refused("method outside ASCII", MALFORMED, line("G\u00c9T /a HTTP/1.1")),
                refused("method with a colon", MALFORMED, line("GET: /a HTTP/1.1")),
                refused("two spaces behind the method", MALFORMED, line("GET  /a HTTP/1.1")),
                refused("tab behind the method", MALFORMED, line("GET\t/a HTTP/1.1")),
                refused("vertical tab behind the method", MALFORMED, line("GET\u000b/a HTTP/1.1")),
                refused("two spaces behind the target", MALFORMED, line("GET /a  HTTP/1.1")),
                refused("tab behind the target", MALFORMED, line("GET /a\tHTTP/1.1")),
                refused("space behind the version", MALFORMED, line("GET /a HTTP/1.1 ")),
                refused("word behind the version", MALFORMED, line("GET /a HTTP/1.1 b")),
                refused("no version", MALFORMED, line("GET /a")),
                refused("no target", MALFORMED, line("GET HTTP/1.1")),
                refused("no target but its space", MALFORMED, line("GET  HTTP/1.1")),
                refused("only a method", MALFORMED, line("GET")),
                refused("version in lower case", MALFORMED, line("GET /a http/1.1")),
                refused("version of two digits", MALFORMED, line("GET /a HTTP/1.10")),
                refused("version with a leading zero", MALFORMED, line("GET /a HTTP/01.1")),
                refused("version with a comma", MALFORMED, line("GET /a HTTP/1,1")),
                refused("version with a sign", MALFORMED, line("GET /a HTTP/+1.1")),
                refused("version without minor", MALFORMED, line("GET /a HTTP/1")),
                refused("version without number", MALFORMED, line("GET /a HTTP/")),
                refused("version of another protocol", MALFORMED, line("GET /a ICY/1.1")),
                refused("space within the version", MALFORMED, line("GET /a HTTP /1.1")),
                refused("version 0.9", Failure.VERSION_NOT_SUPPORTED, line("GET /a HTTP/0.9")),
                refused("version 1.2", Failure.VERSION_NOT_SUPPORTED, line("GET /a HTTP/1.2")),
                refused("version 2.0", Failure.VERSION_NOT_SUPPORTED, line("GET /a HTTP/2.0")),
                refused(
                        "HTTP/2 with prior knowledge",
                        Failure.VERSION_NOT_SUPPORTED,
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    }

    /** RFC 9112 section 3.2, RFC 9110 section 4.2. */
    private static List<Hostile> targets() {
        return List.of(
                refused("space in the target", MALFORMED, target("/a b")),
                refused("NUL in the target", MALFORMED, target("/a\0b")),
                refused("control byte in the target", MALFORMED, target("/a\1b")),
                refused("delete in the target", MALFORMED, target("/a\u007fb")),
                refused("target outside ASCII", MALFORMED, target("/\u00e4")),
                refused("fragment in the target", MALFORMED, target("/a#b")),
                refused("percent without digits", MALFORMED, target("/%")),
                refused("percent with other letters", MALFORMED, target("/%zz")),
                refused("percent with one digit", MALFORMED, target("/%1")),
                refused("backslash in the path", MALFORMED, target("/a\\b")),
                refused("quotation mark in the target", MALFORMED, target("/a\"b")),
                refused("angle bracket in the target", MALFORMED, target("/a<b>")),
                refused("target without a slash", MALFORMED, target("a")),
                refused("asterisk with GET", MALFORMED, target("*")),
                refused("authority with GET", MALFORMED, target("site.test:80")),
                refused("CONNECT with a path", MALFORMED, line("CONNECT /a HTTP/1.1")),
                refused("CONNECT without a port", MALFORMED, line("CONNECT site.test HTTP/1.1")),
                refused(
                        "CONNECT with a URI",
                        MALFORMED,
                        line("CONNECT http://site.test:80/ HTTP/1.1")),
                refused("CONNECT with user", MALFORMED, line("CONNECT a@site.test:443 HTTP/1.1")),
                refused("CONNECT to port 0", MALFORMED, line("CONNECT site.test:0 HTTP/1.1")),
                refused(
                        "CONNECT with a length",
                        MALFORMED,
                        "CONNECT site.test:443 HTTP/1.1\r\n"
                                + HOST
                                + "Content-Length: 5\r\n\r\nhello"),
                refused(
                        "CONNECT with chunks",
                        MALFORMED,
                        "CONNECT site.test:443 HTTP/1.1\r\n"
                                + HOST
                                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                refused("URI with user", MALFORMED, target("http://a@site.test/a")),
                refused("URI with password", MALFORMED, target("http://a:b@site.test/a")),
                refused("URI of another host than Host", MALFORMED, target("http://other.test/a")),
                refused(
                        "URI of another port than Host",
                        MALFORMED,
                        target("http://site.test:81/a")),
                refused("URI of another scheme", MALFORMED, target("ftp://site.test/a")),
                refused("URI with one slash", MALFORMED, target("http:/site.test/a")),
                refused("URI without a host", MALFORMED, target("http:///a")),
                refused("URI with port 0", MALFORMED, target("http://site.test:0/a")),
                refused("URI with port 65536", MALFORMED, target("http://site.test:65536/a")),
                refused("URI with a signed port", MALFORMED, target("http://site.test:+80/a")),
                refused("URI with a backslash", MALFORMED, target("http:\\\\site.test/a")),
                refused("URI with a zone", MALFORMED, target("http://[fe80::1%25eth0]/a")),
                accepted("URI of the same host", target("http://SITE.test:80/a"), "GET /a"),
                accepted(
                        "path that starts like an authority",
                        target("//other.test/a"),
                        "GET //other.test/a"),
                accepted(
                        "URI in the query",
                        target("/a?u=http://b@c/#".replace("#", "")),
                        "GET /a?u=http://b@c/"),
                refused(
                        "target over the limit",
                        Failure.TARGET_TOO_LONG,
                        target("/" + "a".repeat(40_000))));
    }

    /** RFC 9112 section 3.2, RFC 9110 section 7.2. */
    private static List<Hostile> hosts() {
        return List.of(
                refused("no Host", MALFORMED, host("")),
                refused("no Host on 1.0", MALFORMED, "GET /a HTTP/1.0\r\n\r\n"),
                refused("two Hosts", MALFORMED, host("Host: site.test\r\nHost: other.test\r\n")),
                refused("two equal Hosts", MALFORMED, host(HOST + HOST)),
                refused(
                        "Host beside a URI twice",
                        MALFORMED,
                        "GET http://site.test/a HTTP/1.1\r\n" + HOST + HOST + "\r\n"),
                refused(
                        "no Host beside a URI",
                        MALFORMED,
                        "GET http://site.test/a HTTP/1.1\r\n\r\n"),
                refused("empty Host", MALFORMED, host("Host:\r\n")),
                refused("Host with a path", MALFORMED, host("Host: site.test/a\r\n")),
                refused("Host with user", MALFORMED, host("Host: a@site.test\r\n")),
                refused("Host list", MALFORMED, host("Host: site.test, other.test\r\n")),
                refused("Host with a space", MALFORMED, host("Host: site.test other\r\n")),
                refused("Host with a tab", MALFORMED, host("Host: site.test\tother\r\n")),
                refused("Host with a word for port", MALFORMED, host("Host: site.test:http\r\n")),
                refused("Host with a signed port", MALFORMED, host("Host: site.test:+80\r\n")),
                refused("Host with two ports", MALFORMED, host("Host: site.test:80:80\r\n")),
                refused("Host with percent", MALFORMED, host("Host: site%2etest\r\n")),
                refused("Host outside ASCII", MALFORMED, host("Host: s\u00efte.test\r\n")),
                refused("Host in quotation marks", MALFORMED, host("Host: \"site.test\"\r\n")),
                refused("Host with a bracket", MALFORMED, host("Host: [::1\r\n")),
                refused("Host with a scheme", MALFORMED, host("Host: http://site.test\r\n")),
                accepted("Host in capitals", host("HOST: SITE.TEST\r\n"), "GET /a"));
    }

    /** RFC 9112 section 5, RFC 9110 section 5. */
    private static List<Hostile> fields() {
        return List.of(
                refused("space before the colon", MALFORMED, get("A : b\r\n")),
                refused("tab before the colon", MALFORMED, get("A\t: b\r\n")),
                refused("no colon", MALFORMED, get("A\r\n")),
                refused("no name", MALFORMED, get(": b\r\n")),
                refused("space in a name", MALFORMED, get("A B: c\r\n")),
                refused("NUL in a name", MALFORMED, get("A\0B: c\r\n")),
                refused("control byte in a name", MALFORMED, get("A\1: c\r\n")),
                refused("name outside ASCII", MALFORMED, get("\u00c4: b\r\n")),
                refused("name with a quotation mark", MALFORMED, get("A\"B: c\r\n")),
                refused("name with a bracket", MALFORMED, get("A[0]: c\r\n")),
                refused("name with an at", MALFORMED, get("A@B: c\r\n")),
                refused("name with a slash", MALFORMED, get("A/B: c\r\n")),
                refused("name with a semicolon", MALFORMED, get("A;B: c\r\n")),
                refused("folded with a space", MALFORMED, get("A: b\r\n c\r\n")),
                refused("folded with a tab", MALFORMED, get("A: b\r\n\tc\r\n")),
                refused("folded to nothing", MALFORMED, get("A: b\r\n \r\n")),
                refused(
                        "folded first line",
                        MALFORMED,
                        "GET /a HTTP/1.1\r\n Host: other.test\r\n" + HOST + "\r\n"),
                refused("NUL in a value", MALFORMED, get("A: b\0c\r\n")),
                refused("control byte in a value", MALFORMED, get("A: b\1c\r\n")),
                refused("backspace in a value", MALFORMED, get("A: b\bc\r\n")),
                refused("vertical tab in a value", MALFORMED, get("A: b\u000bc\r\n")),
                refused("form feed in a value", MALFORMED, get("A: b\fc\r\n")),
                refused("escape in a value", MALFORMED, get("A: b\u001bc\r\n")),
                refused("delete in a value", MALFORMED, get("A: b\u007fc\r\n")),
                accepted("value outside ASCII", get("A: \u00e4\u0085\r\n"), "GET /a"),
                accepted("empty value", get("A:\r\n"), "GET /a"),
                accepted("colons in a value", get("A::: b: c\r\n"), "GET /a"),
                accepted("blanks around a value", get("A: \t b \t\r\n"), "GET /a"),
                refused(
                        "more fields than the limit",
                        Failure.REQUEST_HEADER_TOO_LARGE,
                        get("A: b\r\n".repeat(200))),
                refused(
                        "field over the limit",
                        Failure.REQUEST_HEADER_TOO_LARGE,
                        get("A: " + "b".repeat(40_000) + "\r\n")));
    }

    /** RFC 9112 section 6.3, RFC 9110 section 8.6. */
    private static List<Hostile> contentLengths() {
        return List.of(
                refused("length with plus", MALFORMED, length("Content-Length: +5")),
                refused("length with minus", MALFORMED, length("Content-Length: -5")),
                refused("length minus zero", MALFORMED, length("Content-Length: -0")),
                refused("length in two words", MALFORMED, length("Content-Length: 5 5")),
                refused("length in hexadecimal", MALFORMED, length("Content-Length: 0x5")),
                refused("length with a fraction", MALFORMED, length("Content-Length: 5.0")),
                refused("length with an exponent", MALFORMED, length("Content-Length: 5e0")),
                refused("length with an underscore", MALFORMED, length("Content-Length: 0_5")),
                refused("length with a semicolon", MALFORMED, length("Content-Length: 5;")),
                refused("length in quotation marks", MALFORMED, length("Content-Length: \"5\"")),
                refused("length in letters", MALFORMED, length("Content-Length: five")),
                refused(
                        "length in digits of others",
                        MALFORMED,
                        length("Content-Length: \u00ef\u00bc\u0095")),
                refused("length with a superscript", MALFORMED, length("Content-Length: 5\u00b2")),
                refused("length with a hard space", MALFORMED, length("Content-Length: 5\u00a0")),
                refused("length with a vertical tab", MALFORMED, length("Content-Length: \u000b5")),
                refused("length with NUL", MALFORMED, length("Content-Length: 5\0")),
                refused("empty length", MALFORMED, length("Content-Length:")),
                refused("length list", MALFORMED, length("Content-Length: 5, 5")),
                refused("length list that differs", MALFORMED, length("Content-Length: 5, 0")),
                refused("length with a comma", MALFORMED, length("Content-Length: 5,")),
                refused("two lengths", MALFORMED, length("Content-Length: 5\r\nContent-Length: 0")),
                refused(
                        "two equal lengths",
                        MALFORMED,
                        length("Content-Length: 5\r\ncontent-length: 5")),
                refused(
                        "length of 19 digits",
                        MALFORMED,
                        length("Content-Length: 9223372036854775812")),
                refused(
                        "length over 64 bits",
                        MALFORMED,
                        length("Content-Length: 18446744073709551621")),
                refused(
                        "length with control bytes",
                        MALFORMED,
                        length("Content-Length: 5\u0000\u0001")),
                refused(
                        "length with a space before the colon",
                        MALFORMED,
                        length("Content-Length : 5")),
                refused("length folded", MALFORMED, length("Content-Length:\r\n 5")),
                refused(
                        "length with an underscore for the hyphen",
                        MALFORMED,
                        length("Content_Length: 5")),
                accepted(
                        "length with leading zeros",
                        post("Content-Length: 005\r\n", "hello"),
                        "POST /a hello"),
                accepted(
                        "length between blanks",
                        post("Content-Length: \t5 \t\r\n", "hello"),
                        "POST /a hello"),
                accepted(
                        "GET with content",
                        get("Content-Length: 5\r\n") + "hello",
                        "GET /a hello"));
    }

    /** RFC 9112 sections 6.1 and 6.3. */
    private static List<Hostile> transferEncodings() {
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
                        "chunked and length 0",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\r\nContent-Length: 0")),
                refused(
                        "chunked on 1.0",
                        MALFORMED,
                        "POST /a HTTP/1.0\r\n"
                                + HOST
                                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                refused(
                        "chunked twice in a line",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked, chunked")),
                refused(
                        "chunked in two lines",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
                refused(
                        "chunked and identity in two lines",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")),
                refused("identity", MALFORMED, coding("Transfer-Encoding: identity")),
                refused(
                        "chunked, identity",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked, identity")),
                refused(
                        "identity, chunked",
                        MALFORMED,
                        coding("Transfer-Encoding: identity, chunked")),
                refused("gzip alone", MALFORMED, coding("Transfer-Encoding: gzip")),
                refused(
                        "gzip, chunked",
                        Failure.TRANSFER_CODING_UNKNOWN,
                        coding("Transfer-Encoding: gzip, chunked")),
                refused("unknown coding", MALFORMED, coding("Transfer-Encoding: cow")),
                refused(
                        "unknown coding and chunked in two lines",
                        MALFORMED,
                        coding("Transfer-Encoding: cow\r\nTransfer-Encoding: chunked")),
                refused("xchunked", MALFORMED, coding("Transfer-Encoding: xchunked")),
                refused("chunkedx", MALFORMED, coding("Transfer-Encoding: chunkedx")),
                refused("chun ked", MALFORMED, coding("Transfer-Encoding: chun ked")),
                refused(
                        "chunked in quotation marks",
                        MALFORMED,
                        coding("Transfer-Encoding: \"chunked\"")),
                refused(
                        "chunked in apostrophes",
                        MALFORMED,
                        coding("Transfer-Encoding: 'chunked'")),
                refused(
                        "chunked with a parameter",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked;q=1")),
                refused(
                        "chunked behind a comma",
                        MALFORMED,
                        coding("Transfer-Encoding: , chunked")),
                refused("chunked before a comma", MALFORMED, coding("Transfer-Encoding: chunked,")),
                refused("chunked with a colon", MALFORMED, coding("Transfer-Encoding: : chunked")),
                refused("empty coding", MALFORMED, coding("Transfer-Encoding:")),
                refused(
                        "chunked with a vertical tab",
                        MALFORMED,
                        coding("Transfer-Encoding:\u000bchunked")),
                refused(
                        "chunked with a form feed",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\f")),
                refused("chunked with NUL", MALFORMED, coding("Transfer-Encoding: chunked\0")),
                refused(
                        "chunked with a hard space",
                        MALFORMED,
                        coding("Transfer-Encoding: \u00a0chunked")),
                refused(
                        "chunked with a byte outside ASCII",
                        MALFORMED,
                        coding("Transfer-Encoding: chunked\u00ff")),
                refused(
                        "chunked with a long s or Kelvin sign",
                        MALFORMED,
                        coding("Transfer-Encoding: chun\u00e2\u0084\u00aaed")),
                refused("chunked folded", MALFORMED, coding("Transfer-Encoding:\r\n chunked")),
                refused(
                        "chunked with a space before the colon",
                        MALFORMED,
                        coding("Transfer-Encoding : chunked")),
                refused(
                        "chunked with a tab before the colon",
                        MALFORMED,
                        coding("Transfer-Encoding\t: chunked")),
                refused(
                        "chunked with a space before the name",
                        MALFORMED,
                        coding(" Transfer-Encoding: chunked")),
                refused(
                        "underscore for the hyphen",
                        MALFORMED,
                        coding("Transfer_Encoding: chunked")),
                refused(
                        "name with a soft hyphen",
                        MALFORMED,
                        coding("Transfer\u00adEncoding: chunked")),
                refused(
                        "bare CR before the name",
                        MALFORMED,
                        coding("A: b\rTransfer-Encoding: chunked")),
                refused(
                        "bare LF before the name",
                        MALFORMED,
                        coding("A: b\nTransfer-Encoding: chunked")),
                accepted(
                        "CHUNKED",
                        post("transfer-ENCODING: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"),
                        "POST /a hello"),
                accepted(
                        "chunked between tabs",
                        post("Transfer-Encoding:\tchunked\t\r\n", "5\r\nhello\r\n0\r\n\r\n"),
                        "POST /a hello"));
    }

    /** RFC 9112 section 7.1. */
    private static List<Hostile> chunks() {
        return List.of(
                refused("size with plus", MALFORMED, chunked("+5\r\nhello\r\n0\r\n\r\n")),
                refused("size with minus", MALFORMED, chunked("-5\r\nhello\r\n0\r\n\r\n")),
                refused("size with 0x", MALFORMED, chunked("0x5\r\nhello\r\n0\r\n\r\n")),
                refused("size with an underscore", MALFORMED, chunked("0_5\r\nhello\r\n0\r\n\r\n")),
                refused("size in other letters", MALFORMED, chunked("g\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size in digits of others",
                        MALFORMED,
                        chunked("\u00ef\u00bc\u0095\r\nhello\r\n0\r\n\r\n")),
                refused("no size", MALFORMED, chunked("\r\nhello\r\n0\r\n\r\n")),
                refused("space before the size", MALFORMED, chunked(" 5\r\nhello\r\n0\r\n\r\n")),
                refused("space behind the size", MALFORMED, chunked("5 \r\nhello\r\n0\r\n\r\n")),
                refused("tab behind the size", MALFORMED, chunked("5\t\r\nhello\r\n0\r\n\r\n")),
                refused("NUL behind the size", MALFORMED, chunked("5\0\r\nhello\r\n0\r\n\r\n")),
                refused("size in two words", MALFORMED, chunked("5 5\r\nhello\r\n0\r\n\r\n")),
                refused("size with a fraction", MALFORMED, chunked("5.0\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size of 16 digits",
                        MALFORMED,
                        chunked("0000000000000005\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size of all bits",
                        MALFORMED,
                        chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size over 64 bits",
                        MALFORMED,
                        chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "size behind 1000 zeros",
                        MALFORMED,
                        chunked("0".repeat(1000) + "5\r\nhello\r\n0\r\n\r\n")),
                refused("LF behind the size", MALFORMED, chunked("5\nhello\r\n0\r\n\r\n")),
                refused("CR behind the size", MALFORMED, chunked("5\rhello\r\n0\r\n\r\n")),
                refused(
                        "CR CR LF behind the size",
                        MALFORMED,
                        chunked("5\r\r\nhello\r\n0\r\n\r\n")),
                refused("LF behind the data", MALFORMED, chunked("5\r\nhello\n0\r\n\r\n")),
                refused("CR behind the data", MALFORMED, chunked("5\r\nhello\r0\r\n\r\n")),
                refused("nothing behind the data", MALFORMED, chunked("5\r\nhello0\r\n\r\n")),
                refused("data longer than its size", MALFORMED, chunked("4\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "data shorter than its size",
                        MALFORMED,
                        chunked("6\r\nhello\r\n0\r\n\r\n")),
                refused("LF behind the last chunk", MALFORMED, chunked("5\r\nhello\r\n0\n\r\n")),
                refused("LF as the end", MALFORMED, chunked("5\r\nhello\r\n0\r\n\n")),
                refused("extension without a name", MALFORMED, chunked("5;\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension without a value",
                        MALFORMED,
                        chunked("5;a=\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension without a semicolon",
                        MALFORMED,
                        chunked("5 a\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension behind two semicolons",
                        MALFORMED,
                        chunked("5;;a\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension with a blank behind",
                        MALFORMED,
                        chunked("5;a \r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension with an open quotation",
                        MALFORMED,
                        chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension with a line end in quotation",
                        MALFORMED,
                        chunked("5;a=\"\r\nhello\r\n0\r\n\r\n\"")),
                refused("extension with LF", MALFORMED, chunked("5;a\nhello\r\n0\r\n\r\n")),
                refused("extension with CR", MALFORMED, chunked("5;a\rb\r\nhello\r\n0\r\n\r\n")),
                refused("extension with NUL", MALFORMED, chunked("5;a\0\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension outside ASCII",
                        MALFORMED,
                        chunked("5;\u00e4\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extension over the limit",
                        MALFORMED,
                        chunked("5;" + "a".repeat(300) + "\r\nhello\r\n0\r\n\r\n")),
                refused(
                        "extensions over the limit together",
                        MALFORMED,
                        chunked(("1;" + "a".repeat(250) + "\r\nh\r\n").repeat(20) + "0\r\n\r\n")),
                accepted(
                        "size with leading zeros",
                        chunked("00005\r\nhello\r\n000\r\n\r\n"),
                        "POST /a hello"),
                accepted(
                        "size in capitals",
                        chunked("A\r\nhellohello\r\n0\r\n\r\n"),
                        "POST /a hellohello"),
                accepted(
                        "extensions",
                        chunked("5;a;b=c;d=\"e\\\"\"\r\nhello\r\n0;f\r\n\r\n"),
                        "POST /a hello"),
                accepted(
                        "blanks around extensions",
                        chunked("5 \t;\ta =\tb\r\nhello\r\n0\r\n\r\n"),
                        "POST /a hello"),
                accepted(
                        "two chunks",
                        chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
                        "POST /a hello"));
    }

    /** RFC 9112 section 7.1.2, RFC 9110 section 6.5. */
    private static List<Hostile> trailers() {
        String body = "5\r\nhello\r\n0\r\n";
        return List.of(
                refused(
                        "trailer with a space before the colon",
                        MALFORMED,
                        chunked(body + "A : b\r\n\r\n")),
                refused("trailer without a colon", MALFORMED, chunked(body + "A\r\n\r\n")),
                refused("folded trailer", MALFORMED, chunked(body + "A: b\r\n c\r\n\r\n")),
                refused("trailer with LF", MALFORMED, chunked(body + "A: b\n\r\n")),
                refused("trailer with CR", MALFORMED, chunked(body + "A: b\rC: d\r\n\r\n")),
                refused("trailer with NUL", MALFORMED, chunked(body + "A: \0\r\n\r\n")),
                refused(
                        "trailer name outside ASCII",
                        MALFORMED,
                        chunked(body + "\u00e4: b\r\n\r\n")),
                refused("request line for a trailer", MALFORMED, chunked(body + SMUGGLED)),
                refused(
                        "more trailers than the limit",
                        Failure.REQUEST_HEADER_TOO_LARGE,
                        chunked(body + "A: b\r\n".repeat(200) + "\r\n")),
                refused(
                        "trailer over the limit",
                        Failure.REQUEST_HEADER_TOO_LARGE,
                        chunked(body + "A: " + "b".repeat(40_000) + "\r\n\r\n")),
                accepted("trailer", chunked(body + "A: b\r\n\r\n"), "POST /a hello"),
                accepted(
                        "trailers that frame",
                        chunked(
                                body
                                        + "Content-Length: 99\r\nTransfer-Encoding: cow\r\nHost: other.test\r\n\r\n"),
                        "POST /a hello"));
    }

    /** RFC 9112 section 9.3.2. */
    private static List<Hostile> pipelines() {
        return List.of(
                accepted("two requests", get("") + target("/b"), "GET /a", "GET /b"),
                accepted(
                        "content, then a request",
                        post("Content-Length: 5\r\n", "hello") + target("/b"),
                        "POST /a hello",
                        "GET /b"),
                accepted(
                        "chunks, then a request",
                        chunked("5\r\nhello\r\n0\r\n\r\n") + target("/b"),
                        "POST /a hello",
                        "GET /b"),
                accepted(
                        "content that looks like a request",
                        post("Content-Length: " + SMUGGLED.length() + "\r\n", SMUGGLED),
                        "POST /a " + SMUGGLED),
                accepted(
                        "empty line between requests",
                        get("") + "\r\n" + target("/b"),
                        "GET /a",
                        "GET /b"),
                accepted("request behind close", get("Connection: close\r\n") + SMUGGLED, "GET /a"),
                accepted(
                        "request behind close in a list",
                        get("Connection: x, Close\r\n") + SMUGGLED,
                        "GET /a"),
                accepted(
                        "request behind 1.0",
                        "GET /a HTTP/1.0\r\n" + HOST + "\r\n" + SMUGGLED,
                        "GET /a"),
                new Hostile(
                        "malformed request behind a good one",
                        get("") + target("/b c"),
                        List.of("GET /a"),
                        MALFORMED),
                new Hostile(
                        "content longer than its length",
                        post("Content-Length: 4\r\n", "hello\r\n\r\n"),
                        List.of("POST /a hell"),
                        MALFORMED),
                new Hostile(
                        "content after length 0",
                        post("Content-Length: 0\r\n", "\0\0\0\0"),
                        List.of("POST /a"),
                        MALFORMED));
    }
}
