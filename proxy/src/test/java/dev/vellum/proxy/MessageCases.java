package dev.vellum.proxy;

import static dev.vellum.proxy.HostileFrames.field;
import static dev.vellum.proxy.HostileFrames.join;
import static dev.vellum.proxy.HostileFrames.request;
import static dev.vellum.proxy.HostileFrames.sent;
import static dev.vellum.proxy.Http2Client.CONTINUATION;
import static dev.vellum.proxy.Http2Client.END_HEADERS;
import static dev.vellum.proxy.Http2Client.END_STREAM;
import static dev.vellum.proxy.Http2Client.HEADERS;
import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.block;
import static dev.vellum.proxy.Http2Client.with;

import dev.vellum.proxy.HostileFrames.Case;
import java.util.Arrays;
import java.util.List;

/** What is no request (RFC 9113 section 8). */
final class MessageCases {

    private MessageCases() {}

    static List<Case> all() {
        return List.of(
                request("name in upper case", "reset PROTOCOL_ERROR", with("/", "X-Name", "a")),
                field("CR in a value", "reset PROTOCOL_ERROR", "a", "b\rc"),
                field("LF in a value", "reset PROTOCOL_ERROR", "a", "b\nc: d"),
                field("NUL in a value", "reset PROTOCOL_ERROR", "a", "b\0c"),
                field("DEL in a value", "reset PROTOCOL_ERROR", "a", "b\u007fc"),
                field("CR LF in a name", "reset PROTOCOL_ERROR", "a\r\nb", "c"),
                field("colon in a name", "reset PROTOCOL_ERROR", "a:b", "c"),
                field("blank in a name", "reset PROTOCOL_ERROR", "a b", "c"),
                field("octet over 127 in a name", "reset PROTOCOL_ERROR", "a\u00e4", "c"),
                field("empty name", "reset PROTOCOL_ERROR", "", "c"),
                field("blank before a value", "reset PROTOCOL_ERROR", "a", " b"),
                field("tab behind a value", "reset PROTOCOL_ERROR", "a", "b\t"),
                field("Connection", "reset PROTOCOL_ERROR", "connection", "close"),
                field("Proxy-Connection", "reset PROTOCOL_ERROR", "proxy-connection", "close"),
                field("Keep-Alive", "reset PROTOCOL_ERROR", "keep-alive", "timeout=5"),
                field("Transfer-Encoding", "reset PROTOCOL_ERROR", "transfer-encoding", "chunked"),
                field("Upgrade", "reset PROTOCOL_ERROR", "upgrade", "h2c"),
                field("TE other than trailers", "reset PROTOCOL_ERROR", "te", "gzip"),
                field("TE of a list", "reset PROTOCOL_ERROR", "te", "trailers, deflate"),
                field("underscore for a hyphen", "reset PROTOCOL_ERROR", "content_length", "0"),
                field("unknown pseudo-header", "reset PROTOCOL_ERROR", ":test", "a"),
                field("pseudo-header of responses", "reset PROTOCOL_ERROR", ":status", "200"),
                request(
                        "pseudo-header behind a field",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        "a",
                        "b",
                        ":path",
                        "/"),
                field("method twice", "reset PROTOCOL_ERROR", ":method", "GET"),
                field("path twice", "reset PROTOCOL_ERROR", ":path", "/"),
                field("scheme twice", "reset PROTOCOL_ERROR", ":scheme", "http"),
                field("authority twice", "reset PROTOCOL_ERROR", ":authority", "example.test"),
                request("empty path", "reset PROTOCOL_ERROR", with("")),
                request("path that is a URI", "reset PROTOCOL_ERROR", with("http://other.test/")),
                request("path with a blank", "reset PROTOCOL_ERROR", with("/a b")),
                request("path with CR LF", "reset PROTOCOL_ERROR", with("/ HTTP/1.1\r\nHost: b")),
                request("path with a fragment", "reset PROTOCOL_ERROR", with("/a#b")),
                request("asterisk with GET", "reset PROTOCOL_ERROR", with("*")),
                request(
                        "no method",
                        "reset PROTOCOL_ERROR",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "no scheme",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "no path",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test"),
                request(
                        "no authority",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/"),
                request(
                        "method that is no token",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET /x HTTP/1.1",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "scheme that is none of HTTP's",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "ftp",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                request(
                        "user in the authority",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "user@example.test",
                        ":path",
                        "/"),
                field("Host other than the authority", "reset PROTOCOL_ERROR", "host", "b.test"),
                field("Host twice", "reset PROTOCOL_ERROR", "host", "a.test", "host", "a.test"),
                field(
                        "promised content that does not come",
                        "reset PROTOCOL_ERROR",
                        "content-length",
                        "1"),
                field("length with a sign", "reset PROTOCOL_ERROR", "content-length", "+0"),
                field("length of nothing", "reset PROTOCOL_ERROR", "content-length", ""),
                field("length in hexadecimal", "reset PROTOCOL_ERROR", "content-length", "0x0"),
                field(
                        "length twice",
                        "reset PROTOCOL_ERROR",
                        "content-length",
                        "0",
                        "content-length",
                        "0"),
                sent(
                        "less content than promised",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "5");
                            client.data(1, "abc", true);
                        }),
                sent(
                        "more content than promised",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "2");
                            client.data(1, "a", false);
                            client.data(1, "bcd", false);
                        }),
                sent(
                        "less content than promised, then trailers",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/", "content-length", "5");
                            client.data(1, "abc", false);
                            client.headers(1, WHOLE, "a", "b");
                        }),
                sent(
                        "pseudo-header in trailers",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.headers(1, WHOLE, ":path", "/");
                        }),
                sent(
                        "second HEADERS without an end",
                        "reset PROTOCOL_ERROR",
                        client -> {
                            client.post(1, "/");
                            client.headers(1, END_HEADERS, "a", "b");
                        }),
                request(
                        "CONNECT with a path",
                        "reset PROTOCOL_ERROR",
                        ":method",
                        "CONNECT",
                        ":authority",
                        "example.test:443",
                        ":path",
                        "/"),
                request("CONNECT without authority", "reset PROTOCOL_ERROR", ":method", "CONNECT"),
                field(
                        ":protocol without CONNECT",
                        "reset PROTOCOL_ERROR",
                        ":protocol",
                        "websocket"),
                request(
                        "CONNECT to an unknown protocol",
                        "status 501",
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "connect-udp",
                        ":scheme",
                        "http",
                        ":authority",
                        "example.test",
                        ":path",
                        "/"),
                sent(
                        "more fields than allowed",
                        "status 431",
                        client -> {
                            String[] more = new String[400];
                            Arrays.fill(more, "a");
                            client.get(1, "/", more);
                        }),
                sent(
                        "larger fields than allowed",
                        "status 431",
                        client -> {
                            byte[] all = block(with("/", "a", "x".repeat(40_000)));
                            client.frame(HEADERS, END_STREAM, 1, Arrays.copyOf(all, 16_384));
                            client.frame(
                                    CONTINUATION, 0, 1, Arrays.copyOfRange(all, 16_384, 32_768));
                            client.frame(
                                    CONTINUATION,
                                    END_HEADERS,
                                    1,
                                    Arrays.copyOfRange(all, 32_768, all.length));
                        }),
                sent(
                        "fields that expand beyond what is allowed",
                        "status 431",
                        client -> {
                            // one line of 3 kB goes into the table, and is named 200 times
                            byte[] bomb = new byte[200];
                            Arrays.fill(bomb, (byte) 0xbe);
                            byte[] line = block("a", "x".repeat(3_000));
                            line[0] = 0x40;
                            client.frame(HEADERS, WHOLE, 1, join(block(with("/")), line, bomb));
                        }));
    }
}
